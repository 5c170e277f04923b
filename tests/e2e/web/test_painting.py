"""From words to a picture on a follower's screen, as two people see it in their browsers."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.web.people import PASSWORD, Painter, Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROMPT = "a red fox in the snow"
ALT_TEXT = "A red fox in the snow."

PREVIEW_IS_SHOWN = """() => document.querySelector(".easel-picture img[src^='data:image/webp']")"""


async def paint(page: Page) -> None:
    """Paint with the keyboard alone."""
    await page.keyboard.press("n")
    await page.keyboard.type(PROMPT)
    await page.keyboard.press("Enter")
    picture = page.locator(".easel-picture img[src^='/media/']")
    await expect(picture).not_to_have_js_property("naturalWidth", 0)


async def publish(page: Page, caption: str) -> None:
    await page.get_by_role("button", name="Publish").click()
    form = page.get_by_role("form", name="Publish")
    await expect(form.get_by_label("What the picture shows")).to_have_value(ALT_TEXT)
    for use in ("Training AI", "Search by likeness", "Recommending it to others"):
        await expect(form.get_by_label(use)).not_to_be_checked()
    await form.get_by_label("Caption").fill(caption)
    await form.get_by_role("button", name="Publish").click()


async def test_a_picture_is_seen_to_form(visit: Visit) -> None:
    visitor = await visit()
    await visitor.sign_up()
    page = visitor.page
    await page.get_by_label("What should be painted?").fill(PROMPT)
    await page.get_by_role("button", name="Size, style and more").click()
    await page.get_by_label("Steps").fill("50")
    # Previews pass by: the page itself looks for one, at each frame, from before the first one.
    seen = page.wait_for_function(PREVIEW_IS_SHOWN, polling="raf")
    await asyncio.gather(seen, page.get_by_role("button", name="Paint", exact=True).click())
    await page.locator(".easel-picture img[src^='/media/']").wait_for()


async def test_a_picture_reaches_a_follower_live(visit: Visit) -> None:
    painter, follower = await visit(), await visit(gateway=2)
    handle = await painter.sign_up()
    await follower.sign_up()
    await follower.follow(handle)
    await expect(follower.page.get_by_role("link", name="1 follower")).to_be_visible()
    await follower.page.get_by_role("link", name="Home").click()
    await expect(follower.page.get_by_text("Your wall is still bare")).to_be_visible()
    await follower.see_dot("Live")
    await follower.page.evaluate("window.isSameDocument = true")

    await paint(painter.page)
    await publish(painter.page, "First snow")

    seen = follower.page.locator(".card", has_text="First snow")
    await expect(seen).to_be_visible()
    await expect(seen.get_by_role("img", name=ALT_TEXT)).to_be_visible()
    await expect(painter.page.locator(".card", has_text="First snow")).to_be_visible()
    assert await follower.page.evaluate("window.isSameDocument"), "nobody reloaded the page"


async def test_a_post_has_a_place_of_its_own_until_it_is_taken_down(visit: Visit) -> None:
    painter, reader = await visit(), await visit(gateway=2)
    await painter.sign_up()
    await paint(painter.page)
    await publish(painter.page, "Second snow")
    await painter.page.locator(".card", has_text="Second snow").locator(".card-picture").click()
    await painter.page.wait_for_url(re.compile(r"/p/[0-9a-f-]{36}$"))

    await reader.sign_up()
    await reader.page.goto(painter.page.url.replace(painter.origin, reader.origin))
    await reader.see_dot("Live")
    post = reader.page.get_by_role("article")
    await expect(post.get_by_text(PROMPT, exact=True)).to_be_visible()
    await expect(post.get_by_text("not generative AI")).to_be_visible()
    await expect(post.get_by_text("being looked at, nothing else")).to_be_visible()
    await post.get_by_role("button", name=re.compile("Like")).click()
    await expect(post.get_by_role("button", name=re.compile("1 like"))).to_be_visible()

    await painter.page.get_by_role("button", name="Take down").click()
    await painter.page.get_by_role("dialog").get_by_role("button", name="Take down").click()
    await expect(reader.page.get_by_text("This picture is not here")).to_be_visible()


async def test_words_typed_before_signing_up_are_painted_after(visit: Visit) -> None:
    visitor = await visit()
    await visitor.go("/")
    page = visitor.page
    await page.get_by_label("What should be painted?").fill("two boats at sunset")
    await page.get_by_role("button", name="Paint").click()
    await page.wait_for_url("**/signup")
    await expect(page.get_by_text("“two boats at sunset”")).to_be_visible()
    await visitor.fill_in_account()
    await expect(page.locator(".easel-prompt")).to_have_text("two boats at sunset")
    picture = page.locator(".easel-picture img[src^='/media/']")
    await picture.wait_for()


async def test_the_network_that_paints_says_what_it_is(visit: Visit) -> None:
    visitor = await visit()
    await visitor.sign_up()
    page = visitor.page
    await page.get_by_label("What should be painted?").fill(PROMPT)
    await page.get_by_role("button", name="Size, style and more").click()
    await expect(page.get_by_label("Painter", exact=True)).to_have_value("collage")
    await page.get_by_label("Painter", exact=True).select_option("easel (experimental)")
    await expect(page.get_by_text("Experimental: painted by")).to_be_visible()
    await page.get_by_label("Closeness to the words").fill("1.5")
    await page.get_by_role("button", name="Paint", exact=True).click()
    picture = page.locator(".easel-picture img[src^='/media/']")
    await picture.wait_for()
    await expect(page.locator(".provenance")).to_contain_text("generative network")


async def test_a_refusal_is_told_beside_the_field(visit: Visit, painter: Painter) -> None:
    visitor = await visit()
    await visitor.go("/signup")
    page = visitor.page
    await page.get_by_label("Handle").fill("1st")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_label("Handle")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("beginning with a letter; a few")).to_be_visible()
    await page.get_by_label("Handle").fill(painter.handle)
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_text("That handle is taken")).to_be_visible()
