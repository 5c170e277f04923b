"""Liking a post, and taking a like back."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_timeline.domain.commands import SetLike
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.reading.target import find_target


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
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
        LookupOutdated: The memory has moved on meanwhile. Repeat the command.
        KanvasError: What `Writer.submit` raises.
    """
    deadline = sources.deadline(timeout)
    target = await find_target(command_id, post_id, sources, deadline)
    body = SetLike(target.post_id, liked, target.old)
    content = f"{'like' if liked else 'unlike'}:{target.post_id}".encode()
    command = Command(target.command_id, actor, body, content)
    await commands.submit(command, deadline.remaining())
    return sources.state.like_counts.get(target.post_id, 0)
