"""Publishing a post."""

from dataclasses import replace

from kanvas.timeline.v1.service_pb2 import CreatePostRequest, PostView
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_timeline.domain.contents import check_post
from kanvas_timeline.errors import PostUnknown, ViewsBehind
from kanvas_timeline.reading.hydrate import find_post, look_up_old
from kanvas_timeline.reading.present import present
from kanvas_timeline.reading.sources import Sources

_CATCH_UP_SECONDS = 1.0


async def create_post(
    request: CreatePostRequest, actor: str, *, commands: Commands, sources: Sources, timeout: float
) -> tuple[PostView, int]:
    """Publishes a post of the actor; the post as its author sees it, and its position.

    A repeat, with the same command id or the same post id and content, gets the first position;
    one with the same command id gets PostUnknown if the post was deleted since.

    Raises InvalidArgument, PostExists, AccountNotCopied, ViewsBehind, HistoryUnavailable,
    LookupOutdated and what `Writer.submit` raises.
    """
    deadline = sources.deadline(timeout)
    command_id, body = check_post(request)
    if sources.state.recent.full:
        raise ViewsBehind(
            "Too much waits to be stored. Try again in a moment.", retry_after=_CATCH_UP_SECONDS
        )
    body = replace(body, old=await look_up_old(sources, body.post_id, deadline))
    command = Command(command_id, actor, body, _content(request))
    await commands.submit(command, deadline.remaining())
    stored = await find_post(sources, body.post_id, deadline)
    if stored is None or stored.removed:
        raise PostUnknown("This post was deleted after it was published.")
    return present(sources.state, actor, stored), stored.ref.created_position


def _content(request: CreatePostRequest) -> bytes:
    content = CreatePostRequest()
    content.CopyFrom(request)
    content.ClearField("command_id")
    return content.SerializeToString(deterministic=True)
