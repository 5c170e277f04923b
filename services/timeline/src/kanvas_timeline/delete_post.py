"""Deleting a post."""

from kanvas_platform.kafka.machine import Command
from kanvas_platform.validation import Violations
from kanvas_timeline.domain.commands import DeletePost
from kanvas_timeline.ports import Commands
from kanvas_timeline.reading.hydrate import look_up_old
from kanvas_timeline.reading.views import Views


async def delete_post(
    command_id: str, actor: str, post_id: str, *, commands: Commands, views: Views, timeout: float
) -> int:
    """Deletes a post of the actor; the position at which it is gone.

    Raises InvalidArgument, PostUnknown, NotYours, HistoryUnavailable, LookupOutdated and what
    `Writer.submit` raises.
    """
    deadline = views.deadline(timeout)
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    post_id = violations.identifier("post_id", post_id)
    violations.raise_if_any()
    old = await look_up_old(views, post_id, deadline)
    command = Command(command_id, actor, DeletePost(post_id, old), f"delete:{post_id}".encode())
    receipt = await commands.submit(command, deadline.remaining())
    return receipt.position
