"""What an audit finds in the views, in memory and in Cassandra.

A row or a line that must not be there is written as any other; one that must be there and is not
was never written. So nothing is deleted, which would hide what other tests write.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from kanvas_platform.ids import new_id
from kanvas_timeline.audit_views import Auditor
from kanvas_timeline.domain.audit import Difference
from kanvas_timeline.domain.feeds import PUBLIC, author_feed, picture_feed, tag_feed
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.testing.make import FOLLOWERS, SHA256, removed_post, stored_post, stretch_of
from kanvas_timeline.testing.make import PUBLIC as FOR_ALL

SECONDS = 10.0
_ranges = itertools.count(1)


@pytest.fixture
def base() -> int:
    """Return where a range of positions begins that no other test of this module uses."""
    return next(_ranges) << 36


@pytest.fixture
def author() -> str:
    return new_id()


async def write(store: FeedStore, posts: Sequence[StoredPost], reach: int) -> None:
    """Write posts, and let the views say that they hold everything up to a position."""
    found = await store.marks(timeout=SECONDS)
    new = [view for view in found if found[view] is None]
    await store.begin(new, found, timeout=SECONDS)
    await store.write(posts, timeout=SECONDS)
    assert await store.advance(await store.marks(timeout=SECONDS), reach, timeout=SECONDS)


async def differences(
    store: FeedStore, records: Sequence[StoredPost], base: int
) -> set[tuple[Difference, str, str]]:
    auditor = Auditor(store, at_once=4, timeout=SECONDS)
    compared = await auditor.compare(stretch_of(records, base, base + 999))
    return {(kind, feed, ref.post_id) for kind, feed, ref in compared.findings}


async def test_none_where_everything_was_written(store: FeedStore, base: int, author: str) -> None:
    captions = ["", "#red #blue", "#red", "#雪"] * 5
    posts = [
        stored_post(
            base + number,
            author if number % 2 else new_id(),
            new_id(),
            caption=caption,
            visibility=FOLLOWERS if number % 7 == 0 else FOR_ALL,
        )
        for number, caption in enumerate(captions, start=1)
    ]
    removed = [removed_post(base + 100 + number, posts[number]) for number in (3, 7)]
    changed = replace(posts[9], position=base + 200)
    records = [*posts, *removed, changed]
    await write(store, records, base + 999)
    assert await differences(store, records, base) == set()
    # Neither where compaction has left of the log only the newest record about each post.
    gone = {stored.ref.post_id for stored in (*removed, changed)}
    left = [post for post in posts if post.ref.post_id not in gone]
    assert await differences(store, [*left, *removed, changed], base) == set()


async def test_what_is_missing(store: FeedStore, base: int, author: str) -> None:
    tag = new_id().replace("-", "")
    there, lost = (
        stored_post(base + number, author, new_id(), caption=f"#a{tag}") for number in (1, 2)
    )
    await write(store, [there], base + 999)
    feeds = ["", PUBLIC, author_feed(author), picture_feed(SHA256), tag_feed(f"a{tag}")]
    assert await differences(store, [there, lost], base) == {
        (Difference.MISSING, feed, lost.ref.post_id) for feed in feeds
    }


async def test_what_is_above_the_reach_is_not_missing(
    store: FeedStore, base: int, author: str
) -> None:
    there, coming = (stored_post(base + number, author, new_id()) for number in (1, 6))
    await write(store, [there], base + 5)
    assert await differences(store, [there, coming], base) == set()


async def test_what_is_extra(store: FeedStore, base: int, author: str) -> None:
    there, foreign = (stored_post(base + number, author, new_id()) for number in (1, 2))
    await write(store, [there, foreign], base + 999)
    assert await differences(store, [there], base) == {
        (Difference.EXTRA, feed, foreign.ref.post_id)
        for feed in (PUBLIC, author_feed(author), picture_feed(SHA256))
    }


async def test_what_is_misplaced(store: FeedStore, base: int, author: str) -> None:
    right = stored_post(base + 1, author, new_id())
    wrong = stored_post(base + 2, author, right.ref.post_id)
    await write(store, [wrong], base + 999)
    assert await differences(store, [right], base) == {
        (Difference.MISPLACED, feed, right.ref.post_id)
        for feed in ("", PUBLIC, author_feed(author), picture_feed(SHA256))
    }


async def test_what_is_different(store: FeedStore, base: int, author: str) -> None:
    right = stored_post(base + 1, author, new_id())
    wrong = stored_post(base + 1, author, right.ref.post_id, caption="A blue fox.")
    kept = stored_post(base + 2, author, new_id())
    await write(store, [wrong, kept], base + 999)
    assert await differences(store, [right, removed_post(base + 3, kept)], base) == {
        (Difference.DIFFERENT, "", right.ref.post_id),
        (Difference.DIFFERENT, "", kept.ref.post_id),
    }
