"""That everyone can use the page: axe finds nothing serious, and the keyboard goes everywhere."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.web.people import Painter, Visit, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERIOUS = {"serious", "critical"}
DESK = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "color_scheme": "dark",
    "is_mobile": True,
    "has_touch": True,
}


async def complaints(visitor: Visitor, axe: str) -> list[str]:
    """Return what axe finds serious in the page as it stands, in words."""
    page = visitor.page
    await visitor.come_to_rest()  # colours are judged once they stand still
    await page.evaluate(axe)
    found: dict[str, Any] = await page.evaluate("axe.run(document)")
    return [
        f"{page.url} {violation['id']}: {node['failureSummary']} {node['target']}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk light", "phone dark"])
async def test_no_place_is_closed_to_anyone(
    visit: Visit, painter: Painter, axe: str, screen: dict[str, Any]
) -> None:
    post_id = await painter.publish(await painter.paint(), "for everyone")
    visitor = await visit(**screen)
    found: list[str] = []
    for place in ("/", "/signup", "/signin", "/nowhere"):
        await visitor.go(place)
        found += await complaints(visitor, axe)
    await visitor.sign_up()
    places = ["/", "/explore", f"/@{painter.handle}", f"/@{painter.handle}/followers"]
    for place in [*places, f"/p/{post_id}", "/settings"]:
        await visitor.go(place)
        found += await complaints(visitor, axe)
    assert found == []


async def test_painting_and_publishing_are_open_to_everyone(visit: Visit, axe: str) -> None:
    visitor = await visit()
    await visitor.sign_up()
    page = visitor.page
    await page.get_by_role("button", name="Size, style and more").click()
    found = await complaints(visitor, axe)
    await page.get_by_label("What should be painted?").fill("a green parrot")
    await page.keyboard.press("Enter")
    publish = page.get_by_role("button", name="Publish")
    await publish.wait_for()
    found += await complaints(visitor, axe)
    await publish.click()
    found += await complaints(visitor, axe)
    await page.get_by_role("button", name="Cancel").click()
    await page.locator("main").click(position={"x": 5, "y": 5})
    await page.keyboard.press("?")
    await page.get_by_role("dialog").wait_for()
    found += await complaints(visitor, axe)
    assert found == []


async def test_the_keyboard_walks_likes_and_opens(visit: Visit, painter: Painter) -> None:
    job = await painter.paint()
    for caption in ("first", "second", "third"):
        await painter.publish(job, f"{caption} by {painter.handle}")
    reader = await visit()
    await reader.sign_up()
    await reader.go(f"/@{painter.handle}")
    await expect(reader.page.locator(".card")).to_have_count(3)
    for key in "jjk":
        await reader.page.keyboard.press(key)
    focused = reader.page.locator(".card:focus-within")
    await expect(focused).to_contain_text("third")
    await reader.page.keyboard.press("l")
    await expect(focused.get_by_role("button", name="Take the like back")).to_be_visible()
    await reader.page.keyboard.press("Enter")
    await reader.page.wait_for_url("**/p/*")
    await reader.page.go_back()
    await expect(reader.page.locator(".card")).to_have_count(3)


async def test_the_page_speaks_indonesian_and_turns_dark(visit: Visit) -> None:
    visitor = await visit(locale="id-ID")
    await visitor.go("/settings")
    page = visitor.page
    await expect(page.get_by_role("heading", name="Setelan")).to_be_visible()
    await page.get_by_label("English").check()
    await expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_label("Dark").check()
    assert await page.evaluate(paper) != light
    await page.reload()
    await expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    assert await page.evaluate(paper) != light
