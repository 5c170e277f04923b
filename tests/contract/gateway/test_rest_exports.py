"""Exports as clients get them: how they stand, and the archive, whole and in parts."""

from __future__ import annotations

import asyncio

import pytest

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import (
    EXPORT_STATE_ASKED,
    EXPORT_STATE_FAILED,
    EXPORT_STATE_GONE,
    Export,
    ExportState,
)
from kanvas_gateway.downloads import MOST_EACH
from kanvas_platform.errors import NotFound, ResourceExhausted
from kanvas_platform.ids import new_id
from tests.contract.gateway.live_stream import eventually
from tests.contract.gateway.rest_services import ANA, ARCHIVE, BEN, Rest

CURRENT = "/v1/exports/current"
PATH = f"{CURRENT}/archive"
TAG = f'"{ARCHIVE.sha256}"'


def stands(
    rest: Rest, state: ExportState.ValueType, *, progress: graph.ExportProgress | None = None
) -> None:
    export = Export(id=new_id(), account_id=ANA, state=state)
    export.asked_at.FromSeconds(1_790_000_000)
    rest.graph.says["GetExport"] = graph.GetExportResponse(export=export, progress=progress)


async def test_one_asks_for_an_export_once(rest: Rest) -> None:
    export = Export(id=new_id(), state=EXPORT_STATE_ASKED)
    export.asked_at.FromSeconds(1_790_000_000)
    rest.graph.says["AskExport"] = graph.AskExportResponse(export=export)
    key = new_id()
    answer = await rest.http.post("/v1/exports", headers=rest.bearer() | {"Idempotency-Key": key})
    assert (answer.status_code, answer.headers["location"]) == (202, CURRENT)
    assert answer.json()["export"] == {
        "id": export.id, "state": "waiting", "asked_at": "2026-09-21T14:13:20.000Z",
        "ended_at": None, "kept_until": None, "progress": None, "archive": None,
    }  # fmt: skip
    request, call = rest.graph.last("AskExport")
    assert (request.command_id, call.account_id) == (key, ANA)


async def test_who_asks_too_soon_is_told_when(rest: Rest) -> None:
    error = ResourceExhausted("Too soon.", retry_after=3600.0, reason="EXPORT_TOO_SOON")
    rest.graph.says["AskExport"] = error
    answer = await rest.http.post("/v1/exports", headers=rest.bearer())
    assert (answer.status_code, answer.json()["reason"]) == (429, "EXPORT_TOO_SOON")
    assert answer.headers["retry-after"] == "3600"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (EXPORT_STATE_ASKED, "waiting"),
        (EXPORT_STATE_GONE, "gone"),
        (EXPORT_STATE_FAILED, "failed"),
    ],
)
async def test_without_an_archive_there_is_no_download(
    rest: Rest, state: ExportState.ValueType, said: str
) -> None:
    stands(rest, state)
    answer = await rest.http.get(CURRENT, headers=rest.bearer())
    assert answer.json()["export"]["state"] == said
    for method in ("GET", "HEAD"):
        refused = await rest.http.request(method, PATH, headers=rest.bearer())
        assert refused.status_code == 409
    assert (await rest.http.get(PATH, headers=rest.bearer())).json()["reason"] == (
        "EXPORT_NOT_READY"
    )


async def test_how_far_it_is_and_where_it_is(rest: Rest) -> None:
    ready = (await rest.http.get(CURRENT, headers=rest.bearer())).json()["export"]
    assert ready["state"] == "ready"
    assert ready["archive"] == {
        "url": PATH, "size_bytes": ARCHIVE.size_bytes, "sha256": ARCHIVE.sha256,
    }  # fmt: skip
    progress = graph.ExportProgress(posts=3, pictures=2, size_bytes=7)
    stands(rest, EXPORT_STATE_ASKED, progress=progress)
    making = (await rest.http.get(CURRENT, headers=rest.bearer())).json()["export"]
    assert (making["state"], making["progress"]) == (
        "making", {"posts": 3, "pictures": 2, "size_bytes": 7},
    )  # fmt: skip
    rest.graph.says["GetExport"] = NotFound("None.", reason="EXPORT_UNKNOWN")
    assert (await rest.http.get(CURRENT, headers=rest.bearer())).status_code == 404


