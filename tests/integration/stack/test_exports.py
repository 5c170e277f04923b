"""An export on real servers: asked for, made, downloaded in two halves, and what it holds."""

import hashlib
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from kanvas_local.demo.client import Refused, Session
from kanvas_local.demo.story import finished
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.ids import new_id
from tests.patience import PATIENCE_SECONDS, until

CURRENT = "/v1/exports/current"
ARCHIVE = f"{CURRENT}/archive"


@pytest.fixture
def gateways(services: Stack) -> list[str]:
    return [f"http://{address(services.ports.http(instance))}" for instance in (1, 2)]


@pytest.fixture
async def people(gateways: list[str]) -> AsyncIterator[tuple[Session, Session]]:
    ann, ben = Session(gateways), Session(gateways)
    await ann.sign_up(f"ann_{new_id()[-12:]}", "Ann", "a password of Ann's")
    await ben.sign_up(f"ben_{new_id()[-12:]}", "Ben", "a password of Ben's")
    yield ann, ben
    await ann.close()
    await ben.close()


async def painted(who: Session, prompt: str) -> str:
    job_id = new_id()
    await who.post("/v1/jobs", {"id": job_id, "prompt": prompt})
    await finished(who, job_id)
    return job_id


async def published(who: Session, job_id: str, caption: str, visibility: str) -> dict[str, Any]:
    post = {
        "id": new_id(),
        "job_id": job_id,
        "caption": caption,
        "alt_text": f"{caption}, painted",
        "visibility": visibility,
        "uses": {"train": False, "embed": False, "recommend": True},
    }
    made: dict[str, Any] = (await who.post("/v1/posts", post))["post"]
    return made


async def test_an_export_holds_what_was_published_and_nothing_of_others(
    people: tuple[Session, Session], gateways: list[str]
) -> None:
    ann, ben = people
    await ben.put(f"/v1/accounts/{ann.account['id']}/follow")
    await ann.put(f"/v1/accounts/{ben.account['id']}/follow")
    posts = [
        await published(ann, await painted(ann, "a red fox"), "Fox #seni", "public"),
        await published(ann, await painted(ann, "a blue whale"), "Whale", "followers"),
    ]
    unpublished = await painted(ann, "a green tree")
    bens = await published(ben, await painted(ben, "a yellow bird"), "Bird", "public")
    await ann.put(f"/v1/posts/{bens['id']}/like")
    with pytest.raises(Refused) as none_yet:
        await ann.get(CURRENT)
    assert none_yet.value.problem["reason"] == "EXPORT_UNKNOWN"

    asked = (await ann.post("/v1/exports", {}))["export"]

    async def is_ready() -> bool:
        state: str = (await ann.get(CURRENT))["export"]["state"]
        return state == "ready"

    await until(is_ready)
    export = (await ann.get(CURRENT))["export"]
    assert export["id"] == asked["id"]
    data = await downloaded(gateways, ann.token, export["archive"])
    async with httpx.AsyncClient(base_url=gateways[0], timeout=PATIENCE_SECONDS) as http:
        assert (await http.get(ARCHIVE)).status_code == 401
        as_ben = {"Authorization": f"Bearer {ben.token}"}
        assert (await http.get(ARCHIVE, headers=as_ben)).json()["reason"] == "EXPORT_UNKNOWN"

    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None

        def read(path: str) -> Any:
            return json.loads(archive.read(path))

        views = read("posts/0001.json")
        jobs = {job["id"]: job for job in read("jobs/0001.json")}
        likes, follows = read("likes.json"), read("follows.json")
        assert read("profile.json")["id"] == ann.account["id"]
        assert read("export.json")["missing_pictures"] == []
        names = {name for name in archive.namelist() if name.startswith("pictures/")}
        for name in names:
            sha256 = name.removeprefix("pictures/").partition(".")[0]
            assert hashlib.sha256(archive.read(name)).hexdigest() == sha256
        assert ann.account["handle"] in archive.read("index.html").decode()
        words = b"".join(archive.read(name) for name in archive.namelist() if name not in names)
        assert b"Bird" not in words
        assert bens["picture"]["url"].removeprefix("/media/").encode() not in words
    shown = [(view["post"]["id"], view["post"]["caption"]) for view in views]
    assert shown == [(post["id"], post["caption"]) for post in reversed(posts)]
    for view, post in zip(views, reversed(posts), strict=True):
        picture = view["post"]["picture"]
        assert f"pictures/{picture['sha256']}.webp" in names
        assert post["picture"]["url"] == f"/media/{picture['sha256']}.webp"
        statement = post["picture"]["provenance"]["statement"]
        assert picture["provenance"]["statement"] == statement
    assert jobs[unpublished]["spec"]["prompt"] == "a green tree"
    assert f"pictures/{jobs[unpublished]['picture']['sha256']}.webp" in names
    assert [(like["post_id"], like["author_handle"]) for like in likes] == [
        (bens["id"], ben.account["handle"])
    ]
    assert [follow["handle"] for follow in follows] == [ben.account["handle"]]


async def downloaded(gateways: list[str], token: str, archive: dict[str, Any]) -> bytes:
    """Return an archive: one half from one gateway, then the rest from the other one."""
    half, size = archive["size_bytes"] // 2, archive["size_bytes"]
    identity = {"Authorization": f"Bearer {token}"}
    parts = []
    tag = ""
    for gateway, asked in zip(gateways, (f"bytes=0-{half - 1}", f"bytes={half}-"), strict=True):
        headers = {**identity, "Range": asked, **({"If-Range": tag} if tag else {})}
        async with httpx.AsyncClient(base_url=gateway, timeout=PATIENCE_SECONDS) as http:
            answer = await http.get(ARCHIVE, headers=headers)
        assert answer.status_code == 206
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-range"].endswith(f"/{size}")
        tag = answer.headers["etag"]
        parts.append(answer.content)
    data = b"".join(parts)
    assert len(data) == size
    assert tag == f'"{hashlib.sha256(data).hexdigest()}"' == f'"{archive["sha256"]}"'
    return data
