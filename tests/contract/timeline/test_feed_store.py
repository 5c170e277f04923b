"""What every `FeedStore` promises; see its docstring in `kanvas_timeline.ports`."""

import asyncio
import hashlib
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from kanvas_platform.ids import new_id
from kanvas_timeline.domain.feeds import PUBLIC, author_feed, picture_feed, tag_feed
from kanvas_timeline.domain.marks import Loss, Marks, advanced, losses, reach
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.testing.make import FOLLOWERS, removed_post, stored_post
from kanvas_timeline.testing.make import PUBLIC as FOR_ALL

SECONDS = 10.0
Empty = Callable[[str], Awaitable[None]]
_ranges = itertools.count(1)


@pytest.fixture
def base() -> int:
    """Return where a range of positions begins, wider than any bucket, that no other test uses."""
    return next(_ranges) << 36


@pytest.fixture
def author() -> str:
    return new_id()


async def marked(store: FeedStore) -> Marks:
    """Return the marks of all views, which are made where there are none."""
    found = await store.marks(timeout=SECONDS)
    await store.begin([view for view in found if found[view] is None], found, timeout=SECONDS)
    return await store.marks(timeout=SECONDS)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refs(posts: Sequence[StoredPost]) -> list[Ref]:
    return sorted((stored.ref for stored in posts), reverse=True)


