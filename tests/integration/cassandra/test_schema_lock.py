"""The lock of migrations: held as long as its holder works, and not much longer than it lives."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from cassandra.cluster import Session

from kanvas_local.stack import Stack
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.cassandra.schema_lock import TABLE, locked
from kanvas_platform.errors import Unavailable
from tests.patience import PATIENCE_SECONDS

SECONDS = 10
HOLDS_FOR_EVER = """
import sys, time
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.cassandra.schema_lock import locked
_, host, port, keyspace, seconds = sys.argv
_, session = open_cluster([(host, int(port))], keyspace)
with locked(session, "schema", seconds=int(seconds)):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def session(stack: Stack, keyspace: str) -> Iterator[Session]:
    cluster, session = open_cluster([stack.cassandra], None)
    session.execute(
        f"CREATE KEYSPACE {keyspace} WITH replication ="
        " {'class': 'SimpleStrategy', 'replication_factor': 1}",
        timeout=60,
    )
    session.set_keyspace(keyspace)
    session.execute(TABLE, timeout=60)
    yield session
    cluster.shutdown()


@pytest.mark.long(seconds=35)
async def test_a_holder_that_was_killed_keeps_nobody_waiting_for_long(
    stack: Stack, session: Session, keyspace: str
) -> None:
    host, port = stack.cassandra
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS_FOR_EVER, host, str(port), keyspace, str(SECONDS),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    with pytest.raises(Unavailable, match="too long"):
        await asyncio.to_thread(take_and_leave, session, most_wait=2 * SECONDS)
    os.kill(holder.pid, signal.SIGKILL)
    await holder.wait()

    await asyncio.to_thread(take_and_leave, session)


def test_one_that_stood_still_is_told_that_the_lock_is_lost(session: Session) -> None:
    with locked(session, "schema", seconds=SECONDS) as renew:
        renew()
        session.execute("DELETE FROM schema_lock WHERE scope = 'schema' IF EXISTS", timeout=60)
        with pytest.raises(Unavailable, match="lost"):
            renew()


def test_a_lock_that_is_left_leaves_nothing_behind(session: Session) -> None:
    take_and_leave(session)
    assert not list(session.execute("SELECT * FROM schema_lock", timeout=60))


def take_and_leave(session: Session, *, most_wait: float = PATIENCE_SECONDS) -> None:
    with locked(session, "schema", seconds=SECONDS, most_wait=most_wait) as renew:
        renew()
