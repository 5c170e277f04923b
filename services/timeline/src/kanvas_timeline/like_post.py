"""Liking a post, and taking a like back."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_timeline.domain.commands import SetLike
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.target import check_target


async def set_like(
    command_id: str,
    actor: str,
    post_id: str,
    *,
    liked: bool,
    commands: Commands,
    sources: Sources,
    timeout: float,
) -> int:
    """Make the actor like a post, or not; return how many like it now.

    Raises:
        InvalidArgument: An id is none.
        PostUnknown: There is no such post, or the actor may not see it.
        AccountNotCopied: The feed does not know the actor yet.
        KanvasError: What `Writer.submit` raises.
    """
    target = check_target(command_id, post_id)
    body = SetLike(target.post_id, liked)
    content = f"{'like' if liked else 'unlike'}:{target.post_id}".encode()
    command = Command(target.command_id, actor, body, content)
    await commands.submit(command, timeout)
    return sources.state.likes.count(target.post_id)
