"""A process that keeps its state is killed, and the next one reads on: with a real disk."""

import subprocess
import sys
from pathlib import Path

_PROCESS = """
import asyncio, sys
from pathlib import Path

import uvloop

from kanvas_platform.clock import SystemClock
from kanvas_platform.kafka.reading.checkpoint import CHECKPOINT_KEY, Checkpoint
from kanvas_platform.kafka.reading.kept import open_kept
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.codec import encode, meta_of
from kanvas_platform.kafka.store import flusher
from kanvas_platform.kafka.store.folder import Format
from kanvas_platform.testing.ledger import Ledger, LedgerLogs, LedgerRecord
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster

RECORDS = 500
flusher._SECONDS = 0.1


def written(store, topic):
    encoded = store.get(CHECKPOINT_KEY)
    return encoded and Checkpoint.decode(encoded).cursors[topic].position == RECORDS


async def main():
    # The log is the same in each process, as one that Kafka keeps.
    logs = LedgerLogs.named("ledger")
    cluster = MemoryCluster()
    for position in range(1, RECORDS + 1):
        record = LedgerRecord(name=f"n{position % 50}", total=position)
        meta_of(record).position = meta_of(record).created_position = position
        out = encode(logs.main, f"name:{record.name}", "ledger.name.v1", record, "")
        cluster.put(out.topic, out.key, out.value, out.headers)
    folded = []
    form = Format("ledger", 1, (logs.main, logs.side))
    clock = SystemClock()
    kept = await open_kept(Path(sys.argv[1]), form, rebuild=False, clock=clock, name="replica")
    replica = Replica(
        broker=MemoryBroker(cluster=cluster),
        main=logs.main,
        sides=[logs.side],
        state=Ledger,
        clock=clock,
        kept=kept,
        on_applied=lambda topic, record: folded.append(record.meta.position),
        name="replica",
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kept.flusher.run())
        tasks.create_task(replica.run())
        await replica.wait_for(RECORDS, 60)
        while not written(kept.store, logs.main.topic):
            await asyncio.sleep(0.01)
        names = replica.state.names
        told = len(folded), len(names), sum(names[f"n{n}"][1] for n in range(50))
        print(*told, file=sys.stderr, flush=True)


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
"""


def run_and_kill(folder: Path) -> tuple[int, int, int]:
    """Return what a process has folded, how many names it knows, and the sum of their totals."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROCESS, folder],
        stdout=subprocess.DEVNULL,  # its log
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        folded, names, total = process.stderr.readline().split()
    finally:
        process.kill()
        process.communicate()
    return int(folded), int(names), int(total)


def test_a_killed_process_reads_on_from_its_folder(tmp_path: Path) -> None:
    every = sum(range(451, 501))
    assert run_and_kill(tmp_path) == (500, 50, every)
    assert run_and_kill(tmp_path) == (0, 50, every)
