"""Second step: the newest state of the posts that a skeleton names."""

from collections.abc import Sequence

from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.reading.old_posts import OldPosts
from kanvas_timeline.reading.sources import Deadline, Sources


async def hydrate(old: OldPosts, refs: Sequence[Ref]) -> dict[str, StoredPost]:
    """Return what is known of the posts, by id; a post that nobody knows is absent.

    Use the answer once `old` is confirmed.

    The memory comes first: it has every record above its floor, and the views may lack those. The
    views may hold newer content than this instance has applied, since another instance wrote it.
    Newer content must not meet older rules, so this waits until it is applied. The memory changes
    during the wait: before a post is shown, look it up in the memory once more.

    Raises:
        PositionNotReached: The newer content was not applied in time.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    posts = old.sources.state.posts
    found = {ref.post_id: posts[ref.post_id] for ref in refs if ref.post_id in posts}
    missing = [ref.post_id for ref in refs if ref.post_id not in found]
    if missing:
        found |= await _from_store(old, missing)
    return found


async def find_post(sources: Sources, post_id: str, deadline: Deadline) -> StoredPost | None:
    """Return the newest state of one post, or None if there is none with the id.

    A post whose creation was acknowledged before the call is found on every instance.

    Raises:
        NotFresh: The end of the log is out of reach, so a miss cannot be believed.
        PositionNotReached: The views hold newer content than was applied in time.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    if post_id not in sources.state.known:
        # What is committed may not be applied here yet.
        await sources.replica.barrier(deadline.for_waiting())
    facts = sources.state.known.get(post_id)
    if facts is None:
        return None
    ref = Ref(facts.created_position, post_id, facts.author_id)
    old = OldPosts(sources, deadline)
    found = await hydrate(old, [ref])
    await old.confirm()
    # Whatever was forgotten or written while the views were read: the newest record counts.
    return sources.state.posts.get(post_id, found.get(post_id))


async def _from_store(old: OldPosts, post_ids: Sequence[str]) -> dict[str, StoredPost]:
    sources, deadline, store = old.sources, old.deadline, await old.open()
    found = dict(await store.posts(post_ids, timeout=deadline.for_waiting()))
    newest = max((stored.position for stored in found.values()), default=0)
    if newest > sources.replica.position:
        await sources.replica.wait_for(newest, deadline.for_waiting())
    posts = sources.state.posts
    return found | {post_id: posts[post_id] for post_id in post_ids if post_id in posts}
