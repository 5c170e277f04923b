"""A generated stub over a client, and its double over a servicer: one suite for both."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pytest

from kanvas.imagegen.v1 import service_pb2
from kanvas_platform import errors
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.rpc.context import caller, remaining
from kanvas_platform.testing.local_calls import local_stub

from .servers import OPEN, Get, Jobs, JobsStub, Serve, Watch

REQUEST = service_pb2.GetJobRequest(job_id="a job")
WATCH = service_pb2.WatchJobRequest(job_id="a job")
FOUND = service_pb2.GetJobResponse(queue_position=7)

Make = Callable[..., Coroutine[Any, Any, JobsStub]]


def kind(channel: Any) -> JobsStub:
    return JobsStub(channel, OPEN.full_name)


@pytest.fixture(params=["real", "double"])
def make(request: pytest.FixtureRequest, serve: Serve) -> Make:
    """Give a function that makes a stub over what a test scripts."""

    async def real(get: Get | None = None, watch: Watch | None = None) -> JobsStub:
        return (await serve(get, watch)).client.stub(kind)

    async def double(get: Get | None = None, watch: Watch | None = None) -> JobsStub:
        return local_stub(kind, Jobs(get, watch))

    return real if request.param == "real" else double


async def test_it_answers(make: Make) -> None:
    stub = await make()
    assert await stub.GetJob(REQUEST, timeout=10) == FOUND
    assert await stub.GetJob(REQUEST) == FOUND


async def test_the_method_has_the_caller_and_the_time_that_is_left(make: Make) -> None:
    seen: list[object] = []

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        seen.extend((caller(), 0 < remaining(99) < 11))
        return FOUND

    stub = await make(get)
    account = new_id()
    await stub.GetJob(REQUEST, timeout=10, metadata=acting_for(account))
    await stub.GetJob(REQUEST, timeout=10, metadata=acting_for(None))
    assert seen == [account, True, None, True]


async def test_an_error_keeps_status_reason_and_metadata(make: Make) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise errors.NotFound("No such job.", reason="JOB_UNKNOWN", metadata={"job": "1"})

    stub = await make(get)
    with pytest.raises(errors.NotFound) as caught:
        await stub.GetJob(REQUEST, timeout=10)
    assert caught.value.reason == "JOB_UNKNOWN"
    assert caught.value.metadata == {"job": "1"}


async def test_a_call_ends_with_its_time(make: Make) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        await asyncio.Event().wait()
        return FOUND

    stub = await make(get)
    with pytest.raises(errors.DeadlineExceeded):
        await stub.GetJob(REQUEST, timeout=0.05)


async def test_a_stream_brings_what_is_said_and_its_error(make: Make) -> None:
    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        yield service_pb2.WatchJobResponse(step=1)
        yield service_pb2.WatchJobResponse(step=2)
        raise errors.NotFound("gone", reason="JOB_UNKNOWN")

    stub = await make(watch=watch)
    news = aiter(stub.WatchJob(WATCH, timeout=10))
    assert [(await anext(news)).step, (await anext(news)).step] == [1, 2]
    with pytest.raises(errors.NotFound) as caught:
        await anext(news)
    assert caught.value.reason == "JOB_UNKNOWN"


async def test_a_stream_ends(make: Make) -> None:
    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        yield service_pb2.WatchJobResponse(step=1)

    stub = await make(watch=watch)
    assert [news.step async for news in stub.WatchJob(WATCH, timeout=10)] == [1]


async def test_a_stream_has_the_caller_and_ends_with_its_time(make: Make) -> None:
    seen: list[str | None] = []

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        seen.append(caller())
        yield service_pb2.WatchJobResponse(step=1)
        await asyncio.Event().wait()

    stub = await make(watch=watch)
    account = new_id()
    with pytest.raises(errors.DeadlineExceeded):
        async for _ in stub.WatchJob(WATCH, timeout=0.3, metadata=acting_for(account)):
            pass
    assert seen == [account]


async def test_a_stream_that_is_canceled_ends_at_the_servicer(make: Make) -> None:
    ended = asyncio.Event()

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        try:
            yield service_pb2.WatchJobResponse(step=1)
            await asyncio.Event().wait()
        finally:
            ended.set()

    stub = await make(watch=watch)
    call = stub.WatchJob(WATCH, timeout=60)
    async for _ in call:
        break
    call.cancel()
    await ended.wait()
