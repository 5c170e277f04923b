"""The recent log: what it holds, what it forgets, and when it says that it is full."""

import gc
import sys
import tracemalloc
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas.feed.v1.records_pb2 import Visibility
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import MemoryStore
from kanvas_timeline.domain.feeds import PUBLIC, author_feed, picture_feed, tag_feed
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.domain.recent import FEED_BYTES, LANE_BYTES, OVERHEAD_BYTES, Lane, RecentLog
from kanvas_timeline.testing.make import numbered_id, stored_post

ADA, BOB = numbered_id(901), numbered_id(902)
EVERYONE = Visibility.VISIBILITY_PUBLIC

RECORD = OVERHEAD_BYTES + 1 + 2 * FEED_BYTES


def room(records: int) -> int:
    """Return how many bytes records of `created` count that stand in the same two feeds."""
    return records * RECORD + 2 * LANE_BYTES


def created(position: int, author: str = ADA, *, tag: str = "") -> StoredPost:
    """Return a post in two feeds: its author's, and that of everyone or of a tag."""
    feeds = (author_feed(author), tag_feed(tag) if tag else PUBLIC)
    return StoredPost(Ref(position, numbered_id(position), author), position, EVERYONE, b"x", feeds)


def whole(position: int) -> StoredPost:
    """Return a post with a content that can be decoded."""
    return stored_post(position, ADA, numbered_id(position))


def removed(position: int, creation: StoredPost) -> StoredPost:
    return StoredPost.from_row(creation.ref, position, b"")


def positions(recent: RecentLog, feed: str) -> list[int]:
    lane = recent.lane(feed)
    return [] if lane is None else [ref.created_position for ref in lane.newest_first(99)]


def filled(count: int, *, limit: int) -> RecentLog:
    recent = RecentLog(Space(), limit_bytes=limit)
    for position in range(1, count + 1):
        recent.add(created(position))
    return recent


class TestForgetting:
    def test_keeps_everything_below_its_limit(self) -> None:
        recent = filled(10, limit=room(10))
        recent.materialised = 10
        assert len(recent.posts) == len(recent.all) == 10
        assert recent.floor == 0

    def test_forgets_the_oldest_that_the_views_have(self) -> None:
        recent = filled(10, limit=room(5))
        recent.materialised = 10
        recent.add(created(11))

        assert recent.floor == 6
        assert sorted(stored.position for stored in recent.posts.values()) == [7, 8, 9, 10, 11]
        assert [ref.created_position for ref in recent.all.newest_first(99)] == [
            11, 10, 9, 8, 7,
        ]  # fmt: skip
        assert recent.bytes == room(5)

    def test_keeps_what_the_views_lack(self) -> None:
        recent = filled(8, limit=room(5))
        recent.materialised = 2
        recent.add(created(9))
        assert recent.floor == 2

    def test_says_when_it_is_full(self) -> None:
        recent = filled(10, limit=room(5))
        assert not recent.full
        recent.add(created(11))
        assert recent.full

    def test_is_full_no_more_once_the_views_have_caught_up(self) -> None:
        """While it is full no post comes that could make it forget."""
        recent = filled(12, limit=room(5))
        before = recent.full
        recent.materialised = 12
        assert (before, recent.full) == (True, False)
        assert recent.bytes == room(5)
        assert recent.floor == 7

    def test_has_a_ceiling_whatever_the_views_lack(self) -> None:
        recent = filled(16, limit=room(5))
        assert recent.bytes == room(15)
        assert recent.floor == 1
        assert not recent.views_reach
        recent.materialised = 1
        assert recent.views_reach

    def test_forgets_lanes_of_feeds_that_have_nothing_left(self) -> None:
        recent = RecentLog(Space(), limit_bytes=room(2))
        recent.materialised = 99
        for position, author in enumerate((ADA, BOB, BOB), start=1):
            recent.add(created(position, author, tag=author))
        assert recent.lane(author_feed(ADA)) is None
        assert recent.lane(tag_feed(ADA)) is None
        assert recent.author_ids == {BOB}
        assert positions(recent, author_feed(BOB)) == positions(recent, tag_feed(BOB)) == [3, 2]


