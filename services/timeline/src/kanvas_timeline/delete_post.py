"""Deleting a post."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_timeline.domain.commands import DeletePost
from kanvas_timeline.target import check_target


async def delete_post(
    command_id: str,
    actor: str,
    post_id: str,
    *,
    commands: Commands,
    timeout: float,
) -> int:
    """Delete a post of the actor; return the position at which it is gone.

    Raises:
        InvalidArgument: An id is none.
        PostUnknown: There is no such post, or the actor may not see it.
        NotYours: The post is somebody else's.
        KanvasError: What `Writer.submit` raises.
    """
    target = check_target(command_id, post_id)
    body = DeletePost(target.post_id)
    command = Command(target.command_id, actor, body, f"delete:{target.post_id}".encode())
    receipt = await commands.submit(command, timeout)
    return receipt.position