async def test_the_archive_is_its_owners_alone(rest: Rest) -> None:
    for path in (CURRENT, PATH):
        assert (await rest.http.get(path)).json()["reason"] == "IDENTITY_REQUIRED"
    await rest.http.get(PATH, headers=rest.bearer(BEN))
    _, call = rest.graph.last("GetExport")
    assert call.account_id == BEN, "it is asked for as whoever asks"


async def test_the_archive_comes_whole_and_nobody_keeps_it(rest: Rest) -> None:
    answer = await rest.http.get(PATH, headers=rest.bearer())
    assert (answer.status_code, answer.content) == (200, rest.archives.data)
    assert answer.headers["content-length"] == "2500"
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["etag"] == TAG
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="kanvas-cdcdcdcd.zip"'


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-1249", 0, 1249), ("bytes=1250-", 1250, 2499), ("bytes=-1", 2499, 2499),
     ("bytes=999-1000", 999, 1000), ("bytes=2000-9999", 2000, 2499)],
)  # fmt: skip
async def test_a_download_that_broke_off_goes_on(
    rest: Rest, asked: str, first: int, last: int
) -> None:
    headers = rest.bearer() | {"Range": asked, "If-Range": TAG}
    answer = await rest.http.get(PATH, headers=headers)
    assert (answer.status_code, answer.content) == (206, rest.archives.data[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/2500"
    assert answer.headers["content-length"] == str(last + 1 - first)
    assert answer.headers["etag"] == TAG


async def test_what_is_another_archive_now_begins_anew(rest: Rest) -> None:
    headers = rest.bearer() | {"Range": "bytes=10-", "If-Range": '"other"'}
    answer = await rest.http.get(PATH, headers=headers)
    assert (answer.status_code, answer.content) == (200, rest.archives.data)
    beyond = await rest.http.get(PATH, headers=rest.bearer() | {"Range": "bytes=2500-"})
    assert (beyond.status_code, beyond.json()["reason"]) == (416, "RANGE_NOT_SATISFIABLE")
    assert beyond.headers["content-range"] == "bytes */2500"
    for condition, status in (("If-None-Match", 304), ("If-Match", 200)):
        known = await rest.http.get(PATH, headers=rest.bearer() | {condition: TAG})
        assert known.status_code == status
    refused = await rest.http.get(PATH, headers=rest.bearer() | {"If-Match": '"other"'})
    assert refused.status_code == 412


async def test_an_archive_that_cannot_be_read_is_refused_before_it_begins(rest: Rest) -> None:
    rest.archives.away = True
    for _ in range(MOST_EACH + 1):
        answer = await rest.http.get(PATH, headers=rest.bearer())
        assert (answer.status_code, answer.json()["reason"]) == (503, "UNAVAILABLE")
    rest.archives.away = False
    assert (await rest.http.get(PATH, headers=rest.bearer())).status_code == 200


async def test_an_account_downloads_twice_at_once(rest: Rest) -> None:
    rest.archives.reading = asyncio.Event()
    waiting = [
        asyncio.create_task(rest.http.get(PATH, headers=rest.bearer())) for _ in range(MOST_EACH)
    ]
    await eventually(lambda: rest.archives.begun == MOST_EACH)
    refused = await rest.http.get(PATH, headers=rest.bearer())
    assert (refused.status_code, refused.json()["reason"]) == (503, "OVERLOADED")
    rest.archives.reading.set()
    assert [(await one).status_code for one in waiting] == [200] * MOST_EACH
    assert (await rest.http.get(PATH, headers=rest.bearer())).status_code == 200
