"""Deleting a post."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_timeline.domain.commands import DeletePost
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.reading.target import find_target


async def delete_post(
    command_id: str,
    actor: str,
    post_id: str,
    *,
    commands: Commands,
    sources: Sources,
    timeout: float,
) -> int:
    """Delete a post of the actor; return the position at which it is gone.

    Raises:
        InvalidArgument: An id is none.
        PostUnknown: There is no such post, or the actor may not see it.
        NotYours: The post is somebody else's.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
        LookupOutdated: The memory has moved on meanwhile. Repeat the command.
        KanvasError: What `Writer.submit` raises.
    """
    deadline = sources.deadline(timeout)
    target = await find_target(command_id, post_id, sources, deadline)
    body = DeletePost(target.post_id, target.old)
    command = Command(target.command_id, actor, body, f"delete:{target.post_id}".encode())
    receipt = await commands.submit(command, deadline.remaining())
    return receipt.position
