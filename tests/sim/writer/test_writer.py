"""Three instances, some clients, and everything that can go wrong; an oracle judges the log.

Processes are killed and stopped between any two steps of their talk with the broker, cut off from
it, and restarted; commits get lost before and after their decision, and are refused. Clients repeat
each command with its id until they have an answer. Whatever happens, the log must hold each
acknowledged command exactly once, densely, and no answer may contradict it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas_platform.errors import KanvasError, Overloaded, Unavailable
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.testing.ledger import (
    Add,
    Claim,
    Ledger,
    LedgerLogs,
    LedgerRecord,
    Release,
    command,
)
from kanvas_platform.testing.memory_broker import CommitFault, MemoryBroker, MemoryCluster
from kanvas_platform.testing.memory_store import contents
from kanvas_platform.testing.virtual_time import LoopClock, run
from tests.sim.chances import Chances

LOGS = LedgerLogs.named("ledger")
NAMES = ["a", "b", "c", "d"]
INSTANCES = 3
SESSION_SECONDS = 2.0
CHAOS_SECONDS = 20.0
PATIENCE_SECONDS = 200.0


@dataclass(kw_only=True)
class Chaos(Chances):
    """What goes wrong, as probabilities per step or, for commits, per second."""

    kill: float
    stop: float
    delay: float
    cut: float
    commit_faults: float


class Instance:
    """A process that comes back after it was killed, without its memory."""

    def __init__(self, cluster: MemoryCluster, chaos: Chaos, name: str) -> None:
        self.name = name
        self._cluster = cluster
        self._chaos = chaos
        self.writer: Writer[Ledger] | None = None
        self.replica: Replica[Ledger] | None = None
        self._waking: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        clock = LoopClock()
        while True:
            broker = MemoryBroker(cluster=self._cluster)
            replica = Replica(
                broker=broker,
                main=LOGS.main,
                sides=[LOGS.side],
                state=Ledger,
                clock=clock,
                name=self.name,
            )
            writer = Writer(
                service="ledger",
                address=self.name,
                replica=replica,
                decide=LOGS.decide,
                broker=broker,
                clock=clock,
            )
            self.writer, self.replica = writer, replica
            tasks = [asyncio.create_task(replica.run()), asyncio.create_task(writer.run())]
            killed = asyncio.Event()
            broker.on_step = lambda step, b=broker, k=killed: self._step(b, k, step)
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
            await asyncio.sleep(self._chaos.dice.uniform(0, 4))
            self._cluster.expel(broker)

    async def _step(self, broker: MemoryBroker, killed: asyncio.Event, step: str) -> None:
        chaos = self._chaos
        if chaos.strikes("kill", chaos.kill):
            broker.stop()
            killed.set()
        elif chaos.strikes("stop", chaos.stop):
            broker.stop()
            self._waking.append(asyncio.create_task(self._wake(broker, killed)))
        elif chaos.strikes("cut", chaos.cut):
            broker.reachable = False
            asyncio.get_running_loop().call_later(
                chaos.dice.uniform(0, 4), setattr, broker, "reachable", True
            )
        elif chaos.strikes("delay", chaos.delay):
            await asyncio.sleep(chaos.dice.choice([0.01, 0.3, 3.0]))
        if step == "commit: send" and chaos.strikes("commit fault", chaos.commit_faults):
            broker.commit_faults.append(chaos.dice.choice(list(CommitFault)))

    async def _wake(self, broker: MemoryBroker, killed: asyncio.Event) -> None:
        asleep = self._chaos.dice.choice([0.5, 3.0, 8.0])
        await asyncio.sleep(min(asleep, SESSION_SECONDS))
        if asleep > SESSION_SECONDS:
            self._cluster.expel(broker)
            await asyncio.sleep(asleep - SESSION_SECONDS)
        if not killed.is_set():
            broker.wake()


@dataclass
class Operation:
    """A command from its first submission to its final answer."""

    command: Command
    began: float
    ended: float = 0.0
    receipt: Receipt | None = None
    refusal: str = ""


class Client:
    """Gives commands one after the other, each until it is answered."""

    def __init__(self, instances: Sequence[Instance], chaos: Chaos, actor: str) -> None:
        self._instances = instances
        self._chaos = chaos
        self._actor = actor
        self.operations: list[Operation] = []

    async def run(self) -> None:
        clock = LoopClock()
        while self._chaos.active:
            await asyncio.sleep(self._chaos.dice.uniform(0, 0.2))
            given = command(self._body(), actor=self._actor, now=clock.now())
            operation = Operation(given, clock.monotonic())
            self.operations.append(operation)
            await self._finish(operation)
            operation.ended = clock.monotonic()

    def _body(self) -> Claim | Add | Release:
        chance = self._chaos.dice
        name = chance.choice(NAMES)
        bodies: list[Claim | Add | Release] = [
            Claim(name),
            Release(name),
            Add(name, chance.randint(1, 9)),
        ]
        return chance.choice(bodies)

    async def _finish(self, operation: Operation) -> None:
        chance = self._chaos.dice
        while True:
            writer = chance.choice(self._instances).writer
            try:
                assert writer is not None
                operation.receipt = await writer.submit(
                    operation.command, chance.choice([0.05, 1.0])
                )
            except (Unavailable, Overloaded):
                await asyncio.sleep(chance.uniform(0, 0.3))
            except KanvasError as error:
                # A record that the broker refuses by chance is as good as not submitted.
                if error.reason != "RECORD_REFUSED":
                    operation.refusal = error.reason
                    return
            else:
                return


async def simulate(chaos: Chaos) -> tuple[MemoryCluster, list[Operation], list[Instance]]:
    random.seed(chaos.seed)
    cluster = MemoryCluster(LoopClock())
    instances = [Instance(cluster, chaos, f"instance-{n}") for n in range(INSTANCES)]
    clients = [Client(instances, chaos, actor) for actor in ("ann", "bob", "cleo", "dan")]
    processes = [asyncio.create_task(instance.run()) for instance in instances]
    await asyncio.sleep(0)
    talks = [asyncio.create_task(client.run()) for client in clients]
    await asyncio.sleep(CHAOS_SECONDS)
    chaos.active = False
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*talks)
        await asyncio.sleep(10)
        for instance in instances:
            assert instance.replica is not None
            await instance.replica.barrier(10)
    for process in processes:
        process.cancel()
    await asyncio.gather(*processes, return_exceptions=True)
    return cluster, [op for client in clients for op in client.operations], instances


class Oracle:
    """Knows from the log alone what the answers have to be."""

    def __init__(self, cluster: MemoryCluster, operations: Sequence[Operation]) -> None:
        self.main: list[Any] = [
            LedgerRecord.FromString(raw.value) for raw in cluster.committed(LOGS.main.topic)
        ]
        self.side: list[Any] = [
            LedgerRecord.FromString(raw.value) for raw in cluster.committed(LOGS.side.topic)
        ]
        self.operations = operations
        self.position: dict[str, int] = {r.meta.command_id: r.meta.position for r in self.main}
        self.written = [op for op in operations if op.command.id in self.position]
        self._states = [Ledger(Space())]

    def check(self) -> None:
        self.check_density()
        self.check_totals()
        self.check_answers()

    def check_density(self) -> None:
        for log in (self.main, self.side):
            assert [r.meta.position for r in log] == list(range(1, len(log) + 1))
            first: dict[str, int] = {}
            for record in log:
                created = first.setdefault(record.name, record.meta.position)
                assert record.meta.created_position == created
        for told in self.side:
            source = self.main[told.meta.main_position - 1]
            assert source.meta.command_id == told.meta.command_id

    def check_totals(self) -> None:
        """No update is lost and none is done twice: each record follows from those before it."""
        commands = {op.command.id: op.command for op in self.operations}
        for position, record in enumerate(self.main, start=1):
            given = commands.pop(record.meta.command_id)
            assert record.meta.actor_id == given.actor
            (draft, *_) = LOGS.decide(self.state_at(position - 1), given, 0)
            expected: Any = draft.record
            assert (record.name, record.owner, record.total) == (
                expected.name,
                expected.owner,
                expected.total,
            )

    def check_answers(self) -> None:
        """Each answer is the one that was right at some moment between question and answer."""
        ends = sorted((self.position[op.command.id], op.ended) for op in self.written)
        for operation in self.operations:
            first = max((p for p, ended in ends if ended < operation.began), default=0)
            last = min(
                (self.position[op.command.id] for op in self.written if op.began > operation.ended),
                default=len(self.main) + 1,
            )
            position = self.position.get(operation.command.id)
            if position is not None:
                assert first < position < last, operation
                assert operation.receipt is not None, operation
                assert operation.receipt.position == position
            else:
                moments = range(first, last)
                assert any(self._right_at(p, operation) for p in moments), operation

    def _right_at(self, position: int, operation: Operation) -> bool:
        try:
            drafts = LOGS.decide(self.state_at(position), operation.command, 0)
        except KanvasError as error:
            return error.reason == operation.refusal
        return not drafts and not operation.refusal

    def state_at(self, position: int) -> Ledger:
        """Return the state after the record at a position."""
        while len(self._states) <= position:
            state = self._states[-1].overlay() if len(self._states) % 50 else self._fold_again()
            state.apply(LOGS.main.topic, self.main[len(self._states) - 1])
            self._states.append(state)
        return self._states[position]

    def _fold_again(self) -> Ledger:
        """Return a state without layers: a tower of them would be slow."""
        state = Ledger(Space())
        for record in self.main[: len(self._states) - 1]:
            state.apply(LOGS.main.topic, record)
        return state


probabilities = st.sampled_from([0.0, 0.001, 0.005])
chaoses = st.builds(
    Chaos,
    kill=probabilities,
    stop=probabilities,
    delay=st.sampled_from([0.0, 0.005, 0.02]),
    cut=probabilities,
    commit_faults=st.sampled_from([0.0, 0.1, 0.4]),
    seed=st.integers(0, 2**32),
)


@settings(max_examples=40)
@given(chaos=chaoses)
def test_the_log_is_what_was_acknowledged(chaos: Chaos) -> None:
    cluster, operations, instances = run(simulate(chaos))
    Oracle(cluster, operations).check()
    states = [contents(i.replica.state.space) for i in instances if i.replica is not None]
    assert states[0] == states[1] == states[2]


def test_the_faults_do_strike() -> None:
    """A simulation in which nothing happens proves nothing."""
    happened: Counter[str] = Counter()
    for seed in range(5):
        chaos = Chaos(kill=0.001, stop=0.001, delay=0.005, cut=0.001, commit_faults=0.1, seed=seed)
        cluster, operations, _ = run(simulate(chaos))
        Oracle(cluster, operations).check()
        happened += chaos.happened
        happened["written"] += len(cluster.committed(LOGS.main.topic))
        happened["refused"] += sum(bool(op.refusal) for op in operations)
        happened["repeated"] += sum(
            op.receipt is not None and op.receipt.repeated for op in operations
        )
    for fault in ("kill", "stop", "cut", "delay", "commit fault", "refused", "repeated"):
        assert happened[fault] >= 5, happened
    assert happened["written"] >= 100, happened
