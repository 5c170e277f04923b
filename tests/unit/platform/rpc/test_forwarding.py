import asyncio
from collections.abc import AsyncGenerator

import grpc
import pytest

from kanvas.imagegen.v1 import service_pb2
from kanvas_platform import errors
from kanvas_platform.ids import new_id
from kanvas_platform.observability import bind_traceparent, current_traceparent, new_traceparent
from kanvas_platform.rpc.context import caller, remaining
from kanvas_platform.rpc.server import Forwarding

from .servers import ON_THE_WIRE, SERVICE, Serve

METHODS = (f"/{SERVICE}/GetJob", f"/{SERVICE}/WatchJob")
REQUEST = service_pb2.GetJobRequest(job_id="a job")
WATCH = service_pb2.WatchJobRequest(job_id="a job")
FOUND = service_pb2.GetJobResponse(queue_position=7)


def refusal() -> errors.KanvasError:
    return errors.Unavailable("Nobody leads.", reason="WHY_NOT", retry_after=0.1)


def standby(address: str | None) -> Forwarding:
    return Forwarding(METHODS, leads=lambda: False, address=lambda: address, refusal=refusal)


async def not_here(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
    raise AssertionError("a standby must not answer")


async def test_a_standby_passes_the_call_on_with_caller_trace_and_deadline(serve: Serve) -> None:
    seen: list[object] = []

    async def get(request: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        seen.extend((request, caller(), current_traceparent(), remaining(99) <= 2 * ON_THE_WIRE))
        return FOUND

    writer = await serve(get)
    running = await serve(not_here, forward=standby(writer.address))
    account, trace = new_id(), new_traceparent()
    with bind_traceparent(trace):
        answer = await running.client.call(
            running.stub.GetJob, REQUEST, timeout=2, identity=account
        )

    assert answer == FOUND
    assert seen == [REQUEST, account, trace, True]


async def test_the_leader_answers_itself(serve: Serve) -> None:
    rules = Forwarding(METHODS, leads=lambda: True, address=lambda: "127.0.0.1:1", refusal=refusal)
    running = await serve(forward=rules)
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_what_is_not_for_the_leader_stays_here(serve: Serve) -> None:
    rules = Forwarding(METHODS[1:], leads=lambda: False, address=lambda: None, refusal=refusal)
    running = await serve(forward=rules)
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_errors_come_through_whole(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise errors.ResourceExhausted(
            "Enough.", reason="QUEUE_FULL", retry_after=3, metadata={"jobs": "4"}
        )

    writer = await serve(get)
    running = await serve(not_here, forward=standby(writer.address))
    with pytest.raises(errors.ResourceExhausted) as caught:
        await running.client.call(running.stub.GetJob, REQUEST)

    assert caught.value.reason == "QUEUE_FULL"
    assert caught.value.message == "Enough."
    assert caught.value.metadata == {"jobs": "4"}
    assert caught.value.retry_after == 3


async def test_no_leader_says_when_to_come_back(serve: Serve) -> None:
    running = await serve(not_here, forward=standby(None))
    with pytest.raises(errors.Unavailable) as caught:
        await running.client.call(running.stub.GetJob, REQUEST, attempts=1)
    assert caught.value.reason == "WHY_NOT"
    assert caught.value.retry_after > 0


async def test_a_second_hop_is_refused(serve: Serve) -> None:
    third = await serve()
    second = await serve(not_here, forward=standby(third.address))
    first = await serve(not_here, forward=standby(second.address))
    with pytest.raises(errors.NotLeader):
        await first.client.call(first.stub.GetJob, REQUEST, attempts=1)


async def test_an_announced_writer_that_is_gone_is_unavailable(serve: Serve) -> None:
    running = await serve(not_here, forward=standby("127.0.0.1:1"))
    with pytest.raises(errors.Unavailable):
        await running.client.call(running.stub.GetJob, REQUEST, attempts=1)


async def test_calls_follow_the_leader(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        return service_pb2.GetJobResponse(queue_position=2)

    writers = [await serve(), await serve(get)]
    leader = writers[0].address
    rules = Forwarding(METHODS, leads=lambda: False, address=lambda: leader, refusal=refusal)
    running = await serve(not_here, forward=rules)

    assert (await running.client.call(running.stub.GetJob, REQUEST)).queue_position == 7
    leader = writers[1].address
    assert (await running.client.call(running.stub.GetJob, REQUEST)).queue_position == 2


async def test_many_changes_of_leader_keep_few_connections(serve: Serve) -> None:
    writers = [await serve() for _ in range(6)]
    leader = ""
    rules = Forwarding(METHODS, leads=lambda: False, address=lambda: leader, refusal=refusal)
    running = await serve(not_here, forward=rules)
    for writer in [*writers, *writers]:
        leader = writer.address
        assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_streams_are_passed_on_with_their_error(serve: Serve) -> None:
    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        yield service_pb2.WatchJobResponse(step=1)
        yield service_pb2.WatchJobResponse(step=2)
        raise errors.NotFound("gone", reason="JOB_UNKNOWN")

    writer = await serve(watch=watch)
    running = await serve(forward=standby(writer.address))
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    assert [(await anext(watching)).step, (await anext(watching)).step] == [1, 2]
    with pytest.raises(errors.NotFound) as caught:
        await anext(watching)

    assert caught.value.reason == "JOB_UNKNOWN"


async def test_a_watcher_that_leaves_ends_the_watch_at_the_writer(serve: Serve) -> None:
    ended = asyncio.Event()

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        try:
            yield service_pb2.WatchJobResponse(step=1)
            await asyncio.Event().wait()
        finally:
            ended.set()

    writer = await serve(watch=watch)
    running = await serve(forward=standby(writer.address))
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    await anext(watching)
    await watching.aclose()

    await ended.wait()


async def test_a_caller_who_gives_up_ends_the_call_at_the_writer(serve: Serve) -> None:
    entered, ended = asyncio.Event(), asyncio.Event()

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return FOUND

    writer = await serve(get)
    running = await serve(not_here, forward=standby(writer.address))
    call = running.stub.GetJob(REQUEST, timeout=60)
    await entered.wait()
    call.cancel()

    await ended.wait()
    assert await call.code() is grpc.StatusCode.CANCELLED
