"""Liking a post, and taking a like back."""

from kanvas_platform.kafka.machine import Command
from kanvas_platform.validation import Violations
from kanvas_timeline.domain.commands import SetLike
from kanvas_timeline.ports import Commands
from kanvas_timeline.reading.hydrate import look_up_old
from kanvas_timeline.reading.views import Views


async def set_like(
    command_id: str,
    actor: str,
    post_id: str,
    *,
    liked: bool,
    commands: Commands,
    views: Views,
    timeout: float,
) -> int:
    """Makes the actor like a post, or not; how many like it now.

    Raises InvalidArgument, PostUnknown, AccountNotCopied, HistoryUnavailable, LookupOutdated and
    what `Writer.submit` raises.
    """
    deadline = views.deadline(timeout)
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    post_id = violations.identifier("post_id", post_id)
    violations.raise_if_any()
    old = await look_up_old(views, post_id, deadline)
    content = f"{'like' if liked else 'unlike'}:{post_id}".encode()
    command = Command(command_id, actor, SetLike(post_id, liked, old), content)
    await commands.submit(command, deadline.remaining())
    return views.state.like_counts.get(post_id, 0)
