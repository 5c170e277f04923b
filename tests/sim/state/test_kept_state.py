"""Two instances keep their state on disk, and die at any moment; a fold from the beginning judges.

Processes are killed between any two steps of their talk with the broker, also while a layer is
being written. Disks are full for a while, and get lost. Records come that nobody can use. Whatever
happens, each instance must stand where one stands that has never stopped and never had a disk.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas_platform.errors import KanvasError, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command, StoreFailed
from kanvas_platform.kafka.reading.checkpoint import CHECKPOINT_KEY
from kanvas_platform.kafka.reading.kept import Kept
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.reading.window import _COMMANDS
from kanvas_platform.kafka.store import flusher
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.testing.memory_broker import CommitFault, MemoryBroker, MemoryCluster
from kanvas_platform.testing.memory_store import MemoryStore, contents
from kanvas_platform.testing.virtual_time import LoopClock, VirtualTimeLoop, run
from kanvas_social_graph.domain import sessions
from kanvas_social_graph.domain.commands import (
    ChangePassword,
    CreateAccount,
    EndOtherSessions,
    EndSession,
    SetBlock,
    SetFollow,
    StartSession,
    UpdateProfile,
    UseSession,
)
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.logs import GRAPH, SIDES
from kanvas_social_graph.domain.state import GraphState
from tests.sim.chances import Chances

pytestmark = pytest.mark.usefixtures("quiet")

CHAOS_SECONDS = 15.0
PATIENCE_SECONDS = 300.0


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flush after a few records, so that kills meet every moment of it; end sessions soon."""
    monkeypatch.setattr(flusher, "_CHANGES_SOON", 12)
    monkeypatch.setattr(flusher, "_CHANGES_MAX", 60)
    monkeypatch.setattr(flusher, "_SECONDS", 0.4)
    monkeypatch.setattr(sessions, "SESSION_SECONDS", 4)
    monkeypatch.setattr(sessions, "SESSIONS_MAX", 3)
    monkeypatch.setattr(sessions, "USE_SECONDS", 0.5)


@dataclass(kw_only=True)
class Chaos(Chances):
    """What goes wrong, as probabilities per step or, for commits and disks, each time."""

    kill: float
    commit_faults: float
    full: float
    lost: float
    rubbish: float


class Disk(MemoryStore):
    """A disk that is full now and then."""

    def __init__(self, chaos: Chaos) -> None:
        super().__init__()
        self._chaos = chaos

    def write(self, changes: Any) -> None:
        if self._chaos.strikes("full", self._chaos.full):
            raise StoreFailed("no space left on device")
        super().write(changes)
        self._chaos.happened["flush"] += 1


def parts(broker: MemoryBroker, store: MemoryStore, name: str) -> tuple[Kept, Replica[GraphState]]:
    """Return what stands in a store, and a replica that reads on from there."""
    clock = LoopClock()
    found = Kept.over(store, close=lambda: None, clock=clock, name=name)
    replica = Replica(
        broker=broker,
        main=GRAPH,
        sides=SIDES,
        state=GraphState,
        clock=clock,
        kept=found,
        name=name,
    )
    return found, replica


class Instance:
    """A process that comes back after it was killed, without its memory, with its disk."""

    def __init__(self, cluster: MemoryCluster, chaos: Chaos, name: str) -> None:
        self.name = name
        self.kept: Kept | None = None
        self.replica: Replica[GraphState] | None = None
        self.writer: Writer[GraphState] | None = None
        self._cluster = cluster
        self._chaos = chaos
        self._disk = Disk(chaos)

    async def run(self) -> None:
        while True:
            if self._chaos.strikes("lost", self._chaos.lost):
                self._disk = Disk(self._chaos)
            broker = MemoryBroker(cluster=self._cluster)
            self.kept, self.replica = parts(broker, self._disk, self.name)
            if self.kept.checkpoint is not None:
                self._chaos.happened["read on"] += 1
            self.writer = Writer(
                service="social-graph",
                address=self.name,
                replica=self.replica,
                decide=decide,
                broker=broker,
                clock=LoopClock(),
            )
            killed = asyncio.Event()
            broker.on_step = lambda step, b=broker, k=killed: self._step(b, k, step)
            components = (self.kept.flusher, self.replica, self.writer)
            tasks = [asyncio.create_task(each.run()) for each in components]
            done = asyncio.create_task(killed.wait())
            try:
                finished, _ = await asyncio.wait(
                    [done, *tasks], return_when=asyncio.FIRST_COMPLETED
                )
                assert finished == {done}, [task for task in tasks if task.done()]
            finally:
                broker.stop()
                for task in (done, *tasks):
                    task.cancel()
                await asyncio.gather(done, *tasks, return_exceptions=True)
            await asyncio.sleep(self._chaos.dice.uniform(0, 2))
            self._cluster.expel(broker)

    async def _step(self, broker: MemoryBroker, killed: asyncio.Event, step: str) -> None:
        if self._chaos.strikes("kill", self._chaos.kill):
            broker.stop()
            killed.set()
        if step == "commit: send" and self._chaos.strikes("fault", self._chaos.commit_faults):
            broker.commit_faults.append(self._chaos.dice.choice(list(CommitFault)))