class TestARestart:
    """A log that is made from what is kept is the one that it was made from."""

    @pytest.mark.parametrize("limit", [99, 5])
    def test_changes_nothing_that_can_be_read(self, limit: int) -> None:
        store = MemoryStore()
        space = Space(store)
        before = RecentLog(space, limit_bytes=room(limit))
        posts = [whole(position) for position in range(1, 10)]
        for stored in posts:
            before.add(stored)
        before.materialised = 7
        before.add(removed(10, posts[8]))
        store.write(sorted(space.freeze().changes()))

        after = RecentLog(Space(store), limit_bytes=room(limit))

        assert (after.floor, after.bytes, after.posts) == (before.floor, before.bytes, before.posts)
        assert after.author_ids == before.author_ids
        assert list(after.all.newest_first(99)) == list(before.all.newest_first(99))
        assert positions(after, PUBLIC) == positions(before, PUBLIC)
        assert not after.views_reach or after.floor == 0, "how far the views are is learned anew"

    def test_finds_no_post_of_what_was_forgotten(self) -> None:
        store = MemoryStore()
        space = Space(store)
        before = RecentLog(space, limit_bytes=0)
        before.add(whole(1))
        before.materialised = 1
        store.write(sorted(space.freeze().changes()))
        after = RecentLog(Space(store), limit_bytes=0)
        assert (after.floor, after.posts) == (1, {})

    def test_after_a_record_that_failed_halfway_keeps_it_once(self) -> None:
        store = MemoryStore()
        space = Space(store)
        before = RecentLog(space, limit_bytes=room(99))
        with suppress(ZeroDivisionError), space.whole():
            before.add(whole(1))
            raise ZeroDivisionError
        before.add(whole(1))
        store.write(sorted(space.freeze().changes()))
        after = RecentLog(Space(store), limit_bytes=room(99))
        assert (after.bytes, after.posts) == (before.bytes, before.posts)
        assert list(after.posts) == [numbered_id(1)]

    def test_after_a_record_that_failed_while_it_forgot_forgets_no_less(self) -> None:
        store = MemoryStore()
        space = Space(store)
        before = RecentLog(space, limit_bytes=0)
        before.materialised = 9
        before.add(whole(1))
        with suppress(ZeroDivisionError), space.whole():
            before.add(whole(2))
            raise ZeroDivisionError
        before.add(whole(2))
        before.add(whole(3))
        store.write(sorted(space.freeze().changes()))
        after = RecentLog(Space(store), limit_bytes=0)
        assert (before.floor, after.floor, after.posts) == (3, 3, {})
        after.materialised = 9
        assert after.floor == 3


class TestRemovals:
    def test_replace_the_post_and_stay_until_forgotten(self) -> None:
        recent = filled(3, limit=room(3))
        recent.materialised = 99
        first = recent.posts[numbered_id(1)]
        recent.add(removed(4, first))
        assert recent.floor == 1  # the creation is forgotten, the removal is not
        assert recent.posts[numbered_id(1)].removed

        for position in range(5, 9):
            recent.add(created(position))
        assert numbered_id(1) not in recent.posts

    def test_of_an_old_post_makes_no_feed_line(self) -> None:
        recent = RecentLog(Space(), limit_bytes=room(99))
        recent.add(removed(7, created(3)))
        assert not list(recent.all.newest_first(99))
        assert recent.posts[numbered_id(3)].removed


def test_a_post_is_in_the_lanes_of_its_feeds() -> None:
    recent = RecentLog(Space(), limit_bytes=room(99))
    recent.add(created(1))
    recent.add(created(2, tag="fox"))
    assert positions(recent, PUBLIC) == [1]
    assert positions(recent, tag_feed("fox")) == [2]
    assert positions(recent, author_feed(ADA)) == [2, 1]
    assert positions(recent, tag_feed("hen")) == []
    assert [ref.created_position for ref in recent.all.newest_first(99)] == [2, 1]


