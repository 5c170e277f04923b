import asyncio
from collections.abc import AsyncGenerator

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from structlog.testing import capture_logs

from kanvas.imagegen.v1 import service_pb2
from kanvas_platform import errors
from kanvas_platform.ids import new_id
from kanvas_platform.observability import bind_traceparent, current_traceparent, new_traceparent
from kanvas_platform.rpc.context import caller, remaining
from kanvas_platform.rpc.errors import from_rpc_error
from kanvas_platform.rpc.server import Limits, Registration, RpcServer

from .servers import ACTING, LED, ON_THE_WIRE, OPEN, SILENT, Jobs, Running, Serve

SERVICE = OPEN.full_name

GET = f"/{SERVICE}/GetJob"
REQUEST = service_pb2.GetJobRequest(job_id="a job")
WATCH = service_pb2.WatchJobRequest(job_id="a job")
FOUND = service_pb2.GetJobResponse(queue_position=7)


async def test_it_answers(serve: Serve) -> None:
    running = await serve()
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_identity_trace_and_deadline_reach_the_method(serve: Serve) -> None:
    seen: list[object] = []

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        seen.extend((caller(), current_traceparent(), 0 < remaining(99) <= 1.5 * ON_THE_WIRE))
        return FOUND

    running = await serve(get)
    account, trace = new_id(), new_traceparent()
    with bind_traceparent(trace):
        await running.client.call(running.stub.GetJob, REQUEST, timeout=1.5, identity=account)

    assert seen == [account, trace, True]


@pytest.mark.parametrize(("asked", "least", "most"), [(None, 6, 7), (100, 29, 30), (3, 2, 3)])
async def test_every_call_has_a_deadline_within_the_cap(
    serve: Serve, asked: float | None, least: float, most: float
) -> None:
    seen: list[float] = []

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        seen.append(remaining(99))
        return FOUND

    running = await serve(get, limits=Limits(default_timeout=7, longest_unary=30))
    await running.stub.GetJob(REQUEST, timeout=asked)

    assert least < seen[0] <= most * ON_THE_WIRE


async def test_a_method_that_outlasts_its_deadline_is_canceled(serve: Serve) -> None:
    canceled = asyncio.Event()

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        try:
            await asyncio.Event().wait()
        finally:
            canceled.set()
        return FOUND

    running = await serve(get, limits=Limits(default_timeout=0.01))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await running.stub.GetJob(REQUEST)

    assert from_rpc_error(caught.value).reason == "DEADLINE_EXCEEDED"
    assert canceled.is_set()


