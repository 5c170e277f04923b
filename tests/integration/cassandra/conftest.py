"""A keyspace of its own for each test, on the stack's Cassandra."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kanvas_local.stack import Stack
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.cassandra.migrations import migrate
from kanvas_platform.cassandra.session import CassandraSession

REPLICATION: dict[str, str | int] = {"class": "SimpleStrategy", "replication_factor": 1}
POSTS = """
    CREATE TABLE IF NOT EXISTS posts (
        author text, position bigint, caption text, picture blob,
        PRIMARY KEY (author, position)
    ) WITH CLUSTERING ORDER BY (position DESC);
"""


@pytest.fixture
def keyspace(stack: Stack) -> Iterator[str]:
    """Give a name that no other test uses; its keyspace, if any, is dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    yield name
    cluster, session = open_cluster([stack.cassandra], None)
    session.execute(f"DROP KEYSPACE IF EXISTS {name}", timeout=60)
    cluster.shutdown()


@pytest.fixture
async def cassandra(stack: Stack, keyspace: str, tmp_path: Path) -> AsyncIterator[CassandraSession]:
    """Give a session in a keyspace with a table of posts."""
    await asyncio.to_thread((tmp_path / "0001_posts.cql").write_text, POSTS)
    await migrate([stack.cassandra], keyspace, tmp_path, replication=REPLICATION)
    session = await CassandraSession.connect([stack.cassandra], keyspace, max_in_flight=8)
    yield session
    await session.close()
