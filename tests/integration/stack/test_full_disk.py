"""A disk is full for a while. When there is room again, everything runs again by itself.

Mounting a small disk needs root, which CI is; elsewhere these are skipped.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cassandra import DriverException
from cassandra.cluster import Cluster, NoHostAvailable, Session
from cassandra.connection import ConnectionException
from cassandra.policies import FallthroughRetryPolicy
from cassandra.query import SimpleStatement

from kanvas_local.small_disk import SmallDisk, obstacle
from kanvas_local.stack import Stack
from kanvas_local.units import Unit
from tests.patience import PATIENCE_SECONDS
from tests.ports import FirstPort

_OBSTACLE = obstacle()
_NEEDS_A_DISK = pytest.mark.skipif(
    bool(_OBSTACLE), reason=f"a small disk cannot be mounted here: {_OBSTACLE}"
)

pytestmark = pytest.mark.long(seconds=60)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _restarts(stack: Stack, unit: str) -> int:
    return stack.state.units[unit].restarts


class _OneUnit(Stack):
    def _units(self) -> list[Unit]:
        argv = (sys.executable, "-c", "import time; time.sleep(600)")
        return [Unit(name="sleeper", argv=argv)]


@_NEEDS_A_DISK
def test_what_dies_while_the_supervisor_has_no_room_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kanvas_local.stack.check_disk", lambda folder: None)
    with SmallDisk(tmp_path / "small", 4) as disk:
        stack = _OneUnit(disk.folder, FirstPort.FULL_DISK)
        stack.start(["sleeper"])
        try:
            first = stack.state.units["sleeper"].process
            with disk.full():
                stack.kill("sleeper")
                _until(lambda: first is not None and first.find() is None)
            _until(
                lambda: (
                    stack.state.units["sleeper"].process not in (None, first)
                    and stack.state.units["sleeper"].phase == "ready"
                )
            )
            assert _restarts(stack, "sleeper") >= 1
        finally:
            assert stack.stop()


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, SmallDisk]]:
    """Cassandra with the product's tables, on a small disk."""
    stack = Stack(tmp_path_factory.mktemp("full"), FirstPort.FULL_DISK)
    with SmallDisk(stack.layout.data / "cassandra", 160) as disk:
        stack.start(["schema"])
        yield stack, disk
        stack.stop()


@contextlib.contextmanager
def _session(stack: Stack) -> Iterator[Session]:
    host, port = stack.cassandra
    cluster = Cluster([host], port=port, connect_timeout=10)
    try:
        yield cluster.connect()
    finally:
        cluster.shutdown()


def _write_until_refused(stack: Stack) -> None:
    """Write to a table of the test's own until Cassandra has ended of it."""
    died = _restarts(stack, "cassandra")
    with (
        contextlib.suppress(NoHostAvailable, ConnectionException, DriverException, OSError),
        _session(stack) as session,
    ):
        session.execute(
            "CREATE KEYSPACE IF NOT EXISTS filling WITH replication = "
            "{'class': 'SimpleStrategy', 'replication_factor': 1}"
        )
        session.execute("CREATE TABLE IF NOT EXISTS filling.rows (id int PRIMARY KEY, data blob)")
        for number in range(100_000):
            if _restarts(stack, "cassandra") > died:
                break
            write = SimpleStatement(
                "INSERT INTO filling.rows (id, data) VALUES (%s, %s)",
                retry_policy=FallthroughRetryPolicy(),
            )
            session.execute(write, (number, bytes(256 * 1024)), timeout=5)
    _until(lambda: _restarts(stack, "cassandra") > died)


def _is_ready(stack: Stack) -> bool:
    units = stack.state.units
    return units["cassandra"].phase == "ready" and units["schema"].phase == "done"


@_NEEDS_A_DISK
def test_cassandra_comes_back_when_its_disk_has_room(views: tuple[Stack, SmallDisk]) -> None:
    stack, disk = views
    for _ in range(2):
        with disk.full():
            _write_until_refused(stack)
            died = _restarts(stack, "cassandra")
            _until(lambda died=died: _restarts(stack, "cassandra") > died)  # type: ignore[misc]
        _until(lambda: _is_ready(stack))
    assert stack.stop()
    stack.start(["schema"])
    assert stack.state.units["cassandra"].set_aside == ""


def test_what_cassandra_cannot_read_is_set_aside_and_made_again(tmp_path: Path) -> None:
    stack = Stack(tmp_path, FirstPort.LOST_TABLES)
    stack.start(["schema"])
    try:
        stack.stop()
        for table in (stack.layout.data / "cassandra/data/system_schema").glob("*/*-Data.db"):
            table.write_bytes(b"rubbish")
        stack.start(["schema"])
        assert Path(stack.state.units["cassandra"].set_aside).is_dir()
        with _session(stack) as session:
            assert "kanvas" in session.cluster.metadata.keyspaces
    finally:
        stack.stop()


def test_tables_that_were_lost_with_a_process_are_made_again(tmp_path: Path) -> None:
    stack = Stack(tmp_path, FirstPort.LOST_TABLES)
    stack.start(["schema"])
    try:
        shutil.rmtree(stack.layout.data / "cassandra")
        stack.kill("cassandra")
        _until(lambda: _restarts(stack, "cassandra") > 0 and _is_ready(stack))
        with _session(stack) as session:
            _until(lambda: "kanvas" in session.cluster.metadata.keyspaces)
    finally:
        stack.stop()
