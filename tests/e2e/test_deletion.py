"""An account is deleted on real servers: hidden at every gateway, there again once it is kept."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from kanvas_local.demo.client import Refused, Session
from kanvas_local.demo.story import finished
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.ids import new_id
from tests.patience import PATIENCE_SECONDS, until

DELETION = "/v1/accounts/me/deletion"
PASSWORD = "a password of Ana's"


def gateway(services: Stack, instance: int) -> str:
    return f"http://{address(services.ports.http(instance))}"


async def publish(session: Session) -> str:
    """Publish a picture for everybody; return the post's id."""
    job_id, post_id = new_id(), new_id()
    await session.post("/v1/jobs", {"id": job_id, "prompt": "a red fox"})
    await finished(session, job_id)
    post = {
        "id": post_id,
        "job_id": job_id,
        "caption": "A fox",
        "alt_text": "A red fox",
        "visibility": "public",
        "uses": {"train": False, "embed": False, "recommend": False},
    }
    await session.post("/v1/posts", post)
    return post_id


async def turn(session: Session, handle: str, *, deletes: bool) -> None:
    """Delete the account, or keep it, and sign in anew: so a lost answer does not matter."""
    try:
        if deletes:
            await session.put(DELETION, {"password": PASSWORD})
        else:
            await session.delete(DELETION)
    except Refused as answer:
        if answer.problem["reason"] != "SESSION_ENDED":
            raise  # else it was repeated
    await session.sign_in(handle, PASSWORD)


async def refused(session: Session, path: str) -> str:
    """Return why a read is refused; empty where it is not."""
    try:
        await session.get(path)
    except Refused as answer:
        return str(answer.problem["reason"])
    return ""


@asynccontextmanager
async def stream(session: Session, name: str) -> AsyncIterator[Any]:
    """Open a stream as a visitor; its events come from the socket."""
    url = (await session.get("/v1/config"))["stream_url"]
    async with websockets.connect(url, open_timeout=PATIENCE_SECONDS) as socket:
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "stream": name}))
        while json.loads(await socket.recv())["type"] != "subscribed":
            continue
        yield socket


async def event(socket: Any) -> str:
    """Return the name of the next event."""
    while True:
        frame = json.loads(await socket.recv())
        if frame["type"] == "event":
            return str(frame["event"])


@pytest.mark.timeout(2 * PATIENCE_SECONDS)
async def test_an_account_is_hidden_everywhere_until_its_owner_keeps_it(services: Stack) -> None:
    handle = f"ana_{new_id()[-12:]}"
    ana, ben = Session([gateway(services, 1)]), Session([gateway(services, 2)])
    await ana.sign_up(handle, "Ana", PASSWORD)
    await ben.sign_up(f"ben_{new_id()[-12:]}", "Ben", "a password of Ben's")
    me, other = ana.account["id"], ben.account["id"]
    post_id = await publish(ana)
    await ben.put(f"/v1/accounts/{me}/follow")
    await ana.put(f"/v1/accounts/{other}/follow")

    async def is_hidden() -> bool:
        """Return whether Ben finds nothing of Ana, or everything; never parts of it for long."""
        home = (await ben.get("/v1/feeds/home"))["items"]
        followers = (await ben.get(f"/v1/accounts/{other}/followers"))["accounts"]
        found = {
            await refused(ben, f"/v1/posts/{post_id}") == "",
            await refused(ben, f"/v1/handles/{handle}") == "",
            await refused(ben, f"/v1/feeds/accounts/{me}") == "",
            any(post["id"] == post_id for post in home),
            any(account["id"] == me for account in followers),
        }
        return found == {False}

    async with stream(ben, f"user:{me}") as socket:
        await turn(ana, handle, deletes=True)
        assert await event(socket) == "author.hidden"
        await until(is_hidden)
        current = await ana.get("/v1/sessions/current")
        assert current["erase_at"] is not None
        assert current["stream_token"] is None
        assert await refused(ana, "/v1/feeds/home") == "ACCOUNT_DELETING"
        with pytest.raises(Refused, match="ACCOUNT_DELETING"):
            await ana.post("/v1/jobs", {"id": new_id(), "prompt": "a fox"})
        await turn(ana, handle, deletes=False)
        assert await event(socket) == "author.changed"

    async def is_back() -> bool:
        home = (await ben.get("/v1/feeds/home"))["items"]
        return any(post["id"] == post_id for post in home)

    await until(is_back)
    for path in (f"/v1/posts/{post_id}", f"/v1/handles/{handle}", f"/v1/feeds/accounts/{me}"):
        assert await refused(ben, path) == ""
    assert (await ana.get("/v1/sessions/current"))["erase_at"] is None
    await ana.close()
    await ben.close()
