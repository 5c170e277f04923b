"""The lock of migrations, a row in the keyspace: one process works, the others wait.

The holder renews the row while it works. A holder that was killed keeps the others waiting until
the row ends by its own time to live, which is seconds, not as long as a statement may take.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cassandra import ConsistencyLevel
from cassandra.cluster import Session
from cassandra.query import SimpleStatement

from kanvas_platform.errors import Unavailable

TABLE = """
    CREATE TABLE IF NOT EXISTS schema_lock (
        scope text PRIMARY KEY, holder text
    )
"""
"""The table that the lock needs."""

STATEMENT_SECONDS = 60.0
"""How long one statement of a migration may take."""

_PAUSE = 0.5
_RENEWALS = 4  # in a time to live


@contextmanager
def locked(
    session: Session, scope: str, *, seconds: int = 20, most_wait: float = 300.0
) -> Iterator[Callable[[], None]]:
    """Hold the lock within the block.

    Args:
        session: Of the keyspace that has `TABLE`.
        scope: What is locked.
        seconds: How long the lock outlives a holder that was killed.
        most_wait: Seconds to wait for another holder.

    Yields:
        What to call before each step: it renews the lock, and raises Unavailable if the lock was
        lost, because this process stood still for too long.

    Raises:
        Unavailable: Another process holds the lock for too long.
    """
    holder = secrets.token_hex(8)
    give_up = time.monotonic() + most_wait
    while not _take(session, scope, holder, seconds):
        if time.monotonic() > give_up:
            raise Unavailable("Another process has been migrating for too long.")
        time.sleep(_PAUSE)

    def renew() -> None:
        if not _renew(session, scope, holder, seconds):
            raise Unavailable("The migration lock was lost to another process.")

    def keep() -> None:
        while not done.wait(seconds / _RENEWALS):
            # One that fails is tried again; the next step begins with one that must not fail.
            with suppress(Exception):
                _renew(session, scope, holder, seconds)

    done = threading.Event()
    threading.Thread(target=keep, name="schema-lock", daemon=True).start()
    try:
        yield renew
    finally:
        done.set()  # a renewal that is still under way finds no row of this holder any more
        run(session, "DELETE FROM schema_lock WHERE scope = %s IF holder = %s", scope, holder)


def run(session: Session, cql: str, *params: object) -> list[tuple[Any, ...]]:
    """Run one statement of a migration at QUORUM; return its rows."""
    statement = SimpleStatement(cql, consistency_level=ConsistencyLevel.QUORUM)
    return list(session.execute(statement, params, timeout=STATEMENT_SECONDS))


def _take(session: Session, scope: str, holder: str, seconds: int) -> bool:
    rows = run(
        session,
        "INSERT INTO schema_lock (scope, holder) VALUES (%s, %s) IF NOT EXISTS USING TTL %s",
        scope, holder, seconds,
    )  # fmt: skip
    # A repeat of an insert whose first answer was lost meets itself.
    applied, *existing = rows[0]
    return bool(applied) or holder in existing


def _renew(session: Session, scope: str, holder: str, seconds: int) -> bool:
    rows = run(
        session,
        "UPDATE schema_lock USING TTL %s SET holder = %s WHERE scope = %s IF holder = %s",
        seconds, holder, scope, holder,
    )  # fmt: skip
    return bool(rows[0][0])
