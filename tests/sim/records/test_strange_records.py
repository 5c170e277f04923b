"""No record of any content stops a service, or makes every write fail.

Whatever a stranger puts into a service's logs, an instance that is running and one that folds the
logs from the beginning both come to the end, take writes, and show what was written.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanvas.graph.v1.records_pb2 import Account, Session
from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas.log.v1.record_pb2 import Leader
from kanvas_gateway.presentation import present_account, present_job, present_session, present_view
from kanvas_imagegen.domain.commands import Complete, Lease, MarkPublished, Submit
from kanvas_imagegen.domain.decide import decide as decide_jobs
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.errors import NotFresh
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, Decide, State
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.logs import LEADERS_TOPIC, LogSpec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.lifecycle import Component
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.memory_store import contents
from kanvas_platform.testing.virtual_time import LoopClock, run
from kanvas_social_graph.domain.commands import (
    CreateAccount,
    EndOtherSessions,
    SetFollow,
    StartSession,
)
from kanvas_social_graph.domain.decide import decide as decide_graph
from kanvas_social_graph.domain.logs import CREDENTIALS, GRAPH, SESSIONS
from kanvas_social_graph.domain.state import GraphState
from kanvas_timeline.bootstrap import Core, assemble
from kanvas_timeline.create_post import create_post
from kanvas_timeline.domain.logs import FEED, SIDES
from kanvas_timeline.list_feeds import PageRequest, list_global_feed
from kanvas_timeline.testing.graph_log import GraphLog
from kanvas_timeline.testing.make import account_record, create_request, picture
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from tests.sim.records.strange_records import Strange, strange_records

pytestmark = pytest.mark.usefixtures("quiet")

ANA = "01890a5d-ac96-7000-8000-00000000000a"
BEN = "01890a5d-ac96-7000-8000-00000000000b"
TEXTS = (ANA, BEN, "ana", "ben", "collage", "worker-1", "image/webp")
PATIENCE_SECONDS = 60.0
S = TypeVar("S", bound=State)

Parts = tuple[Replica[Any], Writer[Any], Sequence[Component]]

_slow = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def strangers(*logs: LogSpec) -> st.SearchStrategy[list[Strange]]:
    """Draw a few records: fewer than make a reader think that the reader itself is wrong."""
    one = st.one_of(*(strange_records(log, TEXTS) for log in logs))
    return st.lists(one, min_size=1, max_size=6)


@asynccontextmanager
async def running(components: Sequence[Component]) -> AsyncIterator[None]:
    """Run components; an end of one of them is an error."""
    tasks = [asyncio.create_task(one.run(), name=one.name) for one in components]
    try:
        yield
        assert not [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def put(cluster: MemoryCluster, strange: Strange, positions: dict[str, int]) -> None:
    """Append a record where its log stands now."""
    out = strange.after(positions[strange.log.topic])
    cluster.put(out.topic, out.key, out.value, out.headers)


async def until_fresh(replica: Replica[Any]) -> None:
    """Wait, in virtual time, until an instance has come to the end of its logs."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(NotFresh):
                await replica.barrier(1.0)
                return


async def leading(writer: Writer[Any]) -> None:
    await eventually(lambda: writer.leads)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait, in virtual time, until something is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.1)


def lone(
    service: str,
    decide: Decide[S],
    state: Callable[[Space], S],
    *logs: LogSpec,
    broker: MemoryBroker,
) -> tuple[Replica[Any], Writer[Any]]:
    """Return an instance without its front door; the first log is the main one."""
    clock, (main, *sides) = LoopClock(), logs
    replica = Replica(
        broker=broker, main=main, sides=sides, state=state, clock=clock, name=f"{service}-replica"
    )
    writer = Writer(
        service=service,
        address="host:1",
        replica=replica,
        decide=decide,
        broker=broker,
        clock=clock,
    )
    return replica, writer


def graph_service() -> tuple[str, Decide[GraphState], type[GraphState], LogSpec, LogSpec, LogSpec]:
    return "social-graph", decide_graph, GraphState, GRAPH, CREDENTIALS, SESSIONS


async def twice(
    cluster: MemoryCluster,
    make: Callable[[MemoryBroker], Parts],
    strange: Sequence[Strange],
    use: Callable[[Replica[Any], Writer[Any]], Awaitable[None]],
) -> None:
    """Use a service while strange records come in, and again as an instance that starts anew."""
    for start in (True, False):
        broker = MemoryBroker(cluster=cluster)
        replica, writer, others = make(broker)
        async with running([replica, writer, *others]):
            await leading(writer)
            await use(replica, writer)
            for one in strange if start else ():
                put(cluster, one, replica.positions())
                await until_fresh(replica)
            await leading(writer)
            await use(replica, writer)