async def test_a_timeout_inside_a_method_is_not_mistaken_for_the_deadline(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise TimeoutError

    running = await serve(get)
    # On a busy machine an ordinary attempt would end by the caller's own time-out.
    with pytest.raises(errors.Internal):
        await running.client.call(running.stub.GetJob, REQUEST, timeout=60, attempt_timeout=60)


async def test_an_identity_is_required_where_the_method_acts_for_an_account(serve: Serve) -> None:
    running = await serve(contract=ACTING)

    with pytest.raises(errors.IdentityRequired):
        await running.client.call(running.stub.GetJob, REQUEST)
    assert await running.client.call(running.stub.GetJob, REQUEST, identity=new_id()) == FOUND


async def test_a_malformed_identity_is_refused(serve: Serve) -> None:
    running = await serve()
    with pytest.raises(errors.InvalidArgument) as caught:
        await running.client.call(running.stub.GetJob, REQUEST, identity="somebody")
    assert caught.value.violations[0].field == "kanvas-account-id"


async def test_an_error_keeps_its_class_reason_and_metadata(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise errors.NotFound("No such job.", reason="JOB_UNKNOWN", metadata={"job": "1"})

    running = await serve(get)
    with pytest.raises(errors.NotFound) as caught:
        await running.client.call(running.stub.GetJob, REQUEST)

    assert caught.value.reason == "JOB_UNKNOWN"
    assert caught.value.message == "No such job."
    assert caught.value.metadata == {"job": "1"}


async def test_a_bug_is_logged_with_its_stack_and_leaks_nothing(serve: Serve) -> None:
    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise KeyError("the secret handle")

    running = await serve(get)
    trace = new_traceparent()
    with bind_traceparent(trace), capture_logs() as logs, pytest.raises(errors.Internal) as caught:
        await running.client.call(running.stub.GetJob, REQUEST)

    assert caught.value.metadata["trace_id"] in trace
    assert caught.value.metadata["trace_id"] in caught.value.message
    assert "secret" not in str(vars(caught.value))
    failed = [line for line in logs if line["event"] == "call failed"]
    assert [(line["method"], line["exc_info"]) for line in failed] == [(GET, True)]


async def test_garbage_is_answered(serve: Serve) -> None:
    running = await serve()
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
    call = running.client.channel.unary_unary(GET)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(b"\xff\xff\xff not a message")

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def test_a_request_beyond_the_limit_is_refused(serve: Serve) -> None:
    running = await serve(max_request_bytes=1000)
    big = service_pb2.GetJobRequest(job_id="x" * 2000)
    with pytest.raises(errors.ResourceExhausted):
        await running.client.call(running.stub.GetJob, big)


async def test_calls_beyond_the_room_are_shed(serve: Serve) -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        entered.set()
        await release.wait()
        return FOUND

    running = await serve(get, limits=Limits(unary=1))
    first = asyncio.create_task(running.client.call(running.stub.GetJob, REQUEST))
    await entered.wait()
    with pytest.raises(errors.Overloaded) as caught:
        await running.client.call(running.stub.GetJob, REQUEST)
    release.set()

    assert caught.value.retry_after > 0
    assert await first == FOUND
    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND


async def statuses(running: Running, service: str) -> AsyncGenerator[str, None]:
    stub = health_pb2_grpc.HealthStub(running.client.channel)
    async for response in stub.Watch(health_pb2.HealthCheckRequest(service=service)):
        yield health_pb2.HealthCheckResponse.ServingStatus.Name(response.status)


async def test_health_follows_readiness_for_all_watchers(serve: Serve) -> None:
    ready = True
    running = await serve(ready=lambda: ready)
    first, second = statuses(running, ""), statuses(running, SERVICE)
    assert await anext(first) == await anext(second) == "SERVING"
    await first.aclose()

    ready = False
    assert await anext(second) == "NOT_SERVING"
    await second.aclose()


async def test_health_of_a_stranger_is_not_found(serve: Serve) -> None:
    running = await serve()
    stub = health_pb2_grpc.HealthStub(running.client.channel)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Check(health_pb2.HealthCheckRequest(service="kanvas.Nothing"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_reflection_lists_what_is_served(serve: Serve) -> None:
    running = await serve()
    stub = reflection_pb2_grpc.ServerReflectionStub(running.client.channel)
    call = stub.ServerReflectionInfo(
        iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    )
    response = await call.read()
    assert {SERVICE, "grpc.health.v1.Health"} <= {
        service.name for service in response.list_services_response.service
    }


async def test_a_drain_lets_calls_finish_and_sends_watchers_elsewhere(serve: Serve) -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        entered.set()
        await release.wait()
        return FOUND

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        yield service_pb2.WatchJobResponse(step=1)
        await asyncio.Event().wait()

    running = await serve(get, watch)
    calling = asyncio.create_task(running.client.call(running.stub.GetJob, REQUEST))
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    assert (await anext(watching)).step == 1
    await entered.wait()
    health = statuses(running, "")
    assert await anext(health) == "SERVING"

    drain = asyncio.create_task(running.server.drain())
    assert await anext(health) == "NOT_SERVING"
    with pytest.raises(errors.Unavailable):
        await anext(watching)
    assert not drain.done()
    with pytest.raises(errors.Unavailable):
        await running.client.call(running.stub.GetJob, REQUEST, attempts=1)
    release.set()
    await drain

    assert await calling == FOUND


async def test_a_stream_that_outlasts_its_time_is_ended(serve: Serve) -> None:
    ended = asyncio.Event()

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        try:
            yield service_pb2.WatchJobResponse(step=1)
            await asyncio.Event().wait()
        finally:
            ended.set()

    running = await serve(watch=watch, limits=Limits(longest_stream=0.05))
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    assert (await anext(watching)).step == 1
    with pytest.raises(errors.DeadlineExceeded):
        await anext(watching)
    await ended.wait()


async def test_a_watcher_that_leaves_ends_the_method(serve: Serve) -> None:
    ended = asyncio.Event()

    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        try:
            while True:
                yield service_pb2.WatchJobResponse(step=1)
                await asyncio.sleep(0)
        finally:
            ended.set()

    running = await serve(watch=watch)
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    await anext(watching)
    await watching.aclose()

    await ended.wait()


def test_a_method_that_does_not_say_what_a_call_needs_is_not_served() -> None:
    with pytest.raises(ValueError, match=r"Silent\.GetJob does not say"):
        RpcServer(listen="127.0.0.1:0", services=[Registration(SILENT, Jobs())])


def test_methods_for_the_leader_need_to_know_who_leads() -> None:
    with pytest.raises(ValueError, match=r"for the leader, .*/GetJob, .*/WatchJob"):
        RpcServer(listen="127.0.0.1:0", services=[Registration(LED, Jobs())])


def test_a_servicer_without_a_method_of_its_contract_is_not_served() -> None:
    with pytest.raises(AttributeError, match="GetJob"):
        RpcServer(listen="127.0.0.1:0", services=[Registration(OPEN, object())])


def test_a_method_that_streams_requests_is_not_served() -> None:
    streaming = reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"]
    servicer = reflection_pb2_grpc.ServerReflectionServicer()
    with pytest.raises(ValueError, match="streams requests"):
        RpcServer(listen="127.0.0.1:0", services=[Registration(streaming, servicer)])


async def test_a_taken_port_is_an_error(serve: Serve) -> None:
    running = await serve()
    second = RpcServer(listen=running.address, services=[])
    with pytest.raises(RuntimeError):
        await second.run()
