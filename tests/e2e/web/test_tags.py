"""A tag in a caption leads to what else has it."""

import secrets
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.e2e.web.people import Painter, Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_tag_leads_to_all_public_pictures_that_have_it(
    visit: Visit, painter: Painter
) -> None:
    name = f"雪_seni_{secrets.token_hex(4)}"
    job = await painter.paint()
    first = await painter.publish(job, f"the first 🦊 #{name}.")
    await painter.publish(job, "another")
    await painter.publish(job, f"the second, #{name.upper()}!")
    reader = await visit()
    # Who has signed up since reads all that was there; a visitor might read a second less.
    await reader.sign_up()
    await reader.go(f"/p/{first}")
    await reader.page.get_by_role("link", name=f"#{name}", exact=True).click()

    await reader.page.wait_for_url(f"**/tags/{quote(name)}")
    await expect(reader.page.get_by_role("heading", name=f"#{name}", exact=True)).to_be_visible()
    await reader.see_captions(f"the second, #{name.upper()}!", f"the first 🦊 #{name}.")
    # From a card, too; and it is the same place, however the tag is written there.
    await reader.page.get_by_role("link", name=f"#{name.upper()}", exact=True).click()
    await expect(reader.page.locator(".card")).to_have_count(2)

    await painter.remove(first)
    await reader.go(f"/tags/{quote(name.upper())}")
    await reader.see_captions(f"the second, #{name.upper()}!")


async def test_a_tag_that_nobody_has_written_says_so_in_the_readers_language(visit: Visit) -> None:
    name = f"x{secrets.token_hex(4)}"
    visitor = await visit(locale="id-ID")
    await visitor.go(f"/tags/{name}")
    await expect(visitor.page.get_by_text(f"Belum ada yang terpajang di #{name}")).to_be_visible()


async def test_what_is_no_tag_is_no_place(visit: Visit) -> None:
    visitor = await visit()
    await visitor.go("/tags/2026")
    await expect(visitor.page.get_by_text("There is no such place")).to_be_visible()
    await expect(visitor.page.locator(".card")).to_have_count(0)