class TestPosts:
    async def test_come_back_whole(self, store: FeedStore, base: int, author: str) -> None:
        public = stored_post(base + 1, author, new_id())
        private = stored_post(base + 2, author, new_id(), visibility=FOLLOWERS)
        await store.write([public, private], timeout=SECONDS)

        wanted = [public.ref.post_id, private.ref.post_id, new_id()]
        found = await store.posts(wanted, timeout=SECONDS)

        assert found == {public.ref.post_id: public, private.ref.post_id: private}
        assert await store.posts([], timeout=SECONDS) == {}

    async def test_are_there_after_their_removal_without_content(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        post = stored_post(base + 1, author, new_id())
        removed = removed_post(base + 2, post)
        await store.write([post], timeout=SECONDS)
        await store.write([removed], timeout=SECONDS)
        found = await store.posts([post.ref.post_id], timeout=SECONDS)
        assert found == {post.ref.post_id: removed}

    @pytest.mark.parametrize("together", [True, False])
    async def test_the_highest_position_wins_in_any_order(
        self, store: FeedStore, base: int, author: str, together: bool
    ) -> None:
        first = stored_post(base + 1, author, new_id(), caption="first")
        second = stored_post(base + 1, author, first.ref.post_id, caption="second")
        second = replace(second, position=base + 2)
        third = removed_post(base + 3, first)
        for order in itertools.permutations([first, second, third]):
            for batch in [order] if together else [[post] for post in order]:
                await store.write(batch, timeout=SECONDS)
            found = await store.posts([first.ref.post_id], timeout=SECONDS)
            assert found[first.ref.post_id] == third

    async def test_a_repeated_creation_does_not_bring_text_back(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        post = stored_post(base + 1, author, new_id())
        await store.write([removed_post(base + 2, post)], timeout=SECONDS)
        await store.write([post], timeout=SECONDS)
        found = await store.posts([post.ref.post_id], timeout=SECONDS)
        assert found[post.ref.post_id].removed


class TestFeeds:
    async def test_of_authors_newest_first(self, store: FeedStore, base: int) -> None:
        ada, bob, eve = new_id(), new_id(), new_id()
        posts = [
            stored_post(base + number, author, new_id(), visibility=FOLLOWERS)
            for number, author in enumerate([ada, bob, eve, ada, bob, eve, ada])
        ]
        random.Random(1).shuffle(posts)
        await store.write(posts, timeout=SECONDS)
        wanted = refs([post for post in posts if post.ref.author_id != eve])

        async def read(before: int, limit: int) -> Sequence[Ref]:
            feeds = [author_feed(account) for account in (ada, bob, new_id())]
            return await store.newest(feeds, before, limit, timeout=SECONDS)

        assert list(await read(base + 99, 99)) == wanted
        assert list(await read(base + 99, 2)) == wanted[:2]
        assert list(await read(wanted[0].created_position, 99)) == wanted[1:]
        assert list(await read(base, 99)) == []

    async def test_of_an_author_over_many_buckets(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        posts = [stored_post(base + (number << 23), author, new_id()) for number in range(40)]
        await store.write(posts, timeout=SECONDS)
        found = await store.newest([author_feed(author)], base << 1, 99, timeout=SECONDS)
        assert list(found) == refs(posts)
        page = await store.newest([author_feed(author)], posts[30].position, 25, timeout=SECONDS)
        assert list(page) == refs(posts[5:30])

    async def test_of_none(self, store: FeedStore, base: int) -> None:
        assert list(await store.newest([], base, 9, timeout=SECONDS)) == []

    async def test_public_ones_are_of_everyone(self, store: FeedStore, base: int) -> None:
        shown = [stored_post(base + (number << 17), new_id(), new_id()) for number in range(9)]
        hidden = stored_post(base + 1, new_id(), new_id(), visibility=FOLLOWERS)
        await store.write([*shown, hidden], timeout=SECONDS)

        found = await store.newest([PUBLIC], base + (99 << 17), 9, timeout=SECONDS)
        assert list(found) == refs(shown)
        page = await store.newest([PUBLIC], shown[5].position, 3, timeout=SECONDS)
        assert list(page) == refs(shown[2:5])

    async def test_of_a_tag_over_many_buckets(self, store: FeedStore, base: int) -> None:
        tag = new_id().replace("-", "")
        posts = [
            stored_post(base + (number << 17), new_id(), new_id(), caption=f"#{tag} #{number}a")
            for number in range(40)
        ]
        hidden = stored_post(base + 1, new_id(), new_id(), caption=f"#{tag}", visibility=FOLLOWERS)
        await store.write([*posts, hidden], timeout=SECONDS)

        found = await store.newest([tag_feed(tag)], base << 1, 99, timeout=SECONDS)
        assert list(found) == refs(posts)
        page = await store.newest([tag_feed(tag)], posts[30].position, 25, timeout=SECONDS)
        assert list(page) == refs(posts[5:30])

    async def test_of_a_picture_have_all_posts_that_show_it(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        sha256, other = (sha256_of(new_id()) for _ in range(2))
        kinds = [(author, FOR_ALL), (new_id(), FOLLOWERS)] * 3
        posts = [
            stored_post(base + (number << 33), account, new_id(), visibility=how, sha256=sha256)
            for number, (account, how) in enumerate(kinds)
        ]
        unlike = stored_post(base + 1, author, new_id(), sha256=other)
        await store.write([*posts, unlike], timeout=SECONDS)

        found = await store.newest([picture_feed(sha256)], 2**63 - 1, 99, timeout=SECONDS)
        assert list(found) == refs(posts)
        page = await store.newest([picture_feed(sha256)], posts[4].position, 3, timeout=SECONDS)
        assert list(page) == refs(posts[1:4])
        both = [picture_feed(other), author_feed(author)]
        assert list(await store.newest(both, 2**63 - 1, 99, timeout=SECONDS)) == refs(
            [post for post in [*posts, unlike] if post.ref.author_id == author]
        )

    async def test_of_any_script(self, store: FeedStore, base: int, author: str) -> None:
        post = stored_post(base + 1, author, new_id(), caption="#雪_हिन्दी")
        await store.write([post], timeout=SECONDS)
        found = await store.newest([tag_feed("雪_हिन्दी")], base + 9, 9, timeout=SECONDS)
        assert list(found) == [post.ref]

    async def test_of_several_kinds_at_once_have_each_post_once(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        one, other = (f"{letter}{new_id().replace('-', '')}" for letter in "xy")
        posts = [
            stored_post(base + (number << 19), account, new_id(), caption=caption)
            for number, (account, caption) in enumerate(
                [(author, ""), (new_id(), f"#{one} #{other}"), (author, f"#{one}")] * 10
            )
        ]
        await store.write(posts, timeout=SECONDS)
        feeds = [author_feed(author), tag_feed(one), tag_feed(other)]
        found = await store.newest(feeds, base << 1, 99, timeout=SECONDS)
        assert list(found) == refs(posts)
        page = await store.newest(feeds, posts[20].position, 15, timeout=SECONDS)
        assert list(page) == refs(posts[5:20])

    async def test_of_a_post_that_was_changed_have_it_where_it_came_to_stand(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        tag = new_id().replace("-", "")
        post = stored_post(base + 1, author, new_id(), visibility=FOLLOWERS)
        shown = stored_post(base + 1, author, post.ref.post_id, caption=f"#{tag}")
        shown = replace(shown, position=base + 2)
        for stored in (shown, post):
            await store.write([stored], timeout=SECONDS)
        found = await store.newest([tag_feed(tag)], base + 9, 9, timeout=SECONDS)
        assert list(found) == [post.ref]

    async def test_keep_the_lines_of_removed_posts_once_each(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        post = stored_post(base + 1, author, new_id())
        for stored in (post, post, removed_post(base + 2, post), post):
            await store.write([stored], timeout=SECONDS)
        found = await store.newest([author_feed(author)], base + 9, 9, timeout=SECONDS)
        assert list(found) == [post.ref]

    async def test_a_removal_alone_makes_no_line(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        post = stored_post(base + 1, author, new_id())
        await store.write([removed_post(base + 2, post)], timeout=SECONDS)
        assert list(await store.newest([author_feed(author)], base + 9, 9, timeout=SECONDS)) == []

    async def test_the_highest_position_of_all_is_a_bound(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        post = stored_post(base + 1, author, new_id())
        await store.write([post], timeout=SECONDS)
        found = await store.newest([author_feed(author)], 2**63 - 1, 9, timeout=SECONDS)
        assert list(found) == [post.ref]


class TestMarks:
    async def test_are_made_once_and_stay(self, store: FeedStore) -> None:
        known = await marked(store)
        await store.begin(list(known), dict.fromkeys(known), timeout=SECONDS)
        assert await store.marks(timeout=SECONDS) == known
        assert None not in known.values()

    async def test_move_on_from_where_they_are_known_to_be(
        self, store: FeedStore, base: int
    ) -> None:
        known = await marked(store)
        assert reach(known) < base
        assert await store.advance(known, base + 5, timeout=SECONDS)
        moved = await store.marks(timeout=SECONDS)
        assert moved == advanced(known, base + 5)
        assert losses(known, moved) == {}

    async def test_never_go_back(self, store: FeedStore, base: int) -> None:
        known = await marked(store)
        await store.advance(known, base + 5, timeout=SECONDS)
        known = await store.marks(timeout=SECONDS)
        assert await store.advance(known, base + 3, timeout=SECONDS)
        assert await store.marks(timeout=SECONDS) == known

    async def test_are_not_moved_by_those_who_know_an_older_state(
        self, store: FeedStore, base: int
    ) -> None:
        old = await marked(store)
        await store.advance(old, base + 5, timeout=SECONDS)
        assert not await store.advance(old, base + 9, timeout=SECONDS)
        assert reach(await store.marks(timeout=SECONDS)) == base + 5

    async def test_a_new_life_begins_where_the_old_one_was(
        self, store: FeedStore, base: int
    ) -> None:
        old = await marked(store)
        view = next(iter(old))
        await store.begin([view], old, timeout=SECONDS)
        new = await store.marks(timeout=SECONDS)
        assert losses(old, new) == {view: Loss.REPLACED}
        assert reach(new) == reach(old)
        assert not await store.advance(old, base + 9, timeout=SECONDS)

        await store.begin([view], old, timeout=SECONDS)  # somebody who comes late
        again = await store.marks(timeout=SECONDS)
        assert again[view] == new[view]
        assert losses(new, again) == {}

    async def test_of_several_who_begin_at_once_one_does(self, store: FeedStore) -> None:
        old = await marked(store)
        await asyncio.gather(*(store.begin(list(old), old, timeout=SECONDS) for _ in range(5)))
        new = await store.marks(timeout=SECONDS)
        assert set(losses(old, new).values()) == {Loss.REPLACED}
        assert reach(new) == reach(old)

    async def test_are_lost_with_their_rows_and_with_no_others(
        self, store: FeedStore, empty: Empty, base: int
    ) -> None:
        for number, view in enumerate(await marked(store)):
            known = await marked(store)
            await empty(view)
            found = await store.marks(timeout=SECONDS)
            assert losses(known, found) == {view: Loss.EMPTIED}
            assert reach(found) == 0
            assert not await store.advance(known, base + number + 1, timeout=SECONDS)
            assert (await store.marks(timeout=SECONDS))[view] is None

    async def test_what_was_written_before_a_loss_is_written_again(
        self, store: FeedStore, empty: Empty, base: int, author: str
    ) -> None:
        post = stored_post(base + 1, author, new_id())
        await store.write([post], timeout=SECONDS)
        for view in await marked(store):
            await empty(view)
        assert await store.newest([author_feed(author)], base + 9, 9, timeout=SECONDS) == []
        await marked(store)
        await store.write([post], timeout=SECONDS)
        assert list(await store.newest([author_feed(author)], base + 9, 9, timeout=SECONDS)) == [
            post.ref
        ]

    async def test_are_in_no_feed(self, store: FeedStore, base: int) -> None:
        await marked(store)
        feeds = [author_feed("mark"), tag_feed("mark"), picture_feed("mark")]
        assert list(await store.newest(feeds, base, 9, timeout=SECONDS)) == []


class TestWriters:
    async def test_many_writers_at_once_lose_nothing(
        self, store: FeedStore, base: int, author: str
    ) -> None:
        posts = [stored_post(base + number, author, new_id()) for number in range(60)]
        batches = [posts[start : start + 20] for start in (0, 20, 40, 0, 20, 40)]
        await asyncio.gather(*(store.write(batch, timeout=SECONDS) for batch in batches))
        found = await store.newest([author_feed(author)], base + 99, 99, timeout=SECONDS)
        assert list(found) == refs(posts)
        whole = await store.posts([post.ref.post_id for post in posts], timeout=SECONDS)
        assert sorted(whole.values(), key=lambda post: post.position) == posts
