"""What an account likes, in pages, as it is told to the account itself."""

import pytest

from kanvas_platform.errors import InvalidArgument
from kanvas_timeline.list_likes import LikePage, list_likes
from kanvas_timeline.testing.make import FOLLOWERS
from kanvas_timeline.testing.world import World


async def likes(world: World, who: str, *, size: int = 0, cursor: str = "") -> LikePage:
    return await list_likes(who, page_size=size, cursor=cursor, sources=world.sources, timeout=1.0)


def liked(page: LikePage) -> list[tuple[str, str]]:
    return [(like.post_id, like.author_handle) for like in page.likes]


@pytest.fixture
def world() -> World:
    return World()


async def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    posts = [world.post(ben) for _ in range(5)]
    for post_id in posts:
        world.like(ada, post_id)
    world.like(ben, posts[0])
    found, cursor = [], ""
    while True:
        page = await likes(world, ada, size=2, cursor=cursor)
        found += liked(page)
        # What changes meanwhile moves nothing: the page after begins below what was seen.
        if not cursor:
            world.like(ada, posts[4], liked=False)
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == [(post_id, "ben") for post_id in reversed(posts)]
    assert page.position == world.log.position
    assert liked(await likes(world, ada)) == found[1:]
    assert liked(await likes(world, ben)) == [(posts[0], "ben")]


async def test_of_a_post_that_one_may_not_see_no_author_is_told(world: World) -> None:
    ada, ben, cleo = world.account("ada"), world.account("ben"), world.account("cleo")
    world.follow(ada, ben)
    for_followers, by_cleo = world.post(ben, visibility=FOLLOWERS), world.post(cleo)
    for post_id in (for_followers, by_cleo):
        world.like(ada, post_id)
    assert liked(await likes(world, ada)) == [(by_cleo, "cleo"), (for_followers, "ben")]
    world.follow(ada, ben, active=False)
    world.block(cleo, ada)
    assert liked(await likes(world, ada)) == [(by_cleo, ""), (for_followers, "")]


async def test_a_page_has_bounds(world: World) -> None:
    ada = world.account("ada")
    with pytest.raises(InvalidArgument) as refused:
        await likes(world, ada, size=1001, cursor="next")
    assert [one.field for one in refused.value.violations] == ["page_size", "cursor"]
