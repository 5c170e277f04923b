"""What arrives while one reads, and what a lost connection must not lose."""

import asyncio
import signal

import psutil
import pytest
from playwright.async_api import expect

from kanvas_local.stack import SERVERS, SERVICES, Stack
from tests.e2e.web.people import Painter, Visit, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def reader_of(painter: Painter, visitor: Visitor) -> None:
    """Make a visitor somebody who reads a painter's posts at home, live."""
    await visitor.sign_up()
    await visitor.follow(painter.handle)
    await visitor.go("/")
    await visitor.page.locator(".card").first.wait_for()
    await visitor.see_dot("Live")


async def test_a_reload_asks_for_what_was_just_done(visit: Visit, painter: Painter) -> None:
    reader = await visit()
    await reader.sign_up()
    await reader.go(f"/@{painter.handle}")
    position = await reader.press_follow()
    # Another instance may answer now, and must have come that far.
    async with reader.page.expect_request(f"**/v1/handles/*?at_least={position}"):
        await reader.page.reload()


async def test_a_follow_outlives_the_page(visit: Visit, painter: Painter, services: Stack) -> None:
    reader = await visit()
    await reader.sign_up()
    await reader.go(f"/@{painter.handle}")
    follow = reader.page.get_by_role("button", name="Follow")
    await follow.wait_for()
    gateway = psutil.Process(services.kill("gateway-1", signal.SIGCONT))  # tells its pid
    (rest,) = gateway.children()
    rest.suspend()
    try:
        # As many as a browser asks one server at once, so that the follow has to wait its turn.
        async with reader.page.expect_request(lambda asked: asked.url.endswith("/v1/config?5")):
            await reader.page.evaluate(
                "() => { for (let n = 0; n < 6; n += 1) fetch(`/v1/config?${n}`).catch(() => 0); }"
            )
        await follow.click()
        await reader.page.goto("about:blank")
    finally:
        rest.resume()
    await painter.see_followers(1)


async def test_new_posts_wait_until_they_are_asked_for(visit: Visit, painter: Painter) -> None:
    job = await painter.paint()
    await painter.publish(job, "the first")
    reader = await visit()
    await reader_of(painter, reader)
    await reader.come_to_rest()
    before = await reader.page.locator(".card").first.bounding_box()
    second = await painter.publish(job, "the second")
    pill = reader.page.get_by_role("button", name="1 new")
    await pill.wait_for()
    assert await reader.page.locator(".card").first.bounding_box() == before
    await reader.see_captions("the first")
    await pill.click()
    await reader.see_captions("the second", "the first")
    await painter.remove(second)
    await reader.see_captions("the first")


async def test_a_network_that_was_gone_leaves_no_hole(visit: Visit, painter: Painter) -> None:
    job = await painter.paint()
    await painter.publish(job, "before")
    reader = await visit()
    await reader_of(painter, reader)
    await reader.context.set_offline(True)
    await reader.see_dot("Offline")
    missed = [f"missed {number}" for number in range(5)]
    for caption in missed:
        await painter.publish(job, caption)
    await reader.context.set_offline(False)
    await reader.see_dot("Live")
    await reader.page.get_by_role("button", name="5 new").click()
    await reader.see_captions(*reversed(missed), "before")


async def test_a_gateway_that_was_killed_leaves_no_hole(
    visit: Visit, painter: Painter, services: Stack
) -> None:
    job = await painter.paint()
    await painter.publish(job, "before")
    reader = await visit(gateway=1)
    await reader_of(painter, reader)
    services.kill("gateway-1", signal.SIGKILL)
    missed = [f"missed {number}" for number in range(3)]
    for caption in missed:
        await painter.publish(job, caption)
    await reader.page.get_by_role("button", name="3 new").click()
    await reader.see_dot("Live")
    await reader.see_captions(*reversed(missed), "before")
    await painter.publish(job, "after")
    await reader.page.get_by_role("button", name="1 new").wait_for()
    # The next test is to find the gateway there.
    await asyncio.to_thread(services.start, (*SERVERS, *SERVICES))


async def test_an_unfollowed_painter_leaves_home(visit: Visit, painter: Painter) -> None:
    await painter.publish(await painter.paint(), "to be missed")
    reader = await visit()
    await reader_of(painter, reader)
    elsewhere = await reader.context.new_page()
    await elsewhere.goto(f"{reader.origin}/@{painter.handle}")
    await elsewhere.get_by_role("button", name="Follow", pressed=True).click()
    await expect(reader.page.get_by_text("Your wall is still bare")).to_be_visible()


async def test_a_blocked_painter_vanishes_from_explore(visit: Visit, painter: Painter) -> None:
    await painter.publish(await painter.paint(), f"by {painter.handle}")
    reader = await visit()
    await reader.sign_up()
    await reader.go("/explore")
    card = reader.page.locator(".card", has_text=f"by {painter.handle}")
    await card.wait_for()
    await reader.see_dot("Live")
    elsewhere = await reader.context.new_page()
    await elsewhere.goto(f"{reader.origin}/@{painter.handle}")
    await elsewhere.get_by_role("button", name="Block").click()
    await elsewhere.get_by_role("dialog").get_by_role("button", name="Block").click()
    await expect(card).to_have_count(0)
    parted = elsewhere.get_by_text("Neither of you sees the other.")
    await expect(parted).to_be_visible()
    await elsewhere.reload()
    await expect(parted).to_be_visible()
    await expect(elsewhere.get_by_role("button", name="Unblock")).to_be_visible()


