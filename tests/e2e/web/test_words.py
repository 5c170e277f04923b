"""People's words within ours: they turn no sentence, keep their lines, and widen no page."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.web.people import Painter, Visit, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "W" * 50
PHONE = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
PLAIN, TWICE = 16, 32
"""Sizes of text that a person may set in the browser, in pixels."""


@pytest_asyncio.fixture(loop_scope="session")
async def rooms(painter: Painter) -> list[str]:
    """Return every place in which a painter's name and words stand."""
    await painter.change_profile(name=LONG, bio=LONG * 3)
    post_id = await painter.publish(await painter.paint(), f"{LONG}{LONG} #for_{painter.handle}")
    wall = f"/@{painter.handle}"
    return ["/explore", wall, f"/p/{post_id}", f"/tags/for_{painter.handle}"]


async def overflow(page: Page) -> float:
    """Return by how many pixels the document is wider than the screen.

    Not by `innerWidth`: a phone zooms out where a page is too wide, and that grows.
    """
    screen = page.viewport_size
    assert screen is not None
    return float(await page.evaluate("document.documentElement.scrollWidth")) - screen["width"]


async def set_text_size(reader: Visitor, pixels: int) -> None:
    """Set the size of plain text, as a person does in the browser's settings."""
    browser = await reader.context.new_cdp_session(reader.page)
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("size", [PLAIN, TWICE], ids=["plain", "text at 200 %"])
async def test_no_words_make_the_page_wider_than_the_screen(
    visit: Visit, painter: Painter, rooms: list[str], screen: dict[str, Any], size: int
) -> None:
    reader = await visit(**screen)
    await set_text_size(reader, size)
    handle = await reader.sign_up()
    await reader.follow(painter.handle)
    too_wide = {}
    for room in [*rooms, "/", f"/@{handle}/following", "/settings"]:
        await reader.go(room)
        if room != "/settings":
            await reader.page.locator(".name", has_text=LONG).first.wait_for()
        await reader.come_to_rest()
        too_wide[room] = await overflow(reader.page)
    assert {room: pixels for room, pixels in too_wide.items() if pixels > 0} == {}


@pytest.mark.parametrize("locale", ["en-US", "id-ID"])
async def test_both_doors_are_on_the_screen_of_a_phone_at_large_text(
    visit: Visit, locale: str
) -> None:
    reader = await visit(**PHONE, locale=locale)
    await set_text_size(reader, TWICE)
    await reader.go("/explore")
    doors = reader.page.locator(".top-bar-end a")
    await expect(doors).to_have_count(2)
    await reader.page.evaluate("document.fonts.ready.then(() => 0)")
    screen = reader.page.viewport_size
    assert screen is not None
    for door in await doors.all():
        box = await door.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= screen["width"]


async def test_what_is_new_covers_no_heading_of_large_text(visit: Visit, painter: Painter) -> None:
    job = await painter.paint()
    await painter.publish(job, "the first")
    reader = await visit(**PHONE)
    await set_text_size(reader, TWICE)
    await reader.sign_up()
    await reader.follow(painter.handle)
    await reader.go("/")
    await reader.see_captions("the first")
    await reader.see_dot("Live")
    await painter.publish(job, "the second")
    pill = reader.page.get_by_role("button", name="1 new")
    await pill.wait_for()
    await reader.come_to_rest()
    new = await pill.bounding_box()
    heading = await reader.page.get_by_role("heading", name="Home").bounding_box()
    assert new is not None
    assert heading is not None
    assert new["y"] >= heading["y"] + heading["height"]


async def test_an_avatar_stands_beside_the_first_line_of_large_text(
    visit: Visit, painter: Painter
) -> None:
    await painter.change_profile(name=LONG, bio=LONG * 3)
    reader = await visit(**PHONE)
    await set_text_size(reader, TWICE)
    # Who has signed up since reads the new words, whichever instance answers.
    await reader.sign_up()
    await reader.go(f"/@{painter.handle}")
    await reader.page.locator(".profile-bio").wait_for()
    await reader.come_to_rest()
    head = reader.page.locator(".profile")
    avatar = await head.locator(".avatar").bounding_box()
    name = await head.locator("h1").bounding_box()
    assert avatar is not None
    assert name is not None
    assert abs(avatar["y"] - name["y"]) < 1


async def see(visitor: Visitor, path: str) -> Page:
    await visitor.go(path)
    await visitor.page.locator(".name").first.wait_for()
    return visitor.page


async def test_words_keep_their_lines_and_run_their_own_way(visit: Visit, painter: Painter) -> None:
    await painter.change_profile(name="ليلى حداد!", bio="أرسم البحر.\n\nThe sea.")
    post_id = await painter.publish(await painter.paint(), "قارب، وبحر.\nوقمر!")
    reader = await visit()
    await reader.sign_up()
    page = await see(reader, f"/@{painter.handle}")
    bio = page.locator(".profile-bio")
    assert await bio.inner_text() == "أرسم البحر.\n\nThe sea."
    assert await bio.evaluate("bio => getComputedStyle(bio).direction") == "rtl"
    await page.get_by_role("button", name="Block").click()
    title = page.get_by_role("dialog").get_by_role("heading")
    await expect(title).to_have_text("Block \u2068ليلى حداد!\u2069?")
    await page.get_by_role("button", name="Cancel").click()
    page = await see(reader, f"/p/{post_id}")
    caption = page.locator(".post-caption")
    assert await caption.inner_text() == "قارب، وبحر.\nوقمر!"
    assert await caption.evaluate("caption => getComputedStyle(caption).direction") == "rtl"


async def test_a_picture_that_does_not_come_says_what_it_shows_and_comes_later(
    visit: Visit, painter: Painter
) -> None:
    post_id = await painter.publish(await painter.paint(), "A boat, and the sea.")
    reader = await visit()
    await reader.context.route("**/media/**", lambda route: route.abort())
    await reader.go(f"/p/{post_id}")
    picture = reader.page.locator(".post-picture")
    await expect(picture.locator(".picture-alt")).to_have_text("A boat, and the sea.")
    await reader.context.unroute("**/media/**")
    await expect(picture.locator("img.is-loaded")).to_have_count(1)
    await expect(picture.locator(".picture-alt")).to_have_count(0)
