"""Reading one post."""

from kanvas.timeline.v1.service_pb2 import PostView
from kanvas_platform.ids import parse_id
from kanvas_timeline.domain.rules import hidden
from kanvas_timeline.errors import PostUnknown
from kanvas_timeline.reading.hydrate import find_post
from kanvas_timeline.reading.present import present
from kanvas_timeline.reading.sources import Sources, open_read


async def get_post(
    post_id: str, reader_id: str | None, at_least: int, *, sources: Sources, timeout: float
) -> tuple[PostView, int]:
    """Return one post as a reader (None: nobody signed in) may see it, and the applied position.

    Raises:
        InvalidArgument: The id is none.
        PostUnknown: There is no such post, or the reader may not see it.
        NotFresh: This instance cannot show that it is close to the end of the log.
        PositionNotReached: `at_least` was not applied in time.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    deadline = sources.deadline(timeout)
    post_id = parse_id(post_id, "post_id")
    await open_read(sources, at_least, deadline)
    stored = await find_post(sources, post_id, deadline)
    state = sources.state
    if stored is None or hidden(state.graph, reader_id, stored):
        raise PostUnknown("There is no such post.")
    return present(state, reader_id, stored), sources.replica.position
