"""Cassandra for asyncio: bounded, with deadlines, and never in the way of the event loop.

The driver has threads of its own. Its callbacks run there and its exceptions in them vanish, so
they do nothing but hand over to the loop. Its `execute_async` blocks the caller for up to 2 s when
a connection has no stream ids left, so what is in flight stays well below their 32,768.
"""

import asyncio
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from cassandra.cluster import Cluster, ResponseFuture, ResultSet, Session
from cassandra.query import PreparedStatement

from kanvas_platform.backoff import Backoff
from kanvas_platform.cassandra import metrics
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.cassandra.errors import KeyspaceMissing, translate
from kanvas_platform.cassandra.statements import Statement, parse_statement
from kanvas_platform.clock import Clock
from kanvas_platform.errors import DeadlineExceeded, Internal, KanvasError, Overloaded, Unavailable
from kanvas_platform.observability import get_logger

Row: TypeAlias = Any
"""A named tuple whose fields are the columns of the SELECT, in its order."""

_log = get_logger(__name__)

_MOST_ROWS = 5000
_WAITING_PER_SLOT = 16
_RETRY_AFTER = 0.25
_FIRST_PAUSE = 0.25
# The driver ends every statement itself; this is for the day on which it forgets one.
_DRIVER_GRACE = 5.0
_TIMESTAMP_MARKER = "[timestamp]"


@dataclass(frozen=True)
class Prepared:
    """A statement that Cassandra knows. Survives its restarts: the driver prepares it again."""

    statement: Statement
    driver: PreparedStatement
    parameters: int
    timestamp_index: int | None
    row: Callable[[Iterable[object]], Row]


@dataclass(frozen=True)
class RowPage:
    """Some rows, and where the next page begins; None after the last."""

    rows: list[Row]
    paging_state: bytes | None


class CassandraSession:
    """A session in one keyspace. Make it with `connect` or `connect_when_up`.

    Reconnects by itself; meanwhile statements raise `Unavailable` at once.
    """

    def __init__(self, cluster: Cluster, session: Session, max_in_flight: int) -> None:
        self._cluster = cluster
        self._session = session
        self._room = asyncio.Semaphore(max_in_flight)
        self._most_waiting = max_in_flight * _WAITING_PER_SLOT
        self._waiting = 0
        self._in_flight = 0

    @classmethod
    async def connect(
        cls,
        contact_points: Sequence[tuple[str, int]],
        keyspace: str,
        *,
        max_in_flight: int = 256,
    ) -> Self:
        """Connect, once.

        Args:
            contact_points: Some nodes of the cluster, as (host, port).
            keyspace: Made by `migrate`.
            max_in_flight: Statements sent at one time; sixteen times as many may wait.

        Raises:
            KeyspaceMissing: The keyspace does not exist yet, or no more.
            Unavailable: Nobody answered.
            DeadlineExceeded: Nobody answered in time.
        """
        abandoned = threading.Event()

        def open_unless_abandoned() -> tuple[Cluster, Session]:
            cluster, session = open_cluster(contact_points, keyspace)
            if abandoned.is_set():
                cluster.shutdown()
            return cluster, session

        try:
            cluster, session = await asyncio.to_thread(open_unless_abandoned)
        except asyncio.CancelledError:
            abandoned.set()
            raise
        except KanvasError:
            metrics.connect_failures.inc()
            raise
        except Exception as error:
            metrics.connect_failures.inc()
            raise translate(error) from error
        return cls(cluster, session, max_in_flight)

    async def prepare(self, cql: str) -> Prepared:
        """Prepare a SELECT, or an INSERT, UPDATE or DELETE `USING TIMESTAMP ?` or with `IF`.

        Raises:
            ValueError: It is another kind of statement; see `statements`.
            StatementRefused: Cassandra does not understand it.
            Unavailable: No node can be reached.
            DeadlineExceeded: None answered in time.
        """
        statement = parse_statement(cql)
        try:
            driver = await asyncio.to_thread(self._session.prepare, cql)
        except Exception as error:
            raise translate(error) from error
        names = [column.name for column in driver.column_metadata]
        columns = [name for _, _, name, _ in driver.result_metadata or ()]
        row = namedtuple("Row", columns, rename=True)  # type: ignore[misc]  # noqa: PYI024
        return Prepared(
            statement=statement,
            driver=driver,
            parameters=len(names) - statement.writes,
            timestamp_index=names.index(_TIMESTAMP_MARKER) if statement.writes else None,
            row=row._make,
        )

    async def execute(
        self,
        prepared: Prepared,
        params: Sequence[object] = (),
        *,
        timestamp: int | None = None,
        timeout: float = 2.0,
    ) -> list[Row]:
        """Run a statement and return its rows, at most 5,000.

        A cancelled call is not undone: the statement may still take effect.

        Args:
            prepared: Of this session.
            params: One for each `?`, in order, but for that of the timestamp. Explicit `None`
                writes null; there is no leaving out.
            timestamp: Position that decides between writes; for writes, and only for them.
            timeout: Seconds, waiting for room included.

        Raises:
            ValueError: The parameters or the timestamp do not fit the statement, or it has a
                condition; see `apply`.
            Unavailable: Cassandra cannot answer now; repeat.
            DeadlineExceeded: It did not in time; repeat.
            Overloaded: Too many statements wait already.
            StatementRefused: Cassandra refuses it, for good.
            Internal: There are more rows; `page` reads them.
        """
        if prepared.statement.conditional:
            raise ValueError(f"{prepared.statement.label} has a condition: apply it")
        bound = _bind(prepared, params, timestamp, _MOST_ROWS)
        rows, paging_state = await self._send(prepared, bound, None, timeout)
        if paging_state is not None:
            raise Internal(f"{prepared.statement.label} has more than {_MOST_ROWS} rows.")
        return [prepared.row(row) for row in rows]

    async def apply(
        self, prepared: Prepared, params: Sequence[object], *, timeout: float = 2.0
    ) -> bool:
        """Run a write with a condition; return whether the condition held and it was written.

        After an error it may have been written, now or a moment later.

        Raises:
            KanvasError: What `execute` raises.
        """
        if not prepared.statement.conditional:
            raise ValueError(f"{prepared.statement.label} has no condition: execute it")
        bound = _bind(prepared, params, None, _MOST_ROWS)
        rows, _ = await self._send(prepared, bound, None, timeout)
        return bool(rows[0][0])

    async def page(
        self,
        prepared: Prepared,
        params: Sequence[object] = (),
        *,
        page_size: int,
        paging_state: bytes | None = None,
        timeout: float = 2.0,
    ) -> RowPage:
        """Run a SELECT and return its first page, or the one that `paging_state` begins.

        A page may be shorter than `page_size` and not be the last.

        Raises:
            KanvasError: What `execute` raises.
        """
        bound = _bind(prepared, params, None, page_size)
        rows, following = await self._send(prepared, bound, paging_state, timeout)
        return RowPage([prepared.row(row) for row in rows], following)

    async def close(self) -> None:
        """Close all connections; statements in flight end as `Unavailable`."""
        await asyncio.to_thread(self._cluster.shutdown)

    async def _send(
        self, prepared: Prepared, bound: Any, paging_state: bytes | None, timeout: float
    ) -> tuple[Sequence[Sequence[object]], bytes | None]:
        started = time.monotonic()
        outcome = "CANCELLED"
        try:
            await self._take_room(timeout)
            left = timeout - (time.monotonic() - started)
            answer = await self._answer(bound, paging_state, left)
            outcome = "OK"
        except KanvasError as error:
            outcome = error.status
            raise
        finally:
            metrics.statement_seconds.labels(prepared.statement.label, outcome).observe(
                time.monotonic() - started
            )
        return answer

    async def _take_room(self, timeout: float) -> None:
        if self._waiting >= self._most_waiting:
            raise Overloaded("Too many statements wait for Cassandra.", retry_after=_RETRY_AFTER)
        self._waiting += 1
        metrics.waiting.inc()
        try:
            async with asyncio.timeout(timeout):
                await self._room.acquire()
        except TimeoutError:
            raise DeadlineExceeded("There was no room to ask Cassandra in time.") from None
        finally:
            self._waiting -= 1
            metrics.waiting.dec()
        metrics.in_flight.inc()

    def _give_room(self) -> None:
        metrics.in_flight.dec()
        self._room.release()

    async def _answer(
        self, bound: Any, paging_state: bytes | None, timeout: float
    ) -> tuple[Sequence[Sequence[object]], bytes | None]:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Sequence[Sequence[object]]] = loop.create_future()

        # The room is given back when the driver is done, not when the caller is: a call that was
        # cancelled still holds a stream id.
        def done(rows: Sequence[Sequence[object]] | None, error: Exception | None) -> None:
            self._give_room()
            if answered.done():
                return
            if error is not None:
                answered.set_exception(translate(error))
            else:
                answered.set_result(rows or ())

        try:
            response: ResponseFuture = self._session.execute_async(
                bound, timeout=timeout, paging_state=paging_state
            )
        except Exception as error:
            self._give_room()
            raise translate(error) from error
        response.add_callbacks(
            lambda rows: _hand_over(loop, done, rows, None),
            lambda error: _hand_over(loop, done, None, error),
        )
        try:
            async with asyncio.timeout(timeout + _DRIVER_GRACE):
                rows = await answered
        except TimeoutError:
            raise DeadlineExceeded("The Cassandra driver did not answer.") from None
        return rows, ResultSet(response, rows).paging_state


