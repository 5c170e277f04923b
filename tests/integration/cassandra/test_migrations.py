import asyncio
from pathlib import Path

import pytest

from kanvas_local.stack import Stack
from kanvas_platform.cassandra.errors import StatementRefused
from kanvas_platform.cassandra.migrations import MigrationError, migrate
from kanvas_platform.cassandra.session import CassandraSession
from kanvas_platform.errors import Unavailable

from .conftest import REPLICATION

FIRST = "CREATE TABLE IF NOT EXISTS posts (id text PRIMARY KEY, caption text);"
SECOND = """
-- Tags; and a comment with a semicolon.
CREATE TABLE IF NOT EXISTS tags (tag text PRIMARY KEY, note text)
    WITH comment = 'a; b -- no comment';
ALTER TABLE posts ADD IF NOT EXISTS alt_text text;
"""


async def run(stack: Stack, keyspace: str, folder: Path) -> list[str]:
    return await migrate([stack.cassandra], keyspace, folder, replication=REPLICATION)


async def test_scripts_are_applied_once_in_order(
    stack: Stack, keyspace: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_posts.cql").write_text(FIRST)
    assert await run(stack, keyspace, tmp_path) == ["0001_posts.cql"]
    (tmp_path / "0002_tags.cql").write_text(SECOND)
    assert await run(stack, keyspace, tmp_path) == ["0002_tags.cql"]
    assert await run(stack, keyspace, tmp_path) == []

    session = await CassandraSession.connect([stack.cassandra], keyspace)
    await session.prepare("SELECT id, caption, alt_text FROM posts")
    await session.prepare("SELECT tag, note FROM tags")
    await session.close()


async def test_of_two_at_once_one_works_and_the_other_waits(
    stack: Stack, keyspace: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_posts.cql").write_text(FIRST)
    (tmp_path / "0002_tags.cql").write_text(SECOND)

    results = await asyncio.gather(*(run(stack, keyspace, tmp_path) for _ in range(2)))

    assert sorted(results) == [[], ["0001_posts.cql", "0002_tags.cql"]]


async def test_a_script_changed_afterwards_is_refused(
    stack: Stack, keyspace: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_posts.cql").write_text(FIRST)
    await run(stack, keyspace, tmp_path)
    (tmp_path / "0001_posts.cql").write_text(FIRST + "\n")

    with pytest.raises(MigrationError, match=r"0001_posts\.cql was changed"):
        await run(stack, keyspace, tmp_path)


async def test_a_script_that_fails_can_be_mended_and_run_again(
    stack: Stack, keyspace: str, tmp_path: Path
) -> None:
    script = tmp_path / "0001_posts.cql"
    script.write_text(FIRST + "ALTER TABLE nothing ADD IF NOT EXISTS x text;")
    with pytest.raises(StatementRefused):
        await run(stack, keyspace, tmp_path)

    script.write_text(FIRST)
    assert await run(stack, keyspace, tmp_path) == ["0001_posts.cql"]


async def test_nobody_there_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "0001_posts.cql").write_text(FIRST)
    with pytest.raises(Unavailable):
        await migrate([("127.0.0.1", 1)], "kanvas", tmp_path, replication=REPLICATION)
