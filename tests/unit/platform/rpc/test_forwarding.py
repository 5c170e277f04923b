import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from kanvas.imagegen.v1 import service_pb2
from kanvas_platform import errors
from kanvas_platform.ids import new_id
from kanvas_platform.observability import bind_traceparent, current_traceparent, new_traceparent
from kanvas_platform.rpc.context import caller, remaining

from .servers import LED, ON_THE_WIRE, OPEN, WRITTEN, Serve

REQUEST = service_pb2.GetJobRequest(job_id="a job")
WATCH = service_pb2.WatchJobRequest(job_id="a job")
FOUND = service_pb2.GetJobResponse(queue_position=7)


@dataclass
class Standing:
    """Leadership, as an instance knows of it."""

    leads: bool = False
    leader_address: str | None = None

    def refusal(self) -> errors.KanvasError:
        return errors.Unavailable("Nobody leads.", reason="WHY_NOT", retry_after=0.1)


def standby(address: str | None) -> dict[str, Any]:
    return {"contract": LED, "leader": Standing(leader_address=address)}


def leading() -> dict[str, Any]:
    return {"contract": LED, "leader": Standing(leads=True)}


async def not_here(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
    raise AssertionError("a standby must not answer")


async def test_a_standby_passes_the_call_on_with_caller_trace_and_deadline(serve: Serve) -> None:
    seen: list[object] = []

    async def get(request: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        seen.extend((request, caller(), current_traceparent(), remaining(99) <= 2 * ON_THE_WIRE))
        return FOUND

    leader = await serve(get, **leading())
    running = await serve(not_here, **standby(leader.address))
    account, trace = new_id(), new_traceparent()
    with bind_traceparent(trace):
        answer = await running.client.call(
            running.stub.GetJob, REQUEST, timeout=2, identity=account
        )

    assert answer == FOUND
    assert seen == [REQUEST, account, trace, True]


async def test_the_leader_answers_itself(serve: Serve) -> None:
    leader = Standing(leads=True, leader_address="127.0.0.1:1")
    running = await serve(contract=WRITTEN, leader=leader)
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_a_standby_passes_writes_on(serve: Serve) -> None:
    leader = await serve(contract=WRITTEN, leader=Standing(leads=True))
    knows = Standing(leader_address=leader.address)
    running = await serve(not_here, contract=WRITTEN, leader=knows)
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_what_only_reads_stays_here(serve: Serve) -> None:
    running = await serve(contract=OPEN, leader=Standing())
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_errors_come_through_whole(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise errors.ResourceExhausted(
            "Enough.", reason="QUEUE_FULL", retry_after=3, metadata={"jobs": "4"}
        )

    leader = await serve(get, **leading())
    running = await serve(not_here, **standby(leader.address))
    with pytest.raises(errors.ResourceExhausted) as caught:
        await running.client.call(running.stub.GetJob, REQUEST)

    assert caught.value.reason == "QUEUE_FULL"
    assert caught.value.message == "Enough."
    assert caught.value.metadata == {"jobs": "4"}
    assert caught.value.retry_after == 3


async def test_no_known_leader_says_when_to_come_back(serve: Serve) -> None:
    running = await serve(not_here, **standby(None))
    with pytest.raises(errors.Unavailable) as caught:
        await running.client.call(running.stub.GetJob, REQUEST, attempts=1)
    assert caught.value.reason == "WHY_NOT"
    assert caught.value.retry_after > 0


async def test_a_second_hop_is_refused(serve: Serve) -> None:
    third = await serve(**leading())
    second = await serve(not_here, **standby(third.address))
    first = await serve(not_here, **standby(second.address))
    with pytest.raises(errors.NotLeader):
        await first.client.call(first.stub.GetJob, REQUEST, attempts=1)


async def test_an_announced_leader_that_is_gone_is_unavailable(serve: Serve) -> None:
    running = await serve(not_here, **standby("127.0.0.1:1"))
    with pytest.raises(errors.Unavailable):
        await running.client.call(running.stub.GetJob, REQUEST, attempts=1)


async def test_calls_follow_the_leader(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        return service_pb2.GetJobResponse(queue_position=2)

    leaders = [await serve(**leading()), await serve(get, **leading())]
    knows = Standing(leader_address=leaders[0].address)
    running = await serve(not_here, contract=LED, leader=knows)

    assert (await running.client.call(running.stub.GetJob, REQUEST)).queue_position == 7
    knows.leader_address = leaders[1].address
    assert (await running.client.call(running.stub.GetJob, REQUEST)).queue_position == 2


async def test_many_changes_of_leader_keep_few_connections(serve: Serve) -> None:
    leaders = [await serve(**leading()) for _ in range(6)]
    knows = Standing()
    running = await serve(not_here, contract=LED, leader=knows)
    for leader in [*leaders, *leaders]:
        knows.leader_address = leader.address
        assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_streams_are_passed_on_with_their_error(serve: Serve) -> None:
    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        yield service_pb2.WatchJobResponse(step=1)
        yield service_pb2.WatchJobResponse(step=2)
        raise errors.NotFound("gone", reason="JOB_UNKNOWN")

    leader = await serve(watch=watch, **leading())
    running = await serve(**standby(leader.address))
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    assert [(await anext(watching)).step, (await anext(watching)).step] == [1, 2]
    with pytest.raises(errors.NotFound) as caught:
        await anext(watching)

    assert caught.value.reason == "JOB_UNKNOWN"


async def test_a_watcher_that_leaves_ends_the_watch_at_the_leader(serve: Serve) -> None:
    ended = asyncio.Event()

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        try:
            yield service_pb2.WatchJobResponse(step=1)
            await asyncio.Event().wait()
        finally:
            ended.set()

    leader = await serve(watch=watch, **leading())
    running = await serve(**standby(leader.address))
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    await anext(watching)
    await watching.aclose()

    await ended.wait()


async def test_a_caller_who_gives_up_ends_the_call_at_the_leader(serve: Serve) -> None:
    entered, ended = asyncio.Event(), asyncio.Event()

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return FOUND

    leader = await serve(get, **leading())
    running = await serve(not_here, **standby(leader.address))
    call = running.stub.GetJob(REQUEST, timeout=60)
    await entered.wait()
    call.cancel()

    await ended.wait()
    assert await call.code() is grpc.StatusCode.CANCELLED
