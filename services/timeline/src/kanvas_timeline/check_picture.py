"""Who may see a picture: who may see one of the posts that show it."""

from kanvas_platform.validation import Violations
from kanvas_timeline.domain.feeds import picture_feed
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.rules import PictureAccess, picture_access
from kanvas_timeline.reading.gather import NEWEST
from kanvas_timeline.reading.hydrate import hydrate
from kanvas_timeline.reading.old_posts import OldPosts
from kanvas_timeline.reading.skeleton import Skeleton, from_memory, skeleton
from kanvas_timeline.reading.sources import Deadline, Sources, open_read

STRETCH = 100
"""How many posts that show the picture are looked at a time."""


async def check_picture(
    sha256: str, reader_id: str | None, *, sources: Sources, timeout: float
) -> PictureAccess:
    """Return how a reader (None: nobody signed in) may see a picture.

    A post whose creation was acknowledged before the call counts on every instance.

    Older posts are looked at only while those that are newer do not let the reader see the picture.
    So `public` says what is known: False is sure only where the reader may not see the picture.

    Raises:
        InvalidArgument: The name is none.
        NotFresh: This instance cannot show that it is close to the end of the log.
        PositionNotReached: The views hold newer content than was applied in time.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    deadline = sources.deadline(timeout)
    violations = Violations()
    feed = picture_feed(violations.sha256("sha256", sha256))
    violations.raise_if_any()
    await open_read(sources, 0, deadline)
    found = _by_memory(sources, feed, reader_id)
    if found.author_id is not None:
        return found
    applied = sources.replica.position
    found = await _by_all(sources, feed, reader_id, deadline)
    if found.author_id is None and await sources.replica.barrier(deadline.for_waiting()) > applied:
        # A post may have been among what is committed and was not yet applied here.
        found = await _by_all(sources, feed, reader_id, deadline)
    return found


def _by_memory(sources: Sources, feed: str, reader_id: str | None) -> PictureAccess:
    """Return what the newest posts in memory say, without any waiting."""
    state = sources.state
    refs = from_memory(state.recent, [feed], NEWEST, STRETCH)
    return picture_access(state.graph, reader_id, [state.posts[ref.post_id] for ref in refs])


async def _by_all(
    sources: Sources, feed: str, reader_id: str | None, deadline: Deadline
) -> PictureAccess:
    """Return what the posts say, newest first, until one lets the reader see the picture."""
    before, public = NEWEST, False
    while True:
        stretch, posts = await _look(sources, feed, before, deadline)
        found = picture_access(sources.state.graph, reader_id, posts)
        public = public or found.public
        if found.author_id is not None or stretch.end:
            return PictureAccess(found.author_id, public)
        before = stretch.refs[-1].created_position


async def _look(
    sources: Sources, feed: str, before: int, deadline: Deadline
) -> tuple[Skeleton, list[StoredPost]]:
    """Return the newest refs created below `before`, and the posts as they are now."""
    old = OldPosts(sources, deadline)
    stretch = await skeleton(old, [feed], before, STRETCH)
    found = await hydrate(old, stretch.refs)
    await old.confirm()
    # What was removed while the views were read is known by the memory.
    posts = sources.state.posts
    newest = [posts.get(post_id, stored) for post_id, stored in found.items()]
    return stretch, [stored for stored in newest if feed in stored.feeds]