async def test_who_is_blocked_sees_no_more_than_a_name(visit: Visit, painter: Painter) -> None:
    await painter.publish(await painter.paint(), f"by {painter.handle}")
    reader = await visit()
    handle = await reader.sign_up()
    await reader.follow(painter.handle)
    await painter.block(handle)
    for path in (f"/@{painter.handle}", f"/@{painter.handle}/followers"):
        await reader.go(path)
        page = reader.page
        await expect(page.get_by_text("You cannot see what Somebody Elsewhere")).to_be_visible()
        await expect(page.locator(".profile-counts a")).to_have_count(0)
        await expect(page.locator(".card")).to_have_count(0)
        await expect(page.get_by_role("button", name="Follow")).to_have_count(0)


@pytest.mark.parametrize("place", ["/", "/explore", "wall", "followers", "post", "tag"])
async def test_a_new_name_shows_at_once(visit: Visit, painter: Painter, place: str) -> None:
    post_id = await painter.publish(await painter.paint(), f"#for_{painter.handle}")
    reader = await visit()
    handle = await reader.sign_up()
    await reader.follow(painter.handle)
    paths = {
        "wall": f"/@{painter.handle}",
        "followers": f"/@{handle}/following",
        "post": f"/p/{post_id}",
        "tag": f"/tags/for_{painter.handle}",
    }
    await reader.go(paths.get(place, place))
    old = reader.page.locator(".name", has_text="Somebody Elsewhere")
    # A wall has two: of the head, and of the card.
    await (old.nth(1) if place == "wall" else old.first).wait_for()
    await reader.see_dot("Live")
    new = f"Renamed {painter.handle}"
    await painter.change_profile(name=new, bio="and other words")
    names = reader.page.locator(".name", has_text=new)
    await names.first.wait_for()
    if place == "wall":
        await expect(names).to_have_count(2)
        await expect(reader.page.get_by_text("and other words")).to_be_visible()


async def test_rooms_follow_what_is_for_followers(visit: Visit, painter: Painter) -> None:
    job = await painter.paint()
    first = await painter.publish(job, "the first", visibility="followers")
    second = await painter.publish(job, "the second", visibility="followers")
    reader = await visit()
    await reader.sign_up()
    await reader.follow(painter.handle)
    wall = reader.page
    await expect(wall.locator(".card")).to_have_count(2)
    await reader.see_dot("Live")
    post = await reader.context.new_page()
    await post.goto(f"{reader.origin}/p/{first}")
    await post.locator(".post-picture").wait_for()
    await post.locator(".connection", has_text="Live").wait_for()
    await painter.remove(first)
    await expect(post.get_by_role("heading", name="This picture is not here")).to_be_visible()
    await expect(wall.locator(".card")).to_have_count(1)
    await painter.publish(job, "the third", visibility="followers")
    await wall.get_by_role("button", name="1 new").click()
    await reader.see_captions("the third", "the second")
    await post.goto(f"{reader.origin}/p/{second}")
    await post.locator(".post-picture").wait_for()


async def test_rooms_follow_a_block_by_somebody_else(visit: Visit, painter: Painter) -> None:
    post_id = await painter.publish(await painter.paint(), f"by {painter.handle}")
    reader = await visit()
    handle = await reader.sign_up()
    await reader.follow(painter.handle)
    pages = {"wall": reader.page}
    for room, path in (("post", f"/p/{post_id}"), ("list", f"/@{handle}/following")):
        pages[room] = await reader.context.new_page()
        await pages[room].goto(reader.origin + path)
    await pages["wall"].locator(".card").wait_for()
    await pages["post"].locator(".post-picture").wait_for()
    await pages["list"].locator(".person-row").wait_for()
    for page in pages.values():
        await page.locator(".connection", has_text="Live").wait_for()
    await painter.block(handle)
    await expect(pages["post"].locator(".post-picture")).to_have_count(0)
    await expect(pages["list"].locator(".person-row")).to_have_count(0)
    await expect(pages["wall"].locator(".card")).to_have_count(0)
    await expect(pages["wall"].get_by_text("You cannot see what")).to_be_visible()
    await expect(pages["wall"].get_by_role("button", name="Follow")).to_have_count(0)


async def test_going_back_finds_what_one_was_looking_at(visit: Visit, painter: Painter) -> None:
    job = await painter.paint()
    for number in range(6):
        await painter.publish(job, f"number {number}")
    reader = await visit(viewport={"width": 390, "height": 600}, is_mobile=True, has_touch=True)
    await reader.go(f"/@{painter.handle}")
    await reader.page.locator(".card").first.wait_for()
    await reader.come_to_rest()
    await reader.page.evaluate("scrollTo(0, 1100)")
    card = reader.page.locator(".card", has_text="number 3")
    await card.wait_for()
    before = await card.bounding_box()
    await card.locator(".card-picture").dispatch_event("click")
    await reader.page.wait_for_url("**/p/*")
    await reader.page.locator(".post-picture").wait_for()
    assert await reader.page.evaluate("scrollY") == 0
    await reader.page.go_back()
    await card.wait_for()
    await expect(reader.page.locator(".card", has_text="number 3")).to_be_in_viewport()
    await reader.page.wait_for_function("() => scrollY === 1100")
    assert await card.bounding_box() == before
