"""Views are emptied, dropped and replaced by an older copy while the instances run.

Nobody restarts anything. Whoever reads meanwhile gets everything, or is told that it cannot be
read; and afterwards everything is there, also for instances that start anew.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from cassandra.cluster import Session
from cassandra.query import named_tuple_factory

from kanvas.timeline.v1 import service_pb2 as pb
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.errors import Unavailable
from kanvas_platform.rpc.client import RpcClient
from kanvas_timeline.adapters.cassandra_store import VIEWS
from tests.patience import until
from tests.patient_client import connect

from .conftest import migrate
from .fleet import SMALL_MEMORY, Fleet, Process, SocialGraph
from .reader import Reader

pytestmark = pytest.mark.long(seconds=60)

POSTS = 150

Copy = dict[str, list[Any]]


class Tables:
    """What an operator, or a mishap, does to the tables. Blocks."""

    def __init__(self, fleet: Fleet, session: Session) -> None:
        self.fleet = fleet
        self.session = session

    def empty(self, *tables: str) -> None:
        for table in tables:
            self.session.execute(f"TRUNCATE {self.fleet.keyspace}.{table}", timeout=60)

    def drop(self) -> None:
        self.session.execute(f"DROP KEYSPACE {self.fleet.keyspace}", timeout=60)

    def copy(self) -> Copy:
        return {
            table: [row._asdict() for row in self.session.execute(self._named(table), timeout=60)]
            for table in VIEWS
        }

    def lives(self) -> set[object]:
        return {row["life"] for rows in self.copy().values() for row in rows if row["life"]}

    def restore(self, copy: Copy) -> None:
        """Put a copy in place: the rows with the times of their records, and then the marks."""
        self.empty(*VIEWS)
        rows = [(table, row) for table, rows in copy.items() for row in rows]
        for table, row in sorted(rows, key=lambda each: each[1]["life"] is not None):
            filled = {name: value for name, value in row.items() if value is not None}
            columns, holders = ", ".join(filled), ", ".join(["%s"] * len(filled))
            using = "" if "life" in filled else " USING TIMESTAMP 1"
            insert = f"INSERT INTO {self.fleet.keyspace}.{table} ({columns}) VALUES ({holders})"  # noqa: S608 - names of ours
            self.session.execute(insert + using, list(filled.values()), timeout=60)

    def _named(self, table: str) -> str:
        return f"SELECT * FROM {self.fleet.keyspace}.{table}"  # noqa: S608 - a name of ours


@pytest.fixture(scope="module")
def tables(fleet: Fleet) -> Iterator[Tables]:
    cluster, session = open_cluster([fleet.stack.cassandra], None)
    cluster.profile_manager.default.row_factory = named_tuple_factory
    yield Tables(fleet, session)
    cluster.shutdown()


@pytest.fixture(scope="module")
def small(fleet: Fleet) -> Iterator[list[Process]]:
    """Two more instances, whose memory holds the newest posts only."""
    processes = [fleet.add(recent_bytes=SMALL_MEMORY) for _ in range(2)]
    for process in processes:
        process.start()
    yield processes
    for process in processes:
        process.end(signal.SIGKILL)
        fleet.processes.remove(process)


def emptied(*views: str) -> Callable[[Tables, Copy], None]:
    def mishap(tables: Tables, _copy: Copy) -> None:
        tables.empty(*views)

    return mishap


def replaced(tables: Tables, copy: Copy) -> None:
    tables.restore(copy)


def dropped(tables: Tables, _copy: Copy) -> None:
    tables.drop()
    migrate(tables.fleet)


MISHAPS = {
    "all are emptied": emptied(*VIEWS),
    **{f"{view} is emptied": emptied(view) for view in VIEWS},
    "an older copy": replaced,
    "dropped and made anew": dropped,
}


@pytest.mark.parametrize("mishap", MISHAPS)
async def test_they_are_written_again(
    small: list[Process],
    anyone: RpcClient,
    social_graph: SocialGraph,
    tables: Tables,
    mishap: str,
) -> None:
    star, fan = await social_graph.people(2, anyone)
    made = [await star.publish() for _ in range(POSTS // 2)]
    for process in small:
        await asyncio.to_thread(process.wait_until_ready)
        await until_reached(process, made[-1].position)
    copy = await asyncio.to_thread(tables.copy)
    made += [await star.publish() for _ in range(POSTS - len(made))]
    posts = [each.view.post.id for each in made][::-1]
    readers = []
    for process in small:
        await until_reached(process, made[-1].position)
        await until(
            partial(process.shows, "kanvas_timeline_recent_floor_position", made[1].position)
        )
        readers.append(Reader(fan.through(connect(process.grpc)), posts))
    for reader in readers:
        await until(reader.whole)
        reader.refusals = 0

    await asyncio.to_thread(MISHAPS[mishap], tables, copy)
    for reader in readers:
        await until(reader.whole)
        await reader.stop()
    assert sum(reader.refusals for reader in readers) > 0, "nobody read meanwhile"
    for process in small:
        await until_reached(process, made[-1].position)
        await until(partial(process.shows, "kanvas_timeline_views_whole", 1))

    # It is no answer of the memory: instances that start anew have none of it.
    made.append(await star.publish())
    posts = [made[-1].view.post.id, *posts]
    for process in small:
        process.end(signal.SIGKILL)
        process.start()
        await asyncio.to_thread(process.wait_until_ready)
        await until_reached(process, made[-1].position)
        client = connect(process.grpc)
        reader = Reader(fan.through(client), posts)
        await until(reader.whole)
        found = await fan.through(client).get(posts[-1])
        assert found.view.post.id == posts[-1]
        await reader.stop()


def test_migrating_gives_each_view_a_mark_once(fleet: Fleet, tables: Tables) -> None:
    alone = replace(fleet, keyspace=f"{fleet.keyspace}_alone", processes=[])
    own = Tables(alone, tables.session)
    try:
        migrate(alone)
        first = own.lives()
        assert len(first) == len(VIEWS)
        migrate(alone)
        assert own.lives() == first
    finally:
        own.drop()


async def test_a_missing_keyspace_is_named_and_old_posts_are_not_denied(
    small: list[Process],
    anyone: RpcClient,
    social_graph: SocialGraph,
    tables: Tables,
) -> None:
    fleet = tables.fleet
    star, fan = await social_graph.people(2, anyone)
    made = [await star.publish() for _ in range(POSTS)]
    process = small[0]
    await until_reached(process, made[-1].position)
    client = connect(process.grpc)
    reader = fan.through(client)

    await asyncio.to_thread(tables.drop)

    async def named() -> bool:
        log = await asyncio.to_thread(process.log.read_text)
        return f"the keyspace {fleet.keyspace} is missing: run `python -m kanvas_timeline" in log

    await until(named)
    with pytest.raises(Unavailable) as caught:
        await client.call(
            reader.stub.GetPost,
            pb.GetPostRequest(post_id=made[0].view.post.id),
            identity=fan.id,
            attempts=1,
        )
    assert caught.value.reason == "HISTORY_UNAVAILABLE"
    made.append(await star.publish())  # posts are taken meanwhile

    await asyncio.to_thread(migrate, fleet)
    whole = Reader(reader, [each.view.post.id for each in made][::-1])
    await until(whole.whole)
    await whole.stop()


async def until_reached(process: Process, position: int) -> None:
    async def reached() -> bool:
        return await process.materialised(position)

    await until(reached)
