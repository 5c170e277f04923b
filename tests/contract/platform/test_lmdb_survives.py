"""LMDB under what killed one of its releases: readers and a writer at once, and kill -9."""

import subprocess
import sys
from pathlib import Path

from kanvas_platform.kafka.store.lmdb_store import LmdbStore

_WRITER = """
import sys
from pathlib import Path
from kanvas_platform.kafka.store.lmdb_store import LmdbStore

store = LmdbStore(Path(sys.argv[1]))
number = int.from_bytes(store.get(b"n") or b"", "big")
while True:
    number += 1
    value = number.to_bytes(8, "big")
    keys = sorted(b"k%d" % (number * step % 5003) for step in range(1, 200))
    store.write([*((key, value) for key in keys), (b"n", value)])
    print(number, flush=True)
"""

_STRESS = """
import random, sys, threading, time
from pathlib import Path
from kanvas_platform.kafka.store.lmdb_store import LmdbStore

store = LmdbStore(Path(sys.argv[1]))
ends = time.monotonic() + float(sys.argv[2])
failures = []

def write():
    dice = random.Random(1)
    try:
        while time.monotonic() < ends:
            keys = sorted({dice.randbytes(2) + dice.randbytes(14) for _ in range(500)})
            store.write([(b"g" + key, None if dice.random() < 0.3 else key * 20) for key in keys])
    except BaseException as error:
        failures.append(error)

def read():
    dice = random.Random(2)
    try:
        while time.monotonic() < ends:
            store.get(b"g" + dice.randbytes(16))
            ranks = [rank for rank, _ in store.descending(b"g", dice.randbytes(2))]
            assert ranks == sorted(ranks, reverse=True)
    except BaseException as error:
        failures.append(error)

threads = [threading.Thread(target=each) for each in (write, read, read, read)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
store.close()
if failures:
    raise failures[0]
"""


def test_a_killed_writer_leaves_whole_transactions(tmp_path: Path) -> None:
    for attempt in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        written = [int(process.stdout.readline()) for _ in range(3 * attempt + 1)]
        process.kill()  # while it writes the next ones
        process.wait()
        process.stdout.close()
        store = LmdbStore(tmp_path)
        last = store.get(b"n") or b""
        number = int.from_bytes(last, "big")
        assert number >= written[-1]
        for step in range(1, 200):
            assert store.get(b"k%d" % (number * step % 5003)) == last
        store.close()


def test_readers_and_a_writer_at_once(tmp_path: Path) -> None:
    """In a process of its own: what goes wrong in a library in C ends the process."""
    done = subprocess.run([sys.executable, "-c", _STRESS, str(tmp_path), "3"], check=False)
    assert done.returncode == 0
