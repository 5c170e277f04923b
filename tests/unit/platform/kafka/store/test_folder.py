"""Whose folder it is, whether its store fits, and what is set aside; each refusal one sentence."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kanvas_platform.kafka.contract import StoreBroken
from kanvas_platform.kafka.store import folder as folders
from kanvas_platform.kafka.store.folder import FolderUnusable, Format, StoreFolder, take_folder
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.ledger import LedgerLogs
from kanvas_platform.testing.virtual_time import LoopClock, VirtualTimeLoop
from kanvas_social_graph.domain.logs import GRAPH

LOGS = LedgerLogs.named("ledger")
FORMAT = Format("ledger", 1, (LOGS.main, LOGS.side))


def pytest_asyncio_loop_factories() -> dict[str, type[asyncio.AbstractEventLoop]]:
    """Wait for locks in virtual time."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[StoreFolder]:
    taken = await take_folder(tmp_path / "state", FORMAT, LoopClock())
    yield taken
    taken.close()


async def test_what_was_written_is_there_at_the_next_start(folder: StoreFolder) -> None:
    store = folder.open()
    folder.opened()
    store.write([(b"k", b"v")])
    store.close()
    again = folder.open()
    assert again.get(b"k") == b"v"
    again.close()


async def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    code = (
        "import fcntl, sys; file = open(sys.argv[1], 'w'); "
        "fcntl.flock(file, fcntl.LOCK_EX); print('locked', flush=True); sys.stdin.read()"
    )
    (tmp_path / "lock").touch()
    other = a_process(code, tmp_path / "lock")
    began = LoopClock().monotonic()
    with pytest.raises(FolderUnusable, match="Another process uses"):
        await take_folder(tmp_path, FORMAT, LoopClock())
    assert LoopClock().monotonic() - began >= 30
    other.communicate()
    (await take_folder(tmp_path, FORMAT, LoopClock())).close()


def a_process(code: str, argument: Path) -> subprocess.Popen[bytes]:
    """Start a process, and return once it has printed a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(argument)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


async def test_a_store_that_ends_the_process_twice_is_set_aside(folder: StoreFolder) -> None:
    folder.open().close()  # and the process dies
    kept = folder.open()
    kept.write([(b"k", b"v")])
    kept.close()
    fresh = folder.open()
    assert fresh.get(b"k") is None
    folder.opened()
    fresh.close()


async def test_a_damaged_store_is_set_aside_with_its_bytes(
    folder: StoreFolder, tmp_path: Path
) -> None:
    folder.open().close()
    data = tmp_path / "state" / FORMAT.stamp / "data.mdb"
    data.write_bytes(b"no store" * 2000)
    folder.open().close()
    (aside,) = (tmp_path / "state").glob("*.set-aside-*/data.mdb")
    assert aside.read_bytes().startswith(b"no store")


async def test_another_format_has_another_store(tmp_path: Path) -> None:
    folder = await take_folder(tmp_path / "state", FORMAT, LoopClock())
    store = folder.open()
    folder.opened()
    store.write([(b"k", b"v")])
    store.close()
    folder.close()
    later = Format("ledger", 2, (LOGS.main, LOGS.side))
    taken = await take_folder(tmp_path / "state", later, LoopClock())
    store = taken.open()
    assert store.get(b"k") is None
    store.close()
    taken.close()


@pytest.mark.parametrize(
    "other",
    [
        Format("other", 1, FORMAT.logs),
        Format("ledger", 2, FORMAT.logs),
        Format("ledger", 1, FORMAT.logs[:1]),
        Format("ledger", 1, (GRAPH, LOGS.side)),
    ],
)
def test_whatever_differs_gives_another_stamp(other: Format) -> None:
    assert other.stamp != FORMAT.stamp


async def test_stores_without_use_go_after_a_day(tmp_path: Path) -> None:
    for name in ("before", "0123.set-aside-9"):
        old = tmp_path / name / "data.mdb"
        old.parent.mkdir()
        old.touch()
        os.utime(old, (0, time.time() - 3600))
    clock = ManualClock(time.time())
    (await take_folder(tmp_path, FORMAT, clock)).close()
    assert stores_in(tmp_path) == 2
    clock.advance(24 * 3600)
    (await take_folder(tmp_path, FORMAT, clock)).close()
    assert stores_in(tmp_path) == 0


def stores_in(folder: Path) -> int:
    return len(list(folder.glob("*/data.mdb")))


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match="Not a directory"):
        await take_folder(tmp_path / "file" / "state", FORMAT, LoopClock())


async def test_a_folder_in_which_no_store_works_is_named(
    folder: StoreFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems cannot map a file into memory. An empty store is as useless there."""

    def refuse(_folder: Path) -> None:
        raise StoreBroken("No such device")

    monkeypatch.setattr(folders, "LmdbStore", refuse)
    with pytest.raises(FolderUnusable, match=r"No store can be made in .*: No such device\."):
        folder.open()


async def test_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nhost:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(folders, "_MOUNTS", mounts)
    with pytest.raises(FolderUnusable, match=r"network file system \(nfs4\)"):
        await take_folder(tmp_path / "state", FORMAT, LoopClock())


async def test_damage_that_is_found_later_is_remembered(folder: StoreFolder) -> None:
    store = folder.open()
    store.close()
    with pytest.raises(StoreBroken):
        store.get(b"k")
    assert store.condemned is not None
