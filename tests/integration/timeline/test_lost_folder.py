"""Cassandra's folder is lost while a timeline is connected: named, and mended by a migration.

On a Cassandra of its own, so that it disturbs nobody.
"""

import asyncio
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from kanvas_local.stack import Stack
from kanvas_platform.clock import SystemClock
from kanvas_timeline.adapters.cassandra_store import VIEWS, CassandraFeedStore
from kanvas_timeline.bootstrap import migrate_views
from kanvas_timeline.domain.marks import Loss, Marks, losses
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.settings import TimelineSettings
from tests.patience import until
from tests.ports import FirstPort

_BASE_PORT = FirstPort.LOST_FOLDER

pytestmark = pytest.mark.long(seconds=45)


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a stack of which only Cassandra is started."""
    stack = Stack(tmp_path_factory.mktemp("stack"), _BASE_PORT)
    stack.start(["cassandra"])
    yield stack
    stack.stop()


def settings_for(stack: Stack) -> TimelineSettings:
    host, port = stack.cassandra
    return TimelineSettings(
        instance="timeline-1",
        grpc_listen="127.0.0.1:1",
        ops_listen="127.0.0.1:1",
        kafka="127.0.0.1:1",
        cassandra=f"{host}:{port}",
    )


async def test_the_keyspace_is_named_and_found_again(
    own: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(own)
    await migrate_views(settings)
    store = CassandraFeedStore(
        contact_points=[own.cassandra], keyspace="kanvas", clock=SystemClock()
    )
    running = asyncio.create_task(store.run())
    found: Marks = {}
    told = ""

    async def answers() -> bool:
        nonlocal found
        try:
            found = await store.marks(timeout=5.0)
        except HistoryUnavailable:
            return False
        return True

    async def named() -> bool:
        nonlocal told
        assert not await answers()
        told += "".join(capsys.readouterr())
        return "the keyspace kanvas is missing: run `python -m kanvas_timeline migrate`" in told

    await until(answers)
    known = found
    own.kill("cassandra", signal.SIGSTOP)
    shutil.rmtree(own.layout.data / "cassandra")
    own.kill("cassandra")
    await until(named)

    await migrate_views(settings)
    await until(answers)
    assert losses(known, found) == dict.fromkeys(VIEWS, Loss.REPLACED)
    running.cancel()
    with suppress(asyncio.CancelledError):  # canceled the line before
        await running
