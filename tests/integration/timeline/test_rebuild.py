"""All views are made anew while people read and post; the command is killed and run again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from cassandra.cluster import Session

from kanvas.timeline.v1 import service_pb2 as pb
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.rpc.client import RpcClient
from kanvas_timeline.domain.generations import FIRST, keyspace_of
from tests.patience import PATIENCE_SECONDS, until
from tests.patient_client import connect

from .fleet import SCRIPT, SMALL_MEMORY, Fleet, Process, SocialGraph, Someone
from .reader import Reader

pytestmark = pytest.mark.long(seconds=200)

POSTS = 150
COMMAND_SECONDS = 2 * PATIENCE_SECONDS
"""A rebuild leaves the old generation for most of a minute."""

Line = tuple[str, int]


@pytest.fixture
def session(fleet: Fleet) -> Iterator[Session]:
    cluster, session = open_cluster([fleet.stack.cassandra], None)
    yield session
    cluster.shutdown()


@dataclass(frozen=True)
class Scene:
    """A reader of many posts, most of which the instance that answers has in the views only."""

    fleet: Fleet
    session: Session
    instance: Process
    star: Someone
    reading: Someone
    posts: list[str]

    def generations(self) -> tuple[int, int, int]:
        """Return which generation serves, which is being built, and which one retires."""
        table = f"{self.fleet.keyspace}.generations"
        rows = self.session.execute(f"SELECT serving, building, retiring FROM {table}", timeout=60)  # noqa: S608 - a name of ours
        return next(((row[0], row[1], row[2]) for row in rows), (1, 0, 0))

    async def until_building(self, generation: int) -> None:
        async def building() -> bool:
            return (await asyncio.to_thread(self.generations))[1] == generation

        await until(building)

    async def page(self, cursor: str, size: int) -> tuple[list[Line], str]:
        """Return the posts of a page with their positions, and the next cursor."""
        someone = self.reading
        request = pb.ListHomeFeedRequest(page_size=size, cursor=cursor)
        answer = await someone.client.call(someone.stub.ListHomeFeed, request, identity=someone.id)
        return [(view.post.id, view.created_position) for view in answer.views], answer.next_cursor

    async def read_all(self) -> Reader:
        """Return somebody who reads all posts again and again, once they can be read."""
        reader = Reader(self.reading.through(connect(self.instance.grpc)), self.posts)
        await until(reader.whole)
        reader.refusals = 0
        return reader


@pytest.fixture
async def scene(
    fleet: Fleet, anyone: RpcClient, social_graph: SocialGraph, session: Session
) -> AsyncIterator[Scene]:
    star, fan = await social_graph.people(2, anyone)
    made = [await star.publish() for _ in range(POSTS)]
    instance = fleet.add(recent_bytes=SMALL_MEMORY)
    instance.start()
    await asyncio.to_thread(instance.wait_until_ready)

    async def forgotten() -> bool:
        return await instance.shows("kanvas_timeline_recent_floor_position", made[60].position)

    await until(forgotten)
    reading = fan.through(connect(instance.grpc))
    posts = [each.view.post.id for each in made][::-1]
    yield Scene(fleet, session, instance, star, reading, posts)
    await reading.client.close()
    instance.end(signal.SIGKILL)
    fleet.processes.remove(instance)


def command(fleet: Fleet, *words: str) -> subprocess.Popen[str]:
    environment = fleet.environment("operator", "127.0.0.1:1", "127.0.0.1:1")
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


async def done(fleet: Fleet, *words: str) -> str:
    """Run a command to its end, which must be a good one; return what it said."""
    running = command(fleet, *words)
    said, _ = await asyncio.to_thread(running.communicate, timeout=COMMAND_SECONDS)
    assert running.returncode == 0, said
    return said


async def test_answers_stay_the_same_although_it_was_killed_once(scene: Scene) -> None:
    fleet, (serving, _, _) = scene.fleet, scene.generations()
    before, _ = await scene.page("", 100)
    _, cursor = await scene.page("", 50)
    reader = await scene.read_all()

    first = command(fleet, "rebuild", "--records-per-second", "10")
    await scene.until_building(serving + 1)
    first.send_signal(signal.SIGKILL)
    await asyncio.to_thread(first.communicate, timeout=PATIENCE_SECONDS)
    said = await done(fleet, "rebuild")
    assert f"Going on with generation {serving + 1}; {serving} serves." in said
    assert said.endswith(f"Generation {serving} is gone. Done.\n")
    assert scene.generations() == (serving + 1, 0, 0)

    await until(reader.whole)
    await reader.stop()
    assert reader.refusals == 0
    after, _ = await scene.page("", 100)
    assert after == before
    rest, _ = await scene.page(cursor, 50)
    assert rest == before[50:]
    assert "Result: no difference." in await done(fleet, "audit")

    # What comes afterwards is written there.
    made = await scene.star.publish()

    async def written() -> bool:
        return await scene.instance.materialised(made.position)

    await until(written)
    assert "Result: no difference." in await done(fleet, "audit")


async def test_one_that_is_given_up_leaves_what_serves(scene: Scene) -> None:
    serving, _, _ = scene.generations()
    begun = command(scene.fleet, "rebuild", "--records-per-second", "1")
    await scene.until_building(serving + 1)
    begun.send_signal(signal.SIGKILL)
    await asyncio.to_thread(begun.communicate, timeout=PATIENCE_SECONDS)
    said = await done(scene.fleet, "rebuild", "--give-up")
    assert f"Generation {serving + 1} is gone; {serving} serves on." in said
    assert scene.generations() == (serving, 0, 0)
    await (await scene.read_all()).stop()


async def test_everything_is_made_anew_when_everything_was_lost(scene: Scene) -> None:
    before, _ = await scene.page("", 100)
    serving, _, _ = scene.generations()
    for generation in {serving, FIRST}:
        keyspace = keyspace_of(scene.fleet.keyspace, generation)
        scene.session.execute(f"DROP KEYSPACE {keyspace}", timeout=60)
    assert "Done." in await done(scene.fleet, "rebuild")
    await (await scene.read_all()).stop()
    after, _ = await scene.page("", 100)
    assert after == before
    assert "Result: no difference." in await done(scene.fleet, "audit")