async def connect_when_up(
    contact_points: Sequence[tuple[str, int]],
    keyspace: str,
    *,
    clock: Clock,
    to_migrate: str,
    max_in_flight: int = 256,
) -> CassandraSession:
    """Connect, however long Cassandra and its keyspace take to be there.

    Pauses between attempts grow from 0.25 s to 5 s. `to_migrate` is the command that makes the
    keyspace: the log tells it where that is missing.
    """
    backoff = Backoff(clock, first=_FIRST_PAUSE)
    while True:
        try:
            return await CassandraSession.connect(
                contact_points, keyspace, max_in_flight=max_in_flight
            )
        except KeyspaceMissing:
            _log.warning(f"the keyspace {keyspace} is missing: run {to_migrate}")
        except (Unavailable, DeadlineExceeded) as error:
            _log.warning("waiting for Cassandra", reason=error.message)
        await backoff.pause()


def _hand_over(
    loop: asyncio.AbstractEventLoop,
    done: Callable[[Any, Exception | None], None],
    rows: Any,
    error: Exception | None,
) -> None:
    loop.call_soon_threadsafe(done, rows, error)


def _bind(
    prepared: Prepared, params: Sequence[object], timestamp: int | None, fetch_size: int
) -> Any:
    label = prepared.statement.label
    if len(params) != prepared.parameters:
        raise ValueError(f"{label} takes {prepared.parameters} parameters, not {len(params)}")
    values = list(params)
    if prepared.timestamp_index is not None:
        if timestamp is None or timestamp <= 0:
            raise ValueError(f"{label} needs a timestamp, a position above 0")
        values.insert(prepared.timestamp_index, timestamp)
    elif timestamp is not None:
        raise ValueError(f"{label} takes no timestamp")
    bound = prepared.driver.bind(values)
    bound.fetch_size = fetch_size
    return bound
