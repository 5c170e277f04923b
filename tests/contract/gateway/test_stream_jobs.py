"""Jobs on the live stream: progress, previews and the end, the latest only."""

from __future__ import annotations

import asyncio
import base64

import pytest

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.images.v1 import records_pb2 as images
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from tests.contract.gateway.live_stream import Live, eventually, measured
from tests.contract.gateway.people import ANA, BEN


def _news(
    job: str,
    step: int,
    *,
    state: images.JobState.ValueType = images.JOB_STATE_RUNNING,
    preview: bytes = b"",
) -> imagegen.WatchJobResponse:
    news = imagegen.WatchJobResponse(step=step, of=8, preview=preview)
    news.job.id, news.job.owner_id, news.job.attempt = job, ANA, 1
    news.job.state = state
    return news


@pytest.fixture
def job(live: Live) -> str:
    job = new_id()
    live.jobs.owners[job] = ANA
    live.jobs.news[job] = asyncio.Queue()
    return job


async def test_a_job_is_watched_once_for_all_who_look(live: Live, job: str) -> None:
    clients = [await live.client(ANA) for _ in range(3)]
    for client in clients:
        await client.send(type="subscribe", id="j", stream=f"job:{job}")
    await eventually(lambda: live.listener.subscriptions == 3)
    live.jobs.news[job].put_nowait(_news(job, 1, preview=b"webp"))
    for client in clients:
        assert (await client.next())["state"] == "live"
        progress, preview = await client.events(2)
        assert progress["data"]["step"] == 1
        assert "pos" not in progress
        assert base64.b64decode(preview["data"]["base64"]) == b"webp"
    assert live.jobs.calls == 1


async def test_a_job_ends_with_its_end(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    live.jobs.news[job].put_nowait(_news(job, 8, state=images.JOB_STATE_SUCCEEDED))
    await client.until("subscribed")
    [ended] = await client.events(1)
    assert ended["event"] == "job.ended"
    assert ended["data"]["job"]["state"] == "succeeded"
    await client.send(type="unsubscribe", id="j")
    assert (await client.next())["reason"] == "SUBSCRIPTION_UNKNOWN"


async def test_late_news_of_a_job_is_dropped(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    for step in (3, 2, 4):
        live.jobs.news[job].put_nowait(_news(job, step))
    assert [one["data"]["step"] for one in await client.events(2)] == [3, 4]


async def test_somebody_elses_job_is_unknown(live: Live, job: str) -> None:
    client = await live.client(BEN)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    error = await client.next()
    assert (error["reason"], error["ref"]) == ("JOB_UNKNOWN", "j")


async def test_a_broken_watch_is_taken_up_again(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    live.jobs.news[job].put_nowait(_news(job, 1))
    live.jobs.news[job].put_nowait(Unavailable("The instance has gone."))
    live.jobs.news[job].put_nowait(_news(job, 2))
    assert [one["data"]["step"] for one in await client.events(2)] == [1, 2]


async def test_the_last_one_to_leave_ends_the_watch(live: Live, job: str) -> None:
    client = await live.client(ANA)
    await client.send(type="subscribe", id="j", stream=f"job:{job}")
    live.jobs.news[job].put_nowait(_news(job, 1))
    await client.events(1)
    await client.send(type="unsubscribe", id="j")
    await client.until("unsubscribed")
    assert measured("kanvas_stream_job_watches") == 0
