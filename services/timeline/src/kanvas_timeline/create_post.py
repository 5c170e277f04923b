"""Publishing a post."""

from kanvas.timeline.v1.service_pb2 import CreatePostRequest, PostView
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_timeline.domain.contents import check_post
from kanvas_timeline.errors import PostUnknown, ViewsBehind
from kanvas_timeline.reading.hydrate import find_post
from kanvas_timeline.reading.present import present
from kanvas_timeline.reading.sources import Sources

_CATCH_UP_SECONDS = 1.0


async def create_post(
    request: CreatePostRequest, actor: str, *, commands: Commands, sources: Sources, timeout: float
) -> tuple[PostView, int]:
    """Publish a post of the actor; return it as its author sees it, and its position.

    A repeat, with the same command id or the same post id and content, gets the first position.

    Raises:
        InvalidArgument: With every violation of the request.
        PostExists: Another post has the id.
        AccountNotCopied: The feed does not know the actor yet.
        AccountDeleting: The account of the actor is being deleted.
        PostUnknown: The command is a repeat, and the post was deleted since.
        ViewsBehind: Too much waits for the views.
        HistoryUnavailable: The command is a repeat, and the post can only be read from the views,
            which cannot be read or are not whole.
        KanvasError: What `Writer.submit` raises.
    """
    deadline = sources.deadline(timeout)
    command_id, body = check_post(request)
    if sources.state.recent.full:
        raise ViewsBehind(
            "Too much waits to be stored. Try again in a moment.", retry_after=_CATCH_UP_SECONDS
        )
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
