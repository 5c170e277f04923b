import asyncio
from collections.abc import AsyncGenerator
from functools import partial

import pytest

from kanvas.imagegen.v1 import service_pb2
from kanvas_platform import errors
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.access import attempt_seconds
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.context import bind_caller, bind_deadline, caller, remaining

from .servers import ON_THE_WIRE, OPEN, PATIENT, JobsStub, Serve

REQUEST = service_pb2.GetJobRequest(job_id="a job")
WATCH = service_pb2.WatchJobRequest(job_id="a job")
FOUND = service_pb2.GetJobResponse(queue_position=7)


class Flaky:
    """Raises each of the given errors once, then answers."""

    def __init__(self, *failures: errors.KanvasError) -> None:
        self.failures = list(failures)
        self.calls = 0

    async def __call__(self, _: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return FOUND


async def test_unavailable_is_repeated(serve: Serve) -> None:
    get = Flaky(errors.NotLeader("no"), errors.OutcomeUnknown("?"), errors.NotFresh("old"))
    running = await serve(get)

    assert await running.client.call(running.stub.GetJob, REQUEST) == FOUND
    assert get.calls == 4


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidArgument(),
        errors.NotFound("none"),
        errors.AlreadyExists("taken"),
        errors.Conflict("changed"),
        errors.FailedPrecondition("blocked"),
        errors.PermissionDenied("no"),
        errors.Unauthenticated("who"),
        errors.ResourceExhausted("enough", retry_after=0.01),
        errors.Internal("oops"),
    ],
    ids=lambda error: error.status,
)
async def test_what_a_repeat_cannot_help_is_final(serve: Serve, error: errors.KanvasError) -> None:
    get = Flaky(error)
    running = await serve(get)

    with pytest.raises(type(error)):
        await running.client.call(running.stub.GetJob, REQUEST)
    assert get.calls == 1


async def test_attempts_are_bounded(serve: Serve) -> None:
    get = Flaky(*[errors.Unavailable("no") for _ in range(9)])
    running = await serve(get)

    with pytest.raises(errors.Unavailable):
        await running.client.call(running.stub.GetJob, REQUEST, attempts=3)
    assert get.calls == 3


async def test_a_pause_that_would_outlast_the_deadline_is_not_begun(serve: Serve) -> None:
    get = Flaky(errors.Unavailable("no", retry_after=60))
    running = await serve(get)

    with pytest.raises(errors.Unavailable) as caught:
        await running.client.call(running.stub.GetJob, REQUEST, timeout=30)
    assert caught.value.retry_after == 60
    assert get.calls == 1


async def test_an_attempt_that_hangs_is_repeated(serve: Serve) -> None:
    calls = 0

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.Event().wait()
        return FOUND

    running = await serve(get)

    assert await running.client.call(running.stub.GetJob, REQUEST, attempt_timeout=0.1) == FOUND
    assert calls == 2


async def test_another_instance_answers_when_one_does_not(serve: Serve) -> None:
    async def never(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise errors.NotFresh("old")

    old, fresh = await serve(never), await serve()
    both = connect(f"{old.address},{fresh.address}")
    stub = JobsStub(both.channel, OPEN.full_name)

    for _ in range(10):
        assert await both.call(stub.GetJob, REQUEST) == FOUND
    await both.close()


async def test_an_instance_that_is_not_serving_is_not_asked(serve: Serve) -> None:
    asked = Flaky()
    not_ready, ready = await serve(asked, ready=lambda: False), await serve()
    both = connect(f"{not_ready.address},{ready.address}")
    stub = JobsStub(both.channel, OPEN.full_name)

    for _ in range(10):
        assert await both.call(stub.GetJob, REQUEST) == FOUND
    await both.close()
    assert asked.calls == 0


async def test_nobody_there_is_unavailable() -> None:
    client = connect("127.0.0.1:1")
    stub = JobsStub(client.channel, OPEN.full_name)
    with pytest.raises(errors.Unavailable):
        await client.call(stub.GetJob, REQUEST, timeout=0.2)
    await client.close()


async def test_a_call_made_while_serving_inherits_caller_and_deadline(serve: Serve) -> None:
    seen: list[tuple[str | None, bool]] = []

    async def inner(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        seen.append((caller(), remaining(99) <= 3 * ON_THE_WIRE))
        return FOUND

    callee = await serve(inner)

    async def outer(request: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        return await callee.client.call(callee.stub.GetJob, request, timeout=20, attempt_timeout=20)

    running = await serve(outer)
    account = new_id()
    await running.client.call(running.stub.GetJob, REQUEST, timeout=3, identity=account)

    assert seen == [(account, True)]


async def test_without_time_nothing_is_sent(serve: Serve) -> None:
    get = Flaky()
    running = await serve(get)
    with bind_deadline(0), pytest.raises(errors.DeadlineExceeded):
        await running.client.call(running.stub.GetJob, REQUEST)
    assert get.calls == 0


async def test_a_stream_delivers_then_raises_what_ended_it(serve: Serve) -> None:
    async def watch() -> AsyncGenerator[service_pb2.WatchJobResponse, None]:
        yield service_pb2.WatchJobResponse(step=1)
        yield service_pb2.WatchJobResponse(step=2)
        raise errors.NotFound("gone", reason="JOB_UNKNOWN")

    running = await serve(watch=watch)
    watching = running.client.stream(running.stub.WatchJob, WATCH, timeout=60)
    assert [(await anext(watching)).step, (await anext(watching)).step] == [1, 2]
    with pytest.raises(errors.NotFound) as caught:
        await anext(watching)

    assert caught.value.reason == "JOB_UNKNOWN"


def test_an_inner_deadline_never_extends_the_outer() -> None:
    with bind_deadline(5):
        with bind_deadline(50):
            assert remaining(99) <= 5
        with bind_deadline(1):
            assert remaining(99) <= 1
        assert remaining(99) > 1
    assert remaining(99) == 99


def test_an_identity_ends_with_its_block() -> None:
    with bind_caller("outer"):
        with bind_caller(None):
            assert caller() is None
        assert caller() == "outer"
    assert caller() is None


@pytest.mark.parametrize("targets", ["", "here", "a:1,b:2", "127.0.0.1:1,b:2"])
def test_malformed_targets_are_refused(targets: str) -> None:
    with pytest.raises(ValueError, match=r"host:port|IPv4"):
        connect(targets)


async def test_a_stub_repeats_what_another_instance_may_answer(serve: Serve) -> None:
    async def never(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        raise errors.NotFresh("old")

    old, fresh = await serve(never), await serve()
    both = connect(f"{old.address},{fresh.address}")
    stub = both.stub(lambda channel: JobsStub(channel, OPEN.full_name))

    for _ in range(10):
        assert await stub.GetJob(REQUEST, timeout=10) == FOUND
    await both.close()


async def test_a_stub_gives_an_attempt_the_time_that_the_contract_says(serve: Serve) -> None:
    given: list[float] = []

    async def get(_: service_pb2.GetJobRequest) -> service_pb2.GetJobResponse:
        given.append(remaining(99))
        return FOUND

    for contract in (OPEN, PATIENT):
        running = await serve(get, contract=contract)
        stub = running.client.stub(partial(JobsStub, service=contract.full_name))
        await stub.GetJob(REQUEST, timeout=60)

    assert 1 < given[0] <= 2 * ON_THE_WIRE
    assert 2 < given[1] <= 20 * ON_THE_WIRE


def test_a_stub_of_a_method_that_no_contract_has_is_refused() -> None:
    with pytest.raises(KeyError):
        attempt_seconds("/kanvas.tests.v1.Open/GetJop")
