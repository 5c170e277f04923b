"""The stores that the contract is tested on: the double, and the one on Cassandra."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

import kanvas_timeline
from kanvas_local.stack import Stack
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.cassandra.migrations import migrate
from kanvas_platform.clock import SystemClock
from kanvas_timeline.adapters.cassandra_store import CassandraFeedStore
from kanvas_timeline.domain.generations import FIRST
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore, GenerationStore
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from kanvas_timeline.testing.memory_tables import MemoryTables

SCHEMA = Path(kanvas_timeline.__file__).parent / "schema"
REPLICATION: dict[str, str | int] = {"class": "SimpleStrategy", "replication_factor": 1}


@pytest.fixture(scope="module")
def keyspace(stack: Stack) -> Iterator[str]:
    """Make a keyspace with the schema; it is dropped after the tests of a module."""
    name = f"test_{secrets.token_hex(6)}"
    with ThreadPoolExecutor() as pool:  # a loop is running already where an async fixture asks
        pool.submit(asyncio.run, _migrate(stack, name)).result()
    yield name
    cluster, session = open_cluster([stack.cassandra], None)
    session.execute(f"DROP KEYSPACE IF EXISTS {name}", timeout=60)
    cluster.shutdown()


async def _migrate(stack: Stack, keyspace: str) -> None:
    await migrate([stack.cassandra], keyspace, SCHEMA, replication=REPLICATION)


@pytest.fixture(params=["memory", pytest.param("cassandra", marks=pytest.mark.servers)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[FeedStore]:
    """Return a store that other tests have written to as well: ids and positions must be new."""
    if request.param == "memory":
        yield MemoryFeedStore()
        return
    stack: Stack = request.getfixturevalue("stack")
    keyspace: str = request.getfixturevalue("keyspace")
    store = CassandraFeedStore(
        contact_points=[stack.cassandra], keyspace=keyspace, clock=SystemClock()
    )
    running = asyncio.create_task(store.run())
    await _connected(store, running)
    yield store
    running.cancel()
    with suppress(asyncio.CancelledError):  # canceled the line before
        await running


@pytest.fixture(params=["memory", pytest.param("cassandra", marks=pytest.mark.servers)])
async def first(request: pytest.FixtureRequest) -> AsyncIterator[GenerationStore]:
    """Return the first generation, of which nothing is told yet."""
    if request.param == "memory":
        store: GenerationStore = MemoryTables().open(FIRST)
    else:
        stack: Stack = request.getfixturevalue("stack")
        keyspace: str = request.getfixturevalue("keyspace")
        store = CassandraFeedStore(
            contact_points=[stack.cassandra], keyspace=keyspace, clock=SystemClock()
        )
    running = asyncio.create_task(store.run())
    await _connected(store, running)
    yield store
    running.cancel()
    with suppress(asyncio.CancelledError):  # canceled the line before
        await running


async def _connected(store: FeedStore, running: asyncio.Task[None]) -> None:
    while not running.done():
        with suppress(HistoryUnavailable):  # it has not connected yet
            await store.marks(timeout=5.0)
            break
        await asyncio.sleep(0.05)


@pytest.fixture
def empty(store: FeedStore, request: pytest.FixtureRequest) -> Callable[[str], Awaitable[None]]:
    """Take all rows of a view away."""

    async def take_away(view: str) -> None:
        if isinstance(store, MemoryFeedStore):
            store.empty(view)
            return
        stack: Stack = request.getfixturevalue("stack")
        await asyncio.to_thread(_truncate, stack, request.getfixturevalue("keyspace"), view)

    return take_away


def _truncate(stack: Stack, keyspace: str, table: str) -> None:
    cluster, session = open_cluster([stack.cassandra], keyspace)
    session.execute(f"TRUNCATE {table}", timeout=60)
    cluster.shutdown()
