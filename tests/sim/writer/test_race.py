"""A foreign producer races the writer for its next positions; no false "done" may come of it.

Nothing in Kafka keeps a broken program from writing to a log that is not its own. It takes the
position that a write under way is about to get, in the main log or in the side log, before the
write, amid it or behind it. Whatever it does, an acknowledged command must stand in the fold.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas_platform.errors import KanvasError, Unavailable
from kanvas_platform.kafka.broker.port import Headers
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.codec import encode, meta_of
from kanvas_platform.kafka.records.logs import LogSpec
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
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock, run

LOGS = LedgerLogs.named("ledger")
NAMES = ["a", "b", "c"]
COMMANDS = 30
PATIENCE_SECONDS = 600.0


@dataclass
class Race:
    """A simulation and what came of it."""

    cluster: MemoryCluster
    dice: random.Random
    taken: int = 0

    def intrude(self, replica: Replica[Ledger]) -> None:
        """Take one of the next positions of a log."""
        log = self.dice.choice([LOGS.main, LOGS.side])
        position = replica.positions()[log.topic] + self.dice.randint(1, 3)
        self.cluster.put(*foreign_record(log, position))
        self.taken += 1


def foreign_record(log: LogSpec, position: int) -> tuple[str, bytes, bytes, Headers]:
    record = LedgerRecord(name="stranger", owner="stranger")
    meta = meta_of(record)
    meta.position = meta.created_position = position
    out = encode(log, "name:stranger", "ledger.name.v1", record, "")
    return out.topic, out.key, out.value, out.headers


Answer = Receipt | str


async def simulate(seed: int, rate: float) -> tuple[Race, list[tuple[Command, Answer]]]:
    race = Race(MemoryCluster(LoopClock()), random.Random(seed))
    broker = MemoryBroker(cluster=race.cluster)
    replica = Replica(
        broker=broker,
        main=LOGS.main,
        sides=[LOGS.side],
        state=Ledger,
        clock=LoopClock(),
        name="race",
    )
    writer = Writer(
        service="ledger",
        address="race:1",
        replica=replica,
        decide=LOGS.decide,
        broker=broker,
        clock=LoopClock(),
    )

    async def on_step(step: str) -> None:
        moments = ("commit: send", "commit: end", "commit: answer", "ends")
        if step in moments and race.dice.random() < rate:
            race.intrude(replica)

    tasks = [asyncio.create_task(each.run()) for each in (replica, writer)]
    await replica.until_ready()
    broker.on_step = on_step
    answers: list[tuple[Command, Answer]] = []
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as clients:
        for actor in ("ann", "bob"):
            clients.create_task(talk(writer, race, actor, answers))
    broker.on_step = None
    await replica.barrier(10)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return race, answers


async def talk(
    writer: Writer[Ledger], race: Race, actor: str, answers: list[tuple[Command, Answer]]
) -> None:
    """Give commands, each with its id until there is an answer that is final."""
    for _ in range(COMMANDS):
        name = race.dice.choice(NAMES)
        bodies: list[Claim | Add | Release] = [Claim(name), Add(name, 1), Release(name)]
        body = race.dice.choice(bodies)
        given = command(body, actor=actor, now=LoopClock().now())
        while True:
            try:
                answers.append((given, await writer.submit(given, 5)))
                break
            except Unavailable:
                await asyncio.sleep(0.1)
            except KanvasError as error:
                answers.append((given, error.reason))
                break


def fold(cluster: MemoryCluster, log: LogSpec) -> dict[int, LedgerRecord]:
    """By position, the record that counts: the first one, as every reader takes it."""
    found: dict[int, LedgerRecord] = {}
    for raw in cluster.committed(log.topic):
        record = LedgerRecord.FromString(raw.value)
        if record.meta.position > max(found, default=0):
            found[record.meta.position] = record
    return found


def judge(race: Race, answers: list[tuple[Command, Answer]]) -> Counter[str]:
    logs = {log.topic: fold(race.cluster, log) for log in (LOGS.main, LOGS.side)}
    standing = Counter(r.meta.command_id for r in logs[LOGS.main.topic].values())
    seen: Counter[str] = Counter(taken=race.taken)
    for asked, answer in answers:
        if isinstance(answer, Receipt):
            for topic, position in answer.positions.items():
                assert logs[topic][position].meta.command_id == asked.id, (asked, answer)
            # Whole, and once.
            logs_of = 2 if isinstance(asked.body, Add) else 1
            assert len(answer.positions) == (logs_of if answer.positions else 0)
            assert standing[asked.id] == (1 if answer.positions else 0)
            seen["done"] += 1
        elif answer == "COMMAND_DISPLACED":
            # Some of it stands, or this answer would be wrong.
            assert any(
                record.meta.command_id == asked.id
                for log in logs.values()
                for record in log.values()
            )
            seen["partly"] += 1
        else:
            assert standing[asked.id] == 0
            seen["refused"] += 1
    return seen


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), rate=st.sampled_from([0.02, 0.1, 0.3]))
def test_what_is_acknowledged_stands_in_the_fold(seed: int, rate: float) -> None:
    judge(*run(simulate(seed, rate)))


def test_the_stranger_does_win_races() -> None:
    """A simulation in which nothing happens proves nothing."""
    seen: Counter[str] = Counter()
    for seed in range(6):
        seen += judge(*run(simulate(seed, 0.2)))
    assert seen["taken"] >= 50, seen
    assert seen["done"] >= 50, seen
    assert seen["partly"] >= 3, seen
    assert seen["refused"] >= 5, seen