@_slow
@given(strangers(GRAPH, CREDENTIALS, SESSIONS))
def test_social_graph_takes_accounts_and_follows(strange: list[Strange]) -> None:
    async def use(replica: Replica[Any], writer: Writer[Any]) -> None:
        state = replica.state
        assert isinstance(state, GraphState)
        made = []
        for _ in range(2):
            account = new_id(LoopClock().now())
            handle = f"h{account[-12:]}"
            body = CreateAccount(handle=handle, display_name="Ana", password_hash="hash")
            await writer.submit(Command(new_id(LoopClock().now()), account, body, b"a"), 10.0)
            present_account(state.accounts[account])
            made.append(account)
        follow = SetFollow(made[1], active=True)
        await writer.submit(Command(new_id(LoopClock().now()), made[0], follow, b"f"), 10.0)
        assert (made[0], made[1]) in state.follows
        one, other = new_id(LoopClock().now()), new_id(LoopClock().now())
        for session_id in (one, other):
            begin = StartSession(session_id, "Firefox", "Linux", "hash")
            await writer.submit(Command(session_id, made[0], begin, b"s"), 10.0)
        rest = EndOtherSessions(one)
        await writer.submit(Command(new_id(LoopClock().now()), made[0], rest, b"e"), 10.0)
        now = LoopClock().now()
        assert [live.id for live in state.live_sessions(made[0], now)] == [one]
        assert other in {ended.id for ended in state.ended_sessions(now)}
        for key, value in contents(state.space).items():
            if key.startswith(b"a"):
                present_account(Account.FromString(value))
            if key.startswith(b"s"):
                present_session(Session.FromString(value), one)

    async def story() -> None:
        cluster = MemoryCluster(LoopClock())

        def make(broker: MemoryBroker) -> Parts:
            return *lone(*graph_service(), broker=broker), []

        await twice(cluster, make, strange, use)

    run(story())


@_slow
@given(strangers(IMAGES))
def test_imagegen_takes_jobs_and_paints_them(strange: list[Strange]) -> None:
    async def use(replica: Replica[Any], writer: Writer[Any]) -> None:
        state = replica.state
        assert isinstance(state, Jobs)
        spec = JobSpec(prompt="a red fox", model="collage", width=512, height=512, steps=8)
        job = Job(id=new_id(LoopClock().now()), owner_id=ANA, spec=spec)
        await writer.submit(Command(new_id(LoopClock().now()), ANA, Submit(job), b"s"), 10.0)
        # Painted until it is the job's turn: a stranger's jobs may come first.
        for number in range(12):
            worker = f"w-{job.id}-{number}"
            await writer.submit(Command("", "", Lease(worker), b""), 10.0)
            held = state.held_by(worker)
            if held is None:
                break
            done = Complete(held.id, held.attempt, picture(), 0.1, 3600.0)
            await writer.submit(Command("", "", done, b""), 10.0)
        found = state.find(job.id)
        assert found is not None
        assert found.HasField("picture")
        # What metrics and watchers ask for.
        assert state.oldest_waiting_since() is None or state.waiting()
        assert state.next_due_at() is None or state.waiting()
        assert state.queue_position(job.id) == 0
        present_job(found)
        assert job.id in [mine.id for _, mine in state.unpublished_of(ANA)]
        await writer.submit(Command("", "", MarkPublished(job.id, ANA, "p"), b""), 10.0)
        assert job.id not in [mine.id for _, mine in state.unpublished_of(ANA)]

    async def story() -> None:
        cluster = MemoryCluster(LoopClock())

        def make(broker: MemoryBroker) -> Parts:
            return *lone("imagegen", decide_jobs, Jobs, IMAGES, broker=broker), []

        await twice(cluster, make, strange, use)

    run(story())


@_slow
@given(strangers(FEED, *SIDES))
def test_timeline_takes_posts_and_shows_them(strange: list[Strange]) -> None:
    async def story() -> None:
        clock = LoopClock()
        cluster = MemoryCluster(clock)
        store, graph = MemoryFeedStore(), GraphLog()
        core: Core

        async def use(replica: Replica[Any], writer: Writer[Any]) -> None:
            author = new_id(clock.now())
            record = account_record(author, f"h{author[-12:]}")
            out = graph.next(record, now=clock.now())
            cluster.put(out.topic, out.key, out.value, out.headers)
            await eventually(lambda: author in core.log.replica.state.graph.accounts)
            post = new_id(clock.now())
            request = create_request(new_id(clock.now()), post)
            view, position = await create_post(
                request, author, commands=writer, sources=core.sources, timeout=10.0
            )
            present_view(view)
            page = await list_global_feed(
                None, PageRequest(5, "", position), sources=core.sources, timeout=10.0
            )
            assert [one.post.id for one in page.posts][:1] == [post]
            for one in page.posts:
                present_view(one)

        def make(broker: MemoryBroker) -> Parts:
            nonlocal core
            core = assemble(
                broker=broker, store=store, clock=clock, address="host:1", recent_bytes=20_000
            )
            rest = [
                one for one in core.components if one not in (core.log.replica, core.log.writer)
            ]
            return core.log.replica, core.log.writer, rest

        await twice(cluster, make, strange, use)

    run(story())


@_slow
@given(
    st.lists(
        st.builds(
            Leader,
            service=st.sampled_from(["social-graph", "x"]),
            epoch=st.sampled_from([0, 1, -1, 1 << 10, 1 << 20, 1 << 30, 2**31 - 1, 2**63 - 1]),
            term=st.sampled_from([ANA, "", "x"]),
            address=st.sampled_from(["", "host:1", "host", ":99999999999999999999", "\0"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_announcements_of_strangers(leaders: list[Leader]) -> None:
    async def story() -> None:
        cluster = MemoryCluster(LoopClock())
        for _ in range(2):
            broker = MemoryBroker(cluster=cluster)
            replica, writer = lone(*graph_service(), broker=broker)
            async with running([replica, writer]):
                for leader in leaders:
                    await leading(writer)
                    value = leader.SerializeToString()
                    cluster.put(LEADERS_TOPIC, b"social-graph", value)
                    await asyncio.sleep(1.0)
                await leading(writer)
                account = new_id(LoopClock().now())
                body = CreateAccount(f"h{account[-12:]}", "Ana", "hash")
                await writer.submit(Command(new_id(LoopClock().now()), account, body, b"a"), 10.0)

    run(story())
