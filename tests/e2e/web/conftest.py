"""What the tests of the page share: a browser, visitors in it, and a painter elsewhere."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from kanvas_local.demo.client import Session
from kanvas_local.layout import REPOSITORY
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from tests.e2e.web.browsers import BROWSER_FLAGS, find_chromium
from tests.e2e.web.people import PASSWORD, Painter, Visit, Visitor, new_handle
from tests.patience import PATIENCE_SECONDS

PATIENCE_MS = PATIENCE_SECONDS * 1000

expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def open_browser() -> AsyncIterator[Callable[[], Awaitable[Browser]]]:
    """Return the browser of all tests, started anew where it has crashed.

    To start one takes longer than most of these tests. They share it, and the loop from which it
    is driven, as the mark of each module says. In it, each visitor has a profile of their own.
    """
    # A proxy of this machine is not for its own addresses.
    environment = {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
    started: list[Browser] = []
    async with async_playwright() as playwright:

        async def running() -> Browser:
            if not started or not started[-1].is_connected():
                started.append(
                    await playwright.chromium.launch(
                        executable_path=find_chromium(),
                        args=list(BROWSER_FLAGS),
                        env={**environment},
                        timeout=PATIENCE_MS,
                    )
                )
            return started[-1]

        yield running
        for browser in started:
            await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(
    open_browser: Callable[[], Awaitable[Browser]], services: Stack
) -> AsyncIterator[Visit]:
    """Open the page as somebody new; whatever its scripts stumble over fails the test."""
    browser = await open_browser()
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_page(gateway: int = 1, **options: Any) -> Visitor:
        settings: dict[str, Any] = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "en-US",
            # What moves is painted anew sixty times a second, by the CPU that the servers need.
            "reduced_motion": "reduce",
        }
        context = await browser.new_context(**settings | options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.extend(_refusals(message.text)))
        return Visitor(context, page, f"http://{address(services.ports.http(gateway))}")

    yield open_page
    for context in contexts:
        await context.close()
    assert faults == []


def _refusals(text: str) -> list[str]:
    return [text] if "Content Security Policy" in text else []


@pytest_asyncio.fixture(loop_scope="session")
async def painter(services: Stack) -> AsyncIterator[Painter]:
    gateways = [f"http://{address(services.ports.http(instance))}" for instance in (1, 2)]
    session = Session(gateways)
    await session.sign_up(new_handle(), "Somebody Elsewhere", PASSWORD)
    yield Painter(session)
    await session.close()


@pytest.fixture
def axe(services: Stack) -> str:
    """Return the script of axe-core, one of the page's packages (`services` installs them)."""
    folder = REPOSITORY / "services/gateway/web/node_modules/axe-core"
    return (folder / "axe.min.js").read_text(encoding="utf-8")