def test_a_post_that_is_changed_is_in_the_lanes_of_its_new_feeds_too() -> None:
    recent = RecentLog(Space(), limit_bytes=room(9))
    recent.materialised = 99
    recent.add(created(1, tag="fox"))
    changed = StoredPost(Ref(1, numbered_id(1), ADA), 2, EVERYONE, b"x", (author_feed(ADA), PUBLIC))
    recent.add(changed)
    assert positions(recent, PUBLIC) == positions(recent, tag_feed("fox")) == [1]

    for position in range(3, 20):
        recent.add(created(position, BOB, tag="hen"))
    assert recent.lane(tag_feed("fox")) is None
    assert recent.lane(author_feed(ADA)) is None
    assert recent.lane(PUBLIC) is None
    assert recent.author_ids == {BOB}


def test_a_record_that_comes_once_more_is_taken_once() -> None:
    recent = filled(3, limit=room(99))
    before = recent.bytes
    recent.add(created(3))
    assert recent.bytes == before
    assert [ref.created_position for ref in recent.all.newest_first(99)] == [3, 2, 1]


def test_a_state_of_a_post_whose_creation_was_compacted_finds_its_place() -> None:
    recent = RecentLog(Space(), limit_bytes=room(99))
    recent.add(created(5))
    late = StoredPost(Ref(3, numbered_id(3), ADA), 8, EVERYONE, b"x", (PUBLIC,))
    recent.add(late)
    assert [ref.created_position for ref in recent.all.newest_first(99)] == [5, 3]


@pytest.mark.parametrize("shared", [True, False], ids=["shared tags", "tags of their own"])
@pytest.mark.parametrize("tags", [0, 1, 5, 30])
def test_counts_about_the_memory_that_it_takes(tags: int, shared: bool) -> None:
    def fill() -> RecentLog:
        space = Space(MemoryStore())
        recent = RecentLog(space, limit_bytes=1 << 30)
        for position in range(1, 501):
            names = [f"{0 if shared else position}x{n}" for n in range(tags)]
            recent.add(tagged(position, names))
        space.freeze()
        space.settle()  # what is on disk takes no memory
        return recent

    fill()  # what is remembered of identifiers has a bound of its own
    tracemalloc.start()
    try:
        recent = fill()
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < recent.bytes < 1.5 * taken


def tagged(position: int, tags: Sequence[str]) -> StoredPost:
    """Return a post by somebody who has no other, of a picture that no other shows."""
    author = numbered_id(10_000 + position)
    ref = Ref(position, numbered_id(position), author)
    feeds = (author_feed(author), picture_feed(f"{position:064x}"), PUBLIC, *map(tag_feed, tags))
    return StoredPost(ref, position, EVERYONE, bytes(400), feeds)


class TestLane:
    @given(
        st.lists(st.integers(1, 3000), unique=True, min_size=1),
        st.integers(0, 3001),
        st.integers(0, 3001),
    )
    def test_is_a_sorted_set_with_a_floor(
        self, positions: list[int], floor: int, before: int
    ) -> None:
        lane = Lane()
        for position in positions:
            for _ in range(2):
                lane.add(Ref(position, f"p{position}", "ada"))
        lane.forget(floor)

        kept = sorted(position for position in positions if position > floor)
        assert len(lane) == len(kept)
        expected = [position for position in reversed(kept) if position < before]
        assert [ref.created_position for ref in lane.newest_first(before)] == expected
        newest = lane.at(lane.end(before))
        assert (newest.created_position if newest else None) == next(iter(expected), None)

    def test_gives_the_memory_of_what_it_forgot_back(self) -> None:
        lane = Lane()
        refs = [Ref(position, "p", "ada") for position in range(1, 10_001)]
        unheld = sys.getrefcount(refs[0])
        for ref in refs:
            lane.add(ref)
            lane.forget(ref.created_position - 10)
        assert len(lane) == 10
        assert sum(sys.getrefcount(refs[index]) > unheld for index in range(10_000)) < 3000
