"""People before the page, and people who use Kanvas from elsewhere meanwhile."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, Page, Response, expect

from kanvas_local.demo.client import Session
from kanvas_platform.ids import new_id
from tests.applied import put_until_applied
from tests.patience import PATIENCE_SECONDS

PASSWORD = "a wall of paint"

AT_REST = """() => document.fonts.status === "loaded"
    && !document.querySelector("main .skeleton")
    && document.getAnimations().every(({ effect, playState }) =>
        playState !== "running" || effect.getComputedTiming().endTime === Infinity)"""
"""Whether the fonts and the content are there, and nothing glides or fades any more."""

HAS_NOTED = "position => sessionStorage.getItem('kanvas.written.graph') === position"
"""Whether the page has taken in the answer to a write: its next reads ask for that position."""


def new_handle() -> str:
    """Return a handle that nobody has, however often the tests run on one world."""
    return f"web_{secrets.token_hex(6)}"


@dataclass(frozen=True)
class Visitor:
    """Somebody in front of the page, in a browser profile of their own."""

    context: BrowserContext
    page: Page
    origin: str

    async def go(self, path: str) -> None:
        await self.page.goto(self.origin + path)
        await self.page.wait_for_selector("main > *")

    async def sign_up(self) -> str:
        """Make an account on the page; return its handle."""
        await self.go("/signup")
        return await self.fill_in_account()

    async def fill_in_account(self, name: str = "") -> str:
        handle = new_handle()
        await self.page.get_by_label("Handle").fill(handle)
        await self.page.get_by_label("Name", exact=True).fill(name)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign up").click()
        await self.page.get_by_role("heading", name="Home").wait_for()
        return handle

    async def sign_in(self, handle: str, password: str = PASSWORD) -> None:
        """Sign in to an account that was made with `fill_in_account`."""
        await self.show_password(handle, password)
        await self.page.get_by_role("heading", name="Home").wait_for()

    async def show_password(self, handle: str, password: str) -> None:
        """Hand in the form that signs in, whatever comes of it."""
        await self.go("/signin")
        await self.page.get_by_label("Handle").fill(handle)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()

    async def sign_out(self) -> None:
        """Leave, by the settings."""
        await self.go("/settings")
        # Other buttons there begin with these words, once the list of devices is there.
        await self.page.get_by_role("button", name="Sign out", exact=True).click()
        await self.page.get_by_role("heading", name="Write it.").wait_for()

    async def follow(self, handle: str) -> None:
        await self.go(f"/@{handle}")
        await self.press_follow()
        await self.page.reload()
        await self.page.locator(".profile button", has_text="Following").wait_for()

    async def press_follow(self) -> str:
        """Follow whom the page shows; return the position in the graph once the page knows it.

        The page shows it ahead of the answer; a reload before that could show what was.
        """
        async with self.page.expect_response(_is_followed) as answer:
            await self.page.get_by_role("button", name="Follow").click()
        position = str((await (await answer.value).json())["graph_position"])
        await self.page.wait_for_function(HAS_NOTED, arg=position)
        return position

    async def see_dot(self, saying: str) -> None:
        """Wait until the connection dot says it."""
        await self.page.locator(".connection", has_text=saying).wait_for()

    async def see_captions(self, *captions: str) -> None:
        """Wait until these are the captions on the screen, in the order of the feed."""
        await expect(self.page.locator(".card-caption")).to_have_text(captions)

    async def come_to_rest(self) -> None:
        """Wait until the page stands still: what is measured then is what stays."""
        await self.page.wait_for_function(AT_REST)


def _is_followed(answer: Response) -> bool:
    # The page repeats what is answered with 503.
    return answer.url.endswith("/follow") and answer.ok


Visit = Callable[..., Awaitable[Visitor]]


@dataclass(frozen=True)
class Painter:
    """Somebody who paints without a browser."""

    session: Session

    @property
    def handle(self) -> str:
        return str(self.session.account["handle"])

    async def paint(self, prompt: str = "a blue boat on the sea") -> Mapping[str, Any]:
        """Paint and wait for the picture; return the job."""
        session = self.session
        job = (await session.post("/v1/jobs", {"prompt": prompt, "id": new_id()}))["job"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while job["state"] in ("queued", "running"):
                await asyncio.sleep(0.2)
                job = (await session.get(f"/v1/jobs/{job['id']}"))["job"]
        assert job["state"] == "succeeded", job
        return dict(job)

    async def publish(
        self, job: Mapping[str, Any], caption: str, *, visibility: str = "public"
    ) -> str:
        """Publish a picture; return the post's id."""
        words = {"caption": caption, "alt_text": caption, "visibility": visibility}
        body = {"job_id": job["id"], "id": new_id(), **words}
        return str((await self.session.post("/v1/posts", body))["post"]["id"])

    async def change_profile(self, *, name: str, bio: str = "") -> None:
        """Have another name, and other words below it."""
        await self.session.patch("/v1/accounts/me", {"display_name": name, "bio": bio})

    async def block(self, handle: str) -> None:
        """Block somebody; return once that holds everywhere."""
        view = await self.session.get(f"/v1/handles/{handle}")
        await put_until_applied(self.session, f"/v1/accounts/{view['account']['id']}/block")

    async def see_followers(self, count: int) -> None:
        """Wait until so many follow."""
        seen = -1
        async with asyncio.timeout(PATIENCE_SECONDS):
            while seen != count:
                await asyncio.sleep(0.1)
                view = await self.session.get(f"/v1/handles/{self.handle}")
                seen = view["follower_count"]

    async def remove(self, post_id: str) -> None:
        await self.session.delete(f"/v1/posts/{post_id}")
