"""Pages of feeds: their order, their ends, how they are refilled, and what happens below."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from kanvas_platform.errors import InvalidArgument, NotFresh, PositionNotReached, PositionUnknown
from kanvas_timeline.domain.logs import post_draft
from kanvas_timeline.domain.marks import Mark
from kanvas_timeline.domain.posts import Ref
from kanvas_timeline.errors import AccountUnknown, HistoryUnavailable
from kanvas_timeline.list_feeds import PageRequest, list_global_feed
from kanvas_timeline.reading.gather import SCAN_PER_POST
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.testing.make import FOLLOWERS
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from kanvas_timeline.testing.world import EVERYTHING, World, ids, materialise

SMALL = 5_000
"""A memory for about three posts."""


@pytest.fixture
def world() -> World:
    return World()


class TestOrderAndEnds:
    def test_newest_first_with_likes(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        first, second = world.post(ada), world.post(ada)
        world.like(bob, first)

        page = world.user(ada, bob)

        assert ids(page) == [second, first]
        assert [(view.like_count, view.liked) for view in page.posts] == [(0, False), (1, True)]
        assert page.posts[0].created_position > page.posts[1].created_position
        assert page.position == world.log.position
        assert [view.liked for view in world.user(ada, None).posts] == [False, False]

    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6])
    def test_pages_join_without_loss_and_the_last_has_no_cursor(
        self, world: World, count: int
    ) -> None:
        ada = world.account("ada")
        posts = [world.post(ada) for _ in range(count)]
        found: list[str] = []
        sizes: list[int] = []
        cursor = ""
        while not sizes or cursor:
            page = world.everyone(None, page_size=2, cursor=cursor)
            found += ids(page)
            sizes.append(len(page.posts))
            cursor = page.next_cursor
        assert found == posts[::-1]
        assert len(sizes) == max(1, -(-count // 2))

    def test_what_is_posted_meanwhile_does_not_move_the_next_page(self, world: World) -> None:
        ada = world.account("ada")
        posts = [world.post(ada) for _ in range(4)]
        page = world.everyone(None, page_size=2)
        world.post(ada)
        assert ids(world.everyone(None, page_size=2, cursor=page.next_cursor)) == [
            posts[1],
            posts[0],
        ]

    def test_home_follows_the_present_follows(self, world: World) -> None:
        ada, bob, carl = (world.account(name) for name in ("ada", "bob", "carl"))
        by_ada, by_bob, by_carl = world.post(ada), world.post(bob), world.post(carl)
        assert ids(world.home(ada)) == [by_ada]
        world.follow(ada, bob)
        assert ids(world.home(ada)) == [by_bob, by_ada]
        world.follow(ada, carl)
        world.follow(ada, bob, active=False)
        assert ids(world.home(ada)) == [by_carl, by_ada]

    def test_global_is_public_only_and_a_follower_sees_the_rest_at_home(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        world.follow(bob, ada)
        post = world.post(ada, visibility=FOLLOWERS)
        assert ids(world.everyone(bob)) == []
        assert ids(world.home(bob)) == ids(world.user(ada, bob)) == [post]
        assert ids(world.user(ada, None)) == []

    def test_a_blocked_reader_gets_nothing_of_an_author(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        world.post(ada)
        world.block(ada, bob)
        page = world.user(ada, bob)
        assert (ids(page), page.next_cursor) == ([], "")
        assert ids(world.everyone(bob)) == []


class TestTags:
    def test_public_posts_in_any_spelling_of_the_tag(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        first = world.post(ada, caption="#Seni")
        world.post(ada, caption="seni")
        world.post(ada, caption="#senirupa")
        second = world.post(bob, caption="Again #SENI, twice #seni.")

        for spelling in ("seni", "Seni", "ｓｅｎｉ"):
            assert ids(world.tagged(spelling, None)) == [second, first]
        assert ids(world.tagged("fox", ada)) == []

    def test_a_post_for_followers_is_in_no_tag_even_for_them(self, world: World) -> None:
        ada, bob = world.account("ada"), world.account("bob")
        world.follow(bob, ada)
        post_id = world.post(ada, caption="#seni", visibility=FOLLOWERS)

        for reader in (None, ada, bob):
            assert ids(world.tagged("seni", reader)) == []
        assert ids(world.home(bob)) == [post_id]

    def test_blocks_and_removals_hide(self, world: World) -> None:
        ada, bob, eve = (world.account(name) for name in ("ada", "bob", "eve"))
        first, second = world.post(ada, caption="#seni"), world.post(eve, caption="#seni")
        world.block(bob, eve)

        assert ids(world.tagged("seni", bob)) == [first]
        assert ids(world.tagged("seni", eve)) == [second, first]
        world.delete(ada, first)
        assert ids(world.tagged("seni", eve)) == [second]

    @pytest.mark.parametrize("below_the_memory", [False, True])
    def test_a_post_that_is_changed_leaves_and_comes(self, below_the_memory: bool) -> None:
        world = World(recent_bytes=SMALL if below_the_memory else EVERYTHING)
        ada = world.account("ada")
        moved, hidden = world.post(ada, caption="#one"), world.post(ada, caption="#one")
        changed = [world.state.posts[post_id].post() for post_id in (moved, hidden)]
        changed[0].tags[0].name = "other"
        changed[1].visibility = FOLLOWERS
        for post in changed:
            world.log.write(post_draft(post))
        if below_the_memory:
            for _ in range(6):
                world.post(ada)
                world.materialise()
            assert moved not in world.state.posts

        assert ids(world.tagged("one", ada)) == []
        assert ids(world.tagged("other", ada)) == [moved]
        assert hidden not in ids(world.everyone(ada))
        assert hidden in ids(world.user(ada, ada))

    @pytest.mark.parametrize("tag", ["", "#seni", "two words", "12", "x" * 65])
    def test_what_is_no_tag(self, world: World, tag: str) -> None:
        with pytest.raises(InvalidArgument) as caught:
            world.tagged(tag, None)
        assert [violation.field for violation in caught.value.violations] == ["tag"]


class TestRefilling:
    def test_a_page_that_is_refilled_says_what_is_left(self, world: World) -> None:
        ada, bob, eve = (world.account(name) for name in ("ada", "bob", "eve"))
        world.block(bob, eve)
        oldest, older, old = (world.post(ada) for _ in range(3))
        for _ in range(2):
            world.post(eve)
        newest = world.post(ada)
        page = world.everyone(bob, page_size=3)
        assert ids(page) == [newest, old, older]
        assert ids(world.everyone(bob, page_size=3, cursor=page.next_cursor)) == [oldest]

    def test_a_page_that_the_rules_thin_is_refilled(self, world: World) -> None:
        ada, eve, bob = (world.account(name) for name in ("ada", "eve", "bob"))
        wanted = [world.post(ada) for _ in range(3)]
        for _ in range(6):
            world.post(eve)
        world.block(eve, bob)
        page = world.everyone(bob, page_size=3)
        assert ids(page) == wanted[::-1]
        assert page.next_cursor == ""

    def test_beyond_the_scan_budget_a_page_is_short_and_its_cursor_goes_on(
        self, world: World
    ) -> None:
        ada, eve, bob = (world.account(name) for name in ("ada", "eve", "bob"))
        wanted = world.post(ada)
        for _ in range(2 * SCAN_PER_POST):
            world.post(eve)
        world.block(eve, bob)

        first = world.everyone(bob, page_size=1)
        second = world.everyone(bob, page_size=1, cursor=first.next_cursor)
        third = world.everyone(bob, page_size=1, cursor=second.next_cursor)

        assert [ids(page) for page in (first, second, third)] == [[], [], [wanted]]
        assert first.next_cursor
        assert second.next_cursor
        assert not third.next_cursor


class TestBelowTheMemory:
    @pytest.fixture
    def world(self) -> World:
        """Ten posts, of which the memory holds the last few."""
        world = World(recent_bytes=SMALL)
        self.ada = world.account("ada")
        self.posts = []
        for _ in range(10):
            self.posts.append(world.post(self.ada))
            world.materialise()
        assert 0 < len(world.state.posts) < 5
        return world

    def test_the_feed_goes_on_in_the_views(self, world: World) -> None:
        assert ids(world.user(self.ada, None)) == self.posts[::-1]
        assert ids(world.everyone(None)) == self.posts[::-1]
        assert ids(world.home(self.ada)) == self.posts[::-1]

    def test_a_removal_that_the_views_lack_counts(self, world: World) -> None:
        world.delete(self.ada, self.posts[0])
        assert ids(world.everyone(None)) == self.posts[:0:-1]

    def test_while_the_views_are_away_the_memory_answers(self, world: World) -> None:
        world.store.down = True
        recent = len(world.state.posts)
        page = world.everyone(None)
        assert ids(page) == self.posts[: -recent - 1 : -1]
        assert page.next_cursor
        with pytest.raises(HistoryUnavailable) as caught:
            world.everyone(None, cursor=page.next_cursor)
        assert caught.value.reason == "HISTORY_UNAVAILABLE"
        world.store.down = False
        assert ids(world.everyone(None, cursor=page.next_cursor)) == self.posts[-recent - 1 :: -1]

    def test_views_that_do_not_reach_the_memory_are_not_trusted(self, world: World) -> None:
        short = world.state.recent.floor - 1
        marks = {view: Mark(mark.life, short) for view, mark in world.store.rows.marks.items()}
        world.store.rows.marks = marks
        page = world.everyone(None)
        with pytest.raises(HistoryUnavailable):
            world.everyone(None, cursor=page.next_cursor)

    def test_a_line_without_a_post_is_left_out(self, world: World) -> None:
        del world.store.rows.posts[self.posts[0]]
        assert ids(world.everyone(None)) == self.posts[:0:-1]

    def test_content_newer_than_the_applied_position_is_not_shown(self, world: World) -> None:
        first = self.posts[0]
        ahead = world.store.rows.posts[first]
        world.store.rows.posts[first] = replace(ahead, position=world.log.position + 1)
        with pytest.raises(PositionNotReached):
            world.everyone(None)


class TestBadRequests:
    @pytest.mark.parametrize("size", [-1, 101])
    def test_page_size(self, world: World, size: int) -> None:
        with pytest.raises(InvalidArgument) as caught:
            world.everyone(None, page_size=size)
        assert caught.value.violations[0].field == "page_size"

    @pytest.mark.parametrize("cursor", ["x", "£", "MTpob21lOjE", "A" * 1000])
    def test_cursor(self, world: World, cursor: str) -> None:
        with pytest.raises(InvalidArgument) as caught:
            world.everyone(None, cursor=cursor)
        assert caught.value.violations[0].field == "cursor"

    def test_size_and_cursor_at_once(self, world: World) -> None:
        with pytest.raises(InvalidArgument) as caught:
            world.everyone(None, page_size=101, cursor="x")
        assert [violation.field for violation in caught.value.violations] == [
            "page_size",
            "cursor",
        ]

    def test_unknown_account(self, world: World) -> None:
        with pytest.raises(AccountUnknown):
            world.user(world.new_id(), None)
        assert world.log.barriers == 1

    def test_account_id(self, world: World) -> None:
        with pytest.raises(InvalidArgument) as caught:
            world.user("me", None)
        assert caught.value.violations[0].field == "account_id"


class TestPositions:
    async def test_at_least(self, world: World) -> None:
        world.account()
        for at_least, reached in ((0, True), (1, True), (2, False)):
            request = PageRequest(1, "", at_least)
            if reached:
                page = await list_global_feed(None, request, sources=world.sources, timeout=1.0)
                assert page.position == 1
            else:
                with pytest.raises(PositionUnknown):
                    await list_global_feed(None, request, sources=world.sources, timeout=1.0)

    def test_not_fresh(self, world: World) -> None:
        world.log.fresh = False
        with pytest.raises(NotFresh):
            world.everyone(None)

    async def test_the_position_is_of_the_beginning_of_the_gathering(self) -> None:
        """What comes while the views are read must come again to who follows from there."""
        world = World(recent_bytes=SMALL)
        ada = world.account("ada")
        for _ in range(10):
            world.post(ada)
            world.materialise()
        before = world.log.position
        removed = next(iter(world.state.posts.values()))

        class Slow(MemoryFeedStore):
            async def newest(
                self, feeds: Collection[str], before: int, limit: int, *, timeout: float
            ) -> Sequence[Ref]:
                if not world.state.posts[removed.ref.post_id].removed:
                    world.delete(ada, removed.ref.post_id)
                return await super().newest(feeds, before, limit, timeout=timeout)

        slow = Slow()
        await materialise(world.log, slow)
        sources = Sources(replica=world.log, store=slow, clock=world.clock)
        page = await list_global_feed(None, PageRequest(0, "", 0), sources=sources, timeout=1.0)

        assert page.position == before < world.log.position
        assert len(page.posts) == 9
        assert removed.ref.post_id not in ids(page)

    async def test_what_is_removed_while_a_page_is_refilled_is_not_on_it(self) -> None:
        world = World(recent_bytes=SMALL)
        ada, eve, bob = (world.account(name) for name in ("ada", "eve", "bob"))
        world.block(eve, bob)
        for author in (ada, ada, ada, ada, eve, ada):
            newest = world.post(author)
            world.materialise()
        assert len(world.state.posts) < 6

        class Slow(MemoryFeedStore):
            async def newest(
                self, feeds: Collection[str], before: int, limit: int, *, timeout: float
            ) -> Sequence[Ref]:
                world.delete(ada, newest)
                return await super().newest(feeds, before, limit, timeout=timeout)

        slow = Slow()
        await materialise(world.log, slow)
        sources = Sources(replica=world.log, store=slow, clock=world.clock)
        page = await list_global_feed(bob, PageRequest(2, "", 0), sources=sources, timeout=1.0)

        assert world.state.posts[newest].removed
        assert len(page.posts) == 1
        assert page.next_cursor
