"""Settings tell where one is signed in, sign out there, and change the password."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.web.people import PASSWORD, Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
NEW_PASSWORD = "a ceiling of clouds"
HERE = re.compile("This device")
LOST = re.compile("Safari on iPhone.*Last used")


def places(page: Page) -> Locator:
    """Return the list of where one is signed in, which comes a moment after the page."""
    return page.get_by_role("list", name="Where you are signed in").get_by_role("listitem")


async def change_password(page: Page, *, old: str, new: str) -> None:
    await page.get_by_label("Present password").fill(old)
    await page.get_by_label("New password").fill(new)
    await page.get_by_role("button", name="Change password").click()


async def test_a_lost_phone_is_signed_out_and_told_so(visit: Visit) -> None:
    owner, phone = await visit(), await visit(gateway=2, user_agent=IPHONE)
    handle = await owner.sign_up()
    await phone.sign_in(handle)
    await phone.see_dot("Live")
    await owner.go("/settings")
    await expect(places(owner.page)).to_have_text([HERE, LOST])
    await owner.page.get_by_role("button", name="Sign out: Safari on iPhone").click()
    await expect(places(owner.page)).to_have_text([HERE])

    # Nobody does anything on the phone: its socket closes, and the page asks who is signed in.
    await expect(phone.page.get_by_text("Your session has ended.")).to_be_visible()
    await owner.page.reload()
    await expect(places(owner.page)).to_have_text([HERE])


async def test_a_changed_password_signs_out_everywhere_else(visit: Visit) -> None:
    owner, other = await visit(), await visit(gateway=2)
    handle = await owner.sign_up()
    await other.sign_in(handle)
    await owner.go("/settings")
    page = owner.page
    await expect(places(page)).to_have_count(2)
    old = page.get_by_label("Present password")

    await change_password(page, old="a guess, no more", new=NEW_PASSWORD)
    told = page.get_by_text("That is not your present password.")
    await expect(told).to_be_visible()
    await expect(old).to_be_focused()
    await expect(places(page)).to_have_count(2)

    await change_password(page, old=PASSWORD, new=NEW_PASSWORD)
    await expect(old).to_have_value("")
    await expect(told).to_have_count(0)
    await expect(places(page)).to_have_count(1)

    await expect(other.page.get_by_text("Your session has ended.")).to_be_visible()
    await other.show_password(handle, PASSWORD)
    await expect(other.page.get_by_text("Handle and password do not match.")).to_be_visible()
    await other.sign_in(handle, NEW_PASSWORD)
    await owner.go("/settings")
    await expect(places(page)).to_have_count(2)


async def test_an_account_is_deleted_and_kept_after_all(visit: Visit) -> None:
    owner, other = await visit(), await visit(gateway=2)
    handle = await owner.sign_up()
    await other.sign_in(handle)
    await other.see_dot("Live")
    await owner.go("/settings")
    page = owner.page
    await page.get_by_role("button", name="Delete my account …").click()
    form = page.get_by_role("region", name="Delete account")
    password, delete = form.get_by_label("Password"), form.get_by_role("button", name="Delete my")

    await password.fill("a guess, no more")
    await delete.click()
    await expect(form.get_by_text("That is not your present password.")).to_be_visible()
    await password.fill(PASSWORD)
    await delete.click()
    leaving = "Your account is being deleted"
    await expect(page.get_by_role("heading", name=leaving)).to_be_visible()
    await expect(page.get_by_role("navigation")).to_have_count(0)

    # Elsewhere the session is over; whoever signs in there again sees the same.
    await expect(other.page.get_by_text("Your session has ended.")).to_be_visible()
    await other.show_password(handle, PASSWORD)
    await expect(other.page.get_by_role("heading", name=leaving)).to_be_visible()
    await other.page.get_by_role("button", name="Sign out").click()
    await expect(other.page.get_by_role("heading", name=leaving)).to_have_count(0)

    await page.reload()
    await page.get_by_role("button", name="Keep my account").click()
    await expect(page.get_by_role("navigation").first).to_be_visible()
    await other.sign_in(handle)
    await other.see_dot("Live")
