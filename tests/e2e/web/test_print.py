"""What somebody prints: words and pictures, black on white; nothing to press, nothing cut."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.web.people import Painter, Visit, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAPER: dict[str, Any] = {"viewport": {"width": 718, "height": 1000}}
"""A sheet of A4 within its margins, in pixels of CSS."""

LONG = "W" * 50
CAPTION = f"قارب، وبحر.\nوقمر!\n{LONG}\nA fourth line,\nand a fifth."

TO_PRESS = "nav, button, .button, dialog, form, [role=status]"
CUT = """() => [...document.querySelectorAll("main *")].filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    const hides = overflowX !== "visible" || overflowY !== "visible";
    const isLarger = scrollWidth > clientWidth || scrollHeight > clientHeight;
    return element.checkVisibility() && clientWidth > 1 && hides && isLarger;
}).map((element) => element.className)"""
COLORS = """() => [...new Set([...document.querySelectorAll("body, main *")]
    .filter((element) => element.checkVisibility())
    .map((element) => getComputedStyle(element).color))]"""
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
WIDTH = "document.documentElement.scrollWidth"
RATIOS = """() => [...document.querySelectorAll(".picture img")].map((image) => {
    const { width, height } = image.getBoundingClientRect();
    return Math.abs((width / height) / (image.naturalWidth / image.naturalHeight) - 1);
})"""


async def print_out(reader: Visitor) -> None:
    """Show the page as it would be printed, once its pictures are there."""
    await reader.page.locator("img.is-loaded").first.wait_for()
    await reader.come_to_rest()
    await reader.page.emulate_media(media="print")


async def check_paper(page: Page) -> None:
    """Fail where something is to be pressed, is cut, or has a color."""
    assert await page.locator(TO_PRESS).filter(visible=True).count() == 0
    assert await page.evaluate(CUT) == []
    assert await page.evaluate(COLORS) == ["rgb(0, 0, 0)"]
    assert await page.evaluate(GROUND) == "rgb(255, 255, 255)"
    assert max(await page.evaluate(RATIOS)) < 0.02
    assert await page.evaluate(WIDTH) == PAPER["viewport"]["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_post_and_a_wall_are_printed_whole(
    visit: Visit, painter: Painter, scheme: str
) -> None:
    await painter.change_profile(name=f"ليلى {LONG}"[:50], bio="أرسم البحر.\n\nThe sea.")
    post_id = await painter.publish(await painter.paint(), CAPTION)
    reader = await visit(**PAPER, color_scheme=scheme)
    page = reader.page
    for path, caption, names in (
        (f"/p/{post_id}", ".post-caption", ".person-name"),
        (f"/@{painter.handle}", ".card-caption", ".profile-name"),
    ):
        await reader.go(path)
        await print_out(reader)
        await check_paper(page)
        words = page.locator(caption)
        assert await words.inner_text() == CAPTION
        assert await words.evaluate("words => getComputedStyle(words).direction") == "rtl"
        name = page.locator(names)
        assert await name.evaluate("name => getComputedStyle(name).unicodeBidi") == "isolate"
        await page.emulate_media(media="screen")
