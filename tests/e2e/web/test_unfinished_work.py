"""What somebody has begun outlives the page: words, texts, pictures that are not published."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.web.people import PASSWORD, Painter, Visit, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}


async def paint(page: Page, prompt: str) -> None:
    """Paint, and wait for the finished picture on the easel."""
    await words(page).fill(prompt)
    await page.keyboard.press("Enter")
    await expect(page.locator(".easel-prompt")).to_have_text(prompt)
    await page.locator(".easel-kept").wait_for()


async def open_easel(page: Page) -> None:
    await page.get_by_role("button", name="Show the picture").click()


async def begin_to_publish(page: Page) -> Locator:
    """Open the form; return its caption."""
    await page.get_by_role("button", name="Publish").click()
    return page.get_by_role("form", name="Publish").get_by_label("Caption")


def words(page: Page) -> Locator:
    return page.get_by_label("What should be painted?")


def shelf(page: Page) -> Locator:
    return page.get_by_role("list", name="Not published yet").get_by_role("button")


async def kept_here(visitor: Visitor) -> list[str]:
    """Return the keys of the texts that this browser keeps."""
    keys: list[str] = await visitor.page.evaluate("Object.keys(localStorage)")
    return [key for key in keys if key.startswith("kanvas.draft.")]


async def test_work_is_there_again_after_a_reload_in_a_new_tab_and_on_another_device(
    visit: Visit,
) -> None:
    visitor = await visit()
    handle = await visitor.sign_up()
    page = visitor.page
    await paint(page, "a red fox")
    await paint(page, "a blue boat")
    await expect(page.locator(".easel-kept")).to_contain_text("Not published yet. Kept until")
    caption = await begin_to_publish(page)
    await caption.fill("On the lake")
    await page.get_by_role("button", name="Cancel").click()
    await expect(await begin_to_publish(page)).to_have_value("On the lake")
    await words(page).fill("a green parrot")

    await page.reload()
    await expect(words(page)).to_have_value("a green parrot")
    await open_easel(page)
    await expect(shelf(page)).to_have_count(2)
    await expect(await begin_to_publish(page)).to_have_value("On the lake")

    tab = await visitor.context.new_page()
    await page.close()
    await tab.goto(visitor.origin)
    await expect(words(tab)).to_have_value("a green parrot")
    await open_easel(tab)
    await expect(await begin_to_publish(tab)).to_have_value("On the lake")

    device = await visit(gateway=2)
    await device.sign_in(handle)
    await open_easel(device.page)
    await expect(shelf(device.page)).to_have_count(2)
    await expect(device.page.locator(".easel-prompt")).to_have_text("a blue boat")
    await device.page.get_by_role("button", name="Delete now").click()
    await device.page.get_by_role("dialog").get_by_role("button", name="Delete now").click()
    await expect(device.page.locator(".easel-prompt")).to_have_text("a red fox")
    await begin_to_publish(device.page)
    await (
        device.page.get_by_role("form", name="Publish")
        .get_by_role("button", name="Publish")
        .click()
    )
    await expect(device.page.locator(".card")).to_have_count(1)

    await tab.reload()
    await expect(words(tab)).to_have_value("a green parrot")
    await expect(tab.get_by_role("button", name="Show the picture")).to_have_count(0)


async def test_a_picture_waits_for_its_painter_whoever_signs_in_between(visit: Visit) -> None:
    visitor = await visit()
    handle = await visitor.sign_up()
    page = visitor.page
    await paint(page, "a red fox")
    await (await begin_to_publish(page)).fill("In the snow")
    await words(page).fill("a green parrot")

    await visitor.context.clear_cookies()  # as after 14 days
    await visitor.go("/")
    await expect(words(page)).to_have_value("")
    await visitor.sign_up()
    await expect(words(page)).to_have_value("")
    await expect(page.get_by_role("button", name="Show the picture")).to_have_count(0)
    await visitor.sign_out()

    await visitor.sign_in(handle)
    await expect(words(page)).to_have_value("a green parrot")
    await open_easel(page)
    await expect(await begin_to_publish(page)).to_have_value("In the snow")

    await visitor.sign_out()
    assert await kept_here(visitor) == []
    await visitor.sign_in(handle)
    await expect(words(page)).to_have_value("")
    await open_easel(page)
    await expect(await begin_to_publish(page)).to_have_value("")


async def test_a_session_that_ends_while_one_works_is_gone_on_with_in_place(visit: Visit) -> None:
    visitor = await visit()
    handle = await visitor.sign_up()
    page = visitor.page
    await paint(page, "a red fox")
    await (await begin_to_publish(page)).fill("In the snow")
    await visitor.context.clear_cookies()
    form = page.get_by_role("form", name="Publish")
    await form.get_by_role("button", name="Publish").click()
    await expect(page.locator(".rail-door").get_by_role("link", name="Sign in")).to_be_visible()
    ended = page.get_by_text("Your session has ended.")
    await expect(ended).to_be_visible()
    await form.get_by_role("link", name="Sign in").click()
    await page.get_by_label("Handle").fill(handle)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.locator("form button[type=submit]").click()
    await expect(form.get_by_label("Caption")).to_have_value("In the snow")
    await expect(ended).to_have_count(0)
    await form.get_by_role("button", name="Publish").click()
    await expect(page.locator(".card", has_text="In the snow")).to_be_visible()


async def test_the_way_back_of_a_phone_closes_the_sheet_and_loses_nothing(visit: Visit) -> None:
    visitor = await visit(**PHONE)
    await visitor.sign_up()
    await visitor.go("/explore")
    page = visitor.page
    tab = page.locator(".tab-bar button")
    await tab.click()
    await paint(page, "a red fox")
    caption = await begin_to_publish(page)
    await caption.fill("In the snow")
    sheet = page.get_by_role("dialog")

    async def go_back() -> None:
        await page.go_back()

    async def press_escape() -> None:
        await page.keyboard.press("Escape")

    async def touch_beside() -> None:
        await page.touchscreen.tap(200, 5)

    for leave in (go_back, press_escape, touch_beside):
        await leave()
        await expect(sheet).to_have_count(0)
        assert page.url.endswith("/explore")
        await tab.click()
        await expect(caption).to_have_value("In the snow")
    await press_escape()
    await expect(sheet).to_have_count(0)
    # A closed sheet gives its entry of the history back, which takes the browser a moment.
    await page.wait_for_function("() => !history.state.isLayer")
    await page.go_back()
    await expect(page).not_to_have_url(re.compile("/explore$"))


async def test_other_words_leave_what_was_typed_a_step_away(visit: Visit, painter: Painter) -> None:
    post_id = await painter.publish(await painter.paint("a lighthouse in fog"), "fog")
    visitor = await visit()
    await visitor.sign_up()
    await visitor.go(f"/p/{post_id}")
    page = visitor.page
    await words(page).fill("a green parrot")
    await page.get_by_role("button", name="Paint from these words").click()
    await expect(words(page)).to_have_value("a lighthouse in fog")
    await page.get_by_role("button", name="Bring back").click()
    await expect(words(page)).to_have_value("a green parrot")


async def test_a_tab_says_that_somebody_signed_out_in_another_one(visit: Visit) -> None:
    visitor = await visit()
    await visitor.sign_up()
    await words(visitor.page).fill("a green parrot")
    other = await visitor.context.new_page()
    await Visitor(visitor.context, other, visitor.origin).sign_out()
    told = visitor.page.locator(".toast", has_text="signed out in another tab")
    await expect(told.get_by_role("link", name="Sign in")).to_be_visible()
    await expect(words(visitor.page)).to_have_value("")
