"""Takes pictures of every place of the page, from a Kanvas that runs with its demo world.

python -m tests.e2e.web.take_screenshots http://127.0.0.1:8080

They lie in .local/screenshots, to be looked at. The tree holds only those that a page shows
(docs/images): copy them from there.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from kanvas_local.layout import REPOSITORY
from tests.e2e.web.browsers import BROWSER_FLAGS, find_chromium
from tests.e2e.web.people import Visitor

FOLDER = REPOSITORY / ".local/screenshots"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
FOLLOWED = 3
PAINT_SECONDS = 60
QUALITY = 82
DECODED = """Promise.allSettled(
    [...document.images].filter((image) => image.complete).map((image) => image.decode()),
)"""


async def main(origin: str) -> None:
    """Walk through every place on a phone and a desk, in light and dark."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=list(BROWSER_FLAGS)
        )
        for screen, options in (("phone", PHONE), ("desk", DESK)):
            for theme in ("light", "dark"):
                tour = Tour(f"{screen}-{theme}")
                async with _visitor(browser, origin, theme, options) as visitor:
                    await tour.walk(visitor)
        await browser.close()


class Tour:
    """One walk through the places, photographed."""

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    async def walk(self, visitor: Visitor) -> None:
        """Goes from the door to a published picture."""
        page = visitor.page
        await visitor.go("/")
        await self._take(page, "welcome")
        await visitor.go("/signup")
        await self._take(page, "sign-up")
        await visitor.fill_in_account("Nadia")
        await visitor.go("/explore")
        follow = page.locator(".person-card button", has_text="Follow")
        await follow.first.wait_for()
        await self._take(page, "explore")
        for index in range(min(FOLLOWED, await follow.count())):
            await follow.nth(index).click()
        await page.wait_for_timeout(1000)
        await visitor.go("/")
        await self._take(page, "home")
        await page.locator(".card-author").first.click()
        await self._take(page, "profile")
        await page.locator(".card-picture").first.click()
        await self._take(page, "post")
        await visitor.go("/settings")
        await self._take(page, "settings")
        await visitor.go("/explore")
        await self._paint(page)

    async def _paint(self, page: Page) -> None:
        tab = page.locator(".tab-bar button")
        if await tab.count():
            await tab.click()
        await page.get_by_label("What should be painted?").fill("a red fox in the snow")
        await page.get_by_role("button", name="Size, style and more").click()
        # Enough steps to be caught in the middle of them.
        await page.get_by_label("Steps").fill("50")
        await self._take(page, "options")
        await page.locator(".prompt button[type=submit]").click()
        await page.locator(".easel-ring").wait_for(timeout=PAINT_SECONDS * 1000)
        await self._take(page, "forming", settle=100)
        publish = page.get_by_role("button", name="Publish")
        await publish.wait_for(timeout=PAINT_SECONDS * 1000)
        await self._take(page, "painted")
        await publish.click()
        await self._take(page, "publish")

    async def _take(self, page: Page, place: str, settle: int = 1200) -> None:
        await page.wait_for_timeout(settle)
        await page.evaluate(DECODED)
        with Image.open(io.BytesIO(await page.screenshot())) as shot:
            shot.convert("RGB").save(FOLDER / f"{place}-{self._suffix}.webp", quality=QUALITY)


@asynccontextmanager
async def _visitor(
    browser: Browser, origin: str, theme: Any, options: dict[str, Any]
) -> AsyncIterator[Visitor]:
    context = await browser.new_context(color_scheme=theme, locale="en-US", **options)
    yield Visitor(context, await context.new_page(), origin)
    await context.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