class Client:
    """Gives commands one after the other, each until it is answered."""

    def __init__(self, instances: list[Instance], chaos: Chaos, people: list[str]) -> None:
        self._instances = instances
        self._chaos = chaos
        self._people = people
        self._sessions: list[str] = []

    async def run(self) -> None:
        me = new_id(LoopClock().now())
        self._people.append(me)
        self._sessions = [new_id(LoopClock().now()) for _ in range(5)]
        await self._finish(me, CreateAccount(f"h{me[-12:]}", "Ana", "hash"))
        while self._chaos.active:
            await asyncio.sleep(self._chaos.dice.uniform(0, 0.2))
            await self._finish(me, self._body())

    def _body(self) -> Any:
        dice = self._chaos.dice
        other, active = dice.choice(self._people), dice.random() < 0.6
        return dice.choice(
            [
                SetFollow(other, active=active),
                SetFollow(other, active=active),
                SetBlock(other, active=active),
                UpdateProfile(f"Ana {dice.randint(0, 9)}", None, 0),
                *self._session_bodies(dice.choice(self._sessions)),
            ]
        )

    def _session_bodies(self, session_id: str) -> list[Any]:
        return [
            StartSession(session_id, "Firefox", "Linux", "hash"),
            UseSession(session_id),
            EndSession(session_id, self._chaos.dice.choice(self._sessions)),
            EndOtherSessions(session_id),
            ChangePassword(session_id, "hash", "hash"),
        ]

    async def _finish(self, me: str, body: Any) -> None:
        given = Command(new_id(LoopClock().now()), me, body, repr(body).encode())
        while True:
            writer = self._chaos.dice.choice(self._instances).writer
            try:
                assert writer is not None
                await writer.submit(given, 1.0)
            except Unavailable:
                await asyncio.sleep(self._chaos.dice.uniform(0, 0.3))
            except KanvasError as error:
                if error.reason != "RECORD_REFUSED":
                    return
            else:
                return


async def litter(cluster: MemoryCluster, chaos: Chaos) -> None:
    """Write what nobody can use, a little of it."""
    while chaos.active:
        await asyncio.sleep(chaos.dice.uniform(0.2, 2))
        if chaos.strikes("rubbish", chaos.rubbish):
            cluster.put(chaos.dice.choice([GRAPH, *SIDES]).topic, b"k", b"\xff")


async def simulate(chaos: Chaos) -> None:
    random.seed(chaos.seed)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.thread_seconds = lambda: chaos.dice.choice([0.0, 0.01, 0.5])
    cluster = MemoryCluster(LoopClock())
    instances = [Instance(cluster, chaos, f"instance-{n}") for n in range(2)]
    processes = [asyncio.create_task(instance.run()) for instance in instances]
    people: list[str] = []
    await asyncio.sleep(0)
    talks = [asyncio.create_task(Client(instances, chaos, people).run()) for _ in range(3)]
    talks.append(asyncio.create_task(litter(cluster, chaos)))
    await asyncio.sleep(CHAOS_SECONDS)
    chaos.active = False
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*talks)
        await asyncio.sleep(10)
    kept, oracle = parts(MemoryBroker(cluster=cluster), MemoryStore(), "oracle")
    judge = asyncio.create_task(oracle.run())
    await oracle.barrier(10)
    assert not any(process.done() for process in processes), processes
    for instance in instances:
        assert instance.replica is not None
        assert instance.kept is not None
        await instance.replica.barrier(10)
        assert stands(instance.replica, instance.kept) == stands(oracle, kept)
    for task in (*processes, judge):
        task.cancel()
    await asyncio.gather(*processes, judge, return_exceptions=True)


def stands(replica: Replica[GraphState], kept: Kept) -> Any:
    """Return all that two instances must agree on."""
    found = contents(kept.space)
    found.pop(CHECKPOINT_KEY, None)
    # In which order records of two logs were read is not the same everywhere, and so commands that
    # wrote to a side log are remembered in another order. That order says which are forgotten first
    # and no more: whatever is forgotten raises the floor. Within one log it is that of the log.
    in_order = [found.pop(key) for key in sorted(found) if key.startswith(_COMMANDS)]
    check_order(in_order)
    remembered = sorted(in_order)
    points = {topic: cursor.point() for topic, cursor in replica._cursors.items()}  # noqa: SLF001
    cursors = {
        topic: (point.offset, point.position, point.source, point.began, point.lost_copy)
        for topic, point in points.items()
    }
    # So are letters.
    letters = replica._sink._dead_letters.tally  # noqa: SLF001
    set_aside = letters.recent.count("x")
    return found, remembered, cursors, set_aside, replica.commands.floor, len(replica.commands)


def check_order(remembered: Sequence[bytes]) -> None:
    """Check that commands which wrote to one log alone are remembered in its order."""
    read: dict[str, list[int]] = {}
    for value in remembered:
        positions = json.loads(value)[4]
        if len(positions) == 1:
            ((topic, position),) = positions.items()
            read.setdefault(topic, []).append(position)
    for topic, positions in read.items():
        assert positions == sorted(positions), topic


chaoses = st.builds(
    Chaos,
    kill=st.sampled_from([0.0, 0.002, 0.01]),
    commit_faults=st.sampled_from([0.0, 0.2]),
    full=st.sampled_from([0.0, 0.2, 0.6]),
    lost=st.sampled_from([0.0, 0.2]),
    rubbish=st.sampled_from([0.0, 0.5]),
    seed=st.integers(0, 2**32),
)


@settings(max_examples=25, deadline=None)
@given(chaos=chaoses)
def test_a_kept_state_is_that_of_a_fold_from_the_beginning(chaos: Chaos) -> None:
    run(simulate(chaos))


def test_the_mishaps_do_happen() -> None:
    """A simulation in which nothing happens proves nothing."""
    happened: Counter[str] = Counter()
    for seed in range(3):
        chaos = Chaos(kill=0.005, commit_faults=0.1, full=0.3, lost=0.3, rubbish=0.5, seed=seed)
        run(simulate(chaos))
        happened += chaos.happened
    for mishap in ("kill", "full", "lost", "rubbish", "fault", "flush", "read on"):
        assert happened[mishap] >= 3, happened
