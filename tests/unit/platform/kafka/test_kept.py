"""A state that is older than its process: read on, refused, or folded anew."""

import asyncio
import hashlib
import json
from asyncio import FIRST_COMPLETED
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from kanvas_platform.kafka.contract import StoreBroken, StoreFailed
from kanvas_platform.kafka.reading.checkpoint import CHECKPOINT_KEY, Checkpoint
from kanvas_platform.kafka.reading.kept import Kept, open_kept
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.logs import DEAD_LETTERS_TOPIC
from kanvas_platform.kafka.store.folder import _BOOKKEEPING_FORMAT, Format
from kanvas_platform.kafka.store.lmdb_store import LmdbStore
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.ledger import Ledger, LedgerLogs
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.memory_store import MemoryStore

FLUSHED_SECONDS = 15.0
"""After so long everything is written."""

COMMAND = "01a3185c-5000-7000-8000-000000000001"
"""A command that was given when virtual time begins."""

_PLATFORM = b"\xf0"
"""From this prefix on, keys are of the platform."""

KEPT = (1, "996923745f532993")
"""The version of what the platform keeps beside a state, and the digest of the bytes. Whoever
changes them raises the version, and puts both here."""


class Noting(Ledger):
    """Notes what is folded; a record named "half" fails when it is half folded."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self.folded: list[int] = []

    def apply(self, topic: str, record: Any) -> None:
        super().apply(topic, record)
        if record.name == "half":
            raise ZeroDivisionError
        self.folded.append(record.meta.position)


def kept_in(world: Any, store: MemoryStore, *, rebuild: bool = False) -> Kept:
    return Kept.over(store, close=lambda: None, rebuild=rebuild, clock=world.clock, name="replica")


class Process:
    """A replica over a store, and what runs beside it."""

    def __init__(self, world: Any, logs: LedgerLogs, kept: Kept) -> None:
        self.kept = kept
        self.broker = MemoryBroker(cluster=world.cluster)
        self.replica = Replica(
            broker=self.broker,
            main=logs.main,
            sides=[logs.side],
            state=Noting,
            clock=world.clock,
            kept=self.kept,
            name="replica",
        )
        self.state = self.replica.state
        self.tasks = [asyncio.create_task(each.run()) for each in (self.kept.flusher, self.replica)]

    def stands(self) -> Any:
        """Return all that the next process must know, but for what the clock makes of it."""
        cursors = self.replica._cursors.values()  # noqa: SLF001 - no other way to see all of it
        points = [replace(cursor.point(), complete_until=0.0) for cursor in cursors]
        return points, self.replica.commands.find("ann", COMMAND), self.replica.commands.floor

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def folded(world: Any, logs: LedgerLogs, store: MemoryStore, positions: range) -> Process:
    """Fold records into a store, and end."""
    process = Process(world, logs, kept_in(world, store))
    for position in positions:
        world.put(
            position,
            name=f"n{position}",
            total=position,
            source_position=position,
            command_id=COMMAND,
            actor_id="ann",
        )
    await process.replica.wait_for(positions[-1], 5)
    await asyncio.sleep(FLUSHED_SECONDS)
    await process.end()
    return process


async def test_the_next_process_reads_on(world: Any, logs: LedgerLogs) -> None:
    store = MemoryStore()
    ended = await folded(world, logs, store, range(1, 4))
    process = Process(world, logs, kept_in(world, store))
    assert process.stands() == ended.stands()
    assert process.state.names["n3"] == ("ann", 3)
    world.put(4, name="n1", total=40)
    await process.replica.barrier(5)
    assert process.state.folded == [4]
    assert (process.state.names["n1"], len(process.state.names)) == (("ann", 40), 3)
    assert process.replica.created_position(logs.main.topic, "name:n2") == 2
    assert process.replica.positions() == {logs.main.topic: 4, logs.side.topic: 0}
    await process.end()


async def test_a_displaced_copy_is_remembered(world: Any, logs: LedgerLogs) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    before = Checkpoint.decode(store.contents[CHECKPOINT_KEY])
    point = replace(before.cursors[logs.main.topic], lost_copy=("0801", 9))
    cursors = {**before.cursors, logs.main.topic: point}
    store.contents[CHECKPOINT_KEY] = replace(before, cursors=cursors).encode()
    process = Process(world, logs, kept_in(world, store))
    assert process.stands()[0][0].lost_copy == ("0801", 9)
    await process.end()


async def test_a_log_that_gives_nothing_is_asked_again(world: Any, logs: LedgerLogs) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    process = Process(world, logs, kept_in(world, store))

    async def cut_off(step: str) -> None:
        if step.startswith("fetch"):
            process.broker.reachable = False

    process.broker.on_step = cut_off
    await asyncio.sleep(30)
    assert not process.replica.ready
    process.broker.on_step = None
    process.broker.reachable = True
    await process.replica.barrier(60)
    await process.end()


async def test_another_log_stands_still_and_keeps_the_store(world: Any, logs: LedgerLogs) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    before = dict(store.contents)
    world.cluster = MemoryCluster(world.clock)
    process = Process(world, logs, kept_in(world, store))
    for position in range(1, 10):
        world.put(position, name="other", total=7)
    await asyncio.sleep(100)
    standing = process.replica.standing
    assert standing is not None
    assert standing.cause == "log_replaced"
    assert not process.replica.ready
    assert store.contents == before
    await process.end()


async def test_a_log_that_ends_too_early_is_waited_for(world: Any, logs: LedgerLogs) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    world.cluster = MemoryCluster(world.clock)
    process = Process(world, logs, kept_in(world, store))
    await asyncio.sleep(30)
    early = process.replica.standing
    await asyncio.sleep(60)
    assert (early, process.replica.standing is None) == (None, False)
    await process.end()


async def test_a_broker_that_comes_late_is_given_the_same_time(
    world: Any, logs: LedgerLogs
) -> None:
    """It has just come back, and does not know the end yet."""
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    world.cluster = MemoryCluster(world.clock)
    process = Process(world, logs, kept_in(world, store))
    process.broker.reachable = False
    await asyncio.sleep(100)
    process.broker.reachable = True
    await asyncio.sleep(30)
    assert process.replica.standing is None
    await process.end()


async def test_another_log_is_folded_anew_where_that_is_wanted(
    world: Any, logs: LedgerLogs
) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    world.cluster = MemoryCluster(world.clock)
    for position in range(1, 10):
        world.put(position, name="other", total=7)
    process = Process(world, logs, kept_in(world, store, rebuild=True))
    done, _ = await asyncio.wait(process.tasks, timeout=5, return_when=FIRST_COMPLETED)
    (ended,) = done
    assert is_broken(ended)
    await process.end()


def is_broken(ended: "asyncio.Task[None]") -> bool:
    """Return whether a component has ended since its store must not be read on."""
    failure = ended.exception()
    if isinstance(failure, BaseExceptionGroup):
        return failure.subgroup(StoreBroken) is not None
    return isinstance(failure, StoreBroken)


async def test_the_next_process_folds_the_other_log_from_an_empty_store(
    world: Any, logs: LedgerLogs, tmp_path: Path
) -> None:
    async def opened() -> Process:
        form = Format("ledger", 1, (logs.main, logs.side))
        kept = await open_kept(tmp_path, form, rebuild=True, clock=world.clock, name="replica")
        return Process(world, logs, kept)

    process = await opened()
    world.put(1, name="n", total=1)
    await process.replica.wait_for(1, 5)
    await asyncio.sleep(FLUSHED_SECONDS)
    await process.end()
    world.cluster = MemoryCluster(world.clock)
    process = await opened()
    assert process.state.names["n"] == ("ann", 1)
    done, _ = await asyncio.wait(process.tasks, timeout=60, return_when=FIRST_COMPLETED)
    assert [is_broken(task) for task in done] == [True]
    await process.end()
    process = await opened()
    assert len(process.state.names) == 0
    await process.replica.barrier(5)
    await process.end()


async def test_a_store_whose_checkpoint_cannot_be_read_is_set_aside(
    world: Any, logs: LedgerLogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(store: LmdbStore, key: bytes) -> bytes | None:
        monkeypatch.undo()
        raise StoreBroken("a page is not one")

    monkeypatch.setattr(LmdbStore, "get", damaged)
    form = Format("ledger", 1, (logs.main, logs.side))
    kept = await open_kept(tmp_path, form, rebuild=False, clock=world.clock, name="replica")
    assert kept.checkpoint is None
    assert len(set_aside(tmp_path)) == 1
    await Process(world, logs, kept).end()


def set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("*.set-aside-*"))


async def test_damage_that_somebody_meets_ends_the_process(world: Any, logs: LedgerLogs) -> None:
    """A look-up has met it, for example. The replica alone would notice later, or never."""
    process = Process(world, logs, kept_in(world, MemoryStore()))
    await process.replica.barrier(5)
    process.kept.store.condemned = "a page is not one"
    done, _ = await asyncio.wait(process.tasks, timeout=5, return_when=FIRST_COMPLETED)
    assert [is_broken(task) for task in done] == [True]
    await process.end()


async def test_damage_that_a_fold_meets_is_no_poison(world: Any, logs: LedgerLogs) -> None:
    class Damaged(MemoryStore):
        def get(self, key: bytes) -> bytes | None:
            if key.startswith(b"n"):
                raise StoreBroken("a page is not one")
            return super().get(key)

    process = Process(world, logs, kept_in(world, Damaged()))
    world.put(1, name="n", total=1)
    done, _ = await asyncio.wait(process.tasks, timeout=5, return_when=FIRST_COMPLETED)
    assert [is_broken(task) for task in done] == [True]
    assert world.cluster.committed(DEAD_LETTERS_TOPIC) == []
    await process.end()


async def test_a_sync_that_fails_ends_the_process(world: Any, logs: LedgerLogs) -> None:
    """What the disk has of the write, nobody knows: to try again would prove nothing."""
    store = MemoryStore()
    store.failure = StoreBroken("Input/output error")
    process = Process(world, logs, kept_in(world, store))
    done, _ = await asyncio.wait(process.tasks, timeout=100, return_when=FIRST_COMPLETED)
    assert [is_broken(task) for task in done] == [True]
    await process.end()


async def test_the_window_forgets_by_the_time_of_the_last_record(
    world: Any, logs: LedgerLogs
) -> None:
    """By an earlier time, whatever leaves the window would not raise its floor."""
    store = MemoryStore()
    process = await folded(world, logs, store, range(1, 4))
    again = Process(world, logs, kept_in(world, store))
    await asyncio.sleep(1)
    now, before = again.replica.commands.point.now, process.replica.commands.point.now
    assert now is not None
    assert before is not None
    assert now >= before
    await again.end()


async def test_what_is_older_than_compaction_waits_is_not_read_on(
    world: Any, logs: LedgerLogs
) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    await asyncio.sleep(5.9 * 24 * 3600)
    await Process(world, logs, kept_in(world, store)).end()
    await asyncio.sleep(0.2 * 24 * 3600)
    with pytest.raises(ValueError, match="older than"):
        Process(world, logs, kept_in(world, store))


async def test_a_state_of_the_future_is_not_read_on(world: Any, logs: LedgerLogs) -> None:
    """A clock was wrong for a moment. Nobody could tell for years that the state is too old."""
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    before = Checkpoint.decode(store.contents[CHECKPOINT_KEY])
    store.contents[CHECKPOINT_KEY] = replace(before, since=before.since + 4000).encode()
    with pytest.raises(ValueError, match="clock was wrong"):
        kept_in(world, store)


async def test_a_fold_of_old_records_goes_on_where_it_was_ended(
    world: Any, logs: LedgerLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kanvas_platform.kafka.store.flusher._CHANGES_SOON", 1)
    for position in range(1, 4):
        world.put(position, name=f"n{position}", total=position)
    await asyncio.sleep(30 * 24 * 3600)
    store = MemoryStore()
    process = Process(world, logs, kept_in(world, store))
    await process.replica.wait_for(3, 5)
    await asyncio.sleep(0.1)
    await process.end()
    assert store.contents
    await Process(world, logs, kept_in(world, store)).end()


async def test_a_full_disk_stops_reading_and_loses_nothing(
    world: Any, logs: LedgerLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kanvas_platform.kafka.store.flusher._CHANGES_MAX", 50)
    store = MemoryStore()
    store.failure = StoreFailed("no space left on device")
    process = Process(world, logs, kept_in(world, store))
    for position in range(1, 2001):
        world.put(position, name=f"n{position}", total=position)
    await asyncio.sleep(60)
    assert 0 < process.replica.position < 2000
    assert not process.replica.fresh()
    store.failure = None
    await process.replica.wait_for(2000, 200)
    assert process.state.folded == list(range(1, 2001))
    await process.end()


async def test_what_is_on_disk_says_its_age_and_its_size(world: Any, logs: LedgerLogs) -> None:
    def scraped(name: str) -> float:
        return REGISTRY.get_sample_value(f"kanvas_state_{name}", {"reader": "replica"}) or 0.0

    store = MemoryStore()
    process = Process(world, logs, kept_in(world, store))
    world.put(1, name="n", total=1)
    await asyncio.sleep(FLUSHED_SECONDS)
    assert scraped("written_age_seconds") < FLUSHED_SECONDS
    assert scraped("store_bytes") == store.size > 0

    store.failure = StoreFailed("no space left on device")
    world.put(2, name="n", total=2)
    await asyncio.sleep(600)
    assert scraped("written_age_seconds") > 500
    await process.end()
    # What no longer runs has no age: its clock may not even tell the time.
    assert not scraped("written_age_seconds")


async def test_a_record_is_folded_whole_or_not(world: Any, logs: LedgerLogs) -> None:
    process = Process(world, logs, kept_in(world, MemoryStore()))
    world.put(1, name="good", total=1)
    world.put(2, name="half", total=2)
    world.put(3, name="good", total=3)
    await process.replica.barrier(5)
    assert "half" not in process.state.names
    assert (process.state.names["good"], len(process.state.names)) == (("ann", 3), 1)
    assert len(world.cluster.committed(DEAD_LETTERS_TOPIC)) == 1
    await process.end()


async def test_other_bookkeeping_has_another_version(world: Any, logs: LedgerLogs) -> None:
    store = MemoryStore()
    await folded(world, logs, store, range(1, 4))
    checkpoint = json.loads(store.contents.pop(CHECKPOINT_KEY))
    own = sorted(item for item in store.contents.items() if item[0] >= _PLATFORM)
    kept = own, json.dumps(shape(checkpoint), sort_keys=True)
    digest = hashlib.sha256(repr(kept).encode()).hexdigest()
    assert (_BOOKKEEPING_FORMAT, digest[:16]) == KEPT


def shape(value: Any) -> Any:
    """Return the names of all fields, without what is in them."""
    return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else None


async def test_quiet_logs_are_known_to_be_complete(world: Any, logs: LedgerLogs) -> None:
    """Else the first hole after a restart would pass unseen."""
    store = MemoryStore()
    await folded(world, logs, store, range(1, 2))
    process = Process(world, logs, kept_in(world, store))
    await asyncio.sleep(300)
    await process.end()
    checkpoint = Checkpoint.decode(store.contents[CHECKPOINT_KEY])
    assert checkpoint.whole_until >= world.clock.now() - 120
