"""The database goes away and comes back: the memory answers, and nothing is lost."""

import asyncio
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kanvas.timeline.v1 import service_pb2 as pb
from kanvas_platform.errors import Unavailable
from kanvas_platform.rpc.client import RpcClient
from tests.patience import until
from tests.patient_client import connect
from tests.ports import free_base

from .fleet import SMALL_MEMORY, Fleet, SocialGraph, Someone

pytestmark = pytest.mark.long(seconds=60)

FLUSHES = 'kanvas_state_flushes_total{reader="timeline-replica",result="written"}'
RECORDS = 'kanvas_log_records_total{reader="timeline-replica",topic="kanvas.feed.v1"}'


class Wire:
    """A way to the database that can be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = free_base()

    async def connect(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection(*self._target)
        self._open |= {back, forth}
        if self._server is None or not self._server.is_serving():  # cut meanwhile
            back.transport.abort()
        await asyncio.gather(self._pump(near, forth), self._pump(far, back))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            return  # cut
        finally:
            self._open.discard(sink)
            sink.close()


@pytest.fixture
async def wire(fleet: Fleet) -> AsyncIterator[Wire]:
    wire = Wire(*fleet.stack.cassandra)
    await wire.connect()
    yield wire
    wire.cut()


async def home_page(reader: Someone, **fields: Any) -> pb.ListHomeFeedResponse:
    """Return a page as far as it can be read now; an instance that is behind is asked again."""
    request = pb.ListHomeFeedRequest(page_size=10, **fields)
    while True:
        try:
            return await reader.client.call(
                reader.stub.ListHomeFeed, request, identity=reader.id, attempts=1
            )
        except Unavailable as error:
            if error.reason != "NOT_FRESH":
                raise
            await asyncio.sleep(0.1)


async def pages(reader: Someone) -> list[str]:
    """Return a home feed in small pages, as far as it can be read without any waiting."""
    # The channel learns that an instance serves a moment after the instance does.
    await reader.audience()
    found: list[str] = []
    cursor = ""
    while True:
        page = await home_page(reader, cursor=cursor)
        found += [view.post.id for view in page.views]
        cursor = page.next_cursor
        if not cursor:
            return found


async def test_the_memory_answers_meanwhile(
    fleet: Fleet, anyone: RpcClient, social_graph: SocialGraph, wire: Wire
) -> None:
    star, fan = await social_graph.people(2, anyone)
    made = [await star.publish() for _ in range(120)]
    posts = [each.view.post.id for each in made]
    process = fleet.add(recent_bytes=SMALL_MEMORY)
    process.environment["KANVAS_CASSANDRA"] = f"127.0.0.1:{wire.port}"
    process.start()
    await asyncio.to_thread(process.wait_until_ready)
    client = connect(process.grpc)
    reader = fan.through(client)
    await until(partial(process.materialised, made[-1].position))
    assert await pages(reader) == posts[::-1]

    wire.cut()
    posts += [(await star.publish()).view.post.id for _ in range(3)]
    newest = await fan.through(client).get(posts[-1])
    page = await home_page(reader, at_least=newest.position)
    assert [view.post.id for view in page.views] == posts[:-11:-1]
    with pytest.raises(Unavailable) as caught:
        await pages(reader)
    assert caught.value.reason == "HISTORY_UNAVAILABLE"
    assert caught.value.retry_after > 0

    await wire.connect()

    async def whole_again() -> bool:
        try:
            return await pages(reader) == posts[::-1]
        except Unavailable:
            return False

    await until(whole_again)
    await client.close()
    process.end(signal.SIGKILL)
    fleet.processes.remove(process)


async def test_an_instance_starts_without_it(
    fleet: Fleet, anyone: RpcClient, social_graph: SocialGraph, wire: Wire
) -> None:
    star, fan = await social_graph.people(2, anyone)
    made = [await star.publish() for _ in range(5)]
    posts = [each.view.post.id for each in made]
    wire.cut()
    process = fleet.add()
    process.environment["KANVAS_CASSANDRA"] = f"127.0.0.1:{wire.port}"
    process.start()
    await asyncio.to_thread(process.wait_until_ready)
    client = connect(process.grpc)
    assert await pages(fan.through(client)) == posts[::-1]
    assert process.metric("kanvas_timeline_materialised_position") == 0

    await wire.connect()
    await until(partial(process.materialised, made[-1].position))
    await client.close()
    process.end(signal.SIGKILL)
    fleet.processes.remove(process)


async def test_one_that_was_killed_reads_on_from_its_folder_without_it(
    fleet: Fleet, anyone: RpcClient, social_graph: SocialGraph, wire: Wire, tmp_path: Path
) -> None:
    star, fan = await social_graph.people(2, anyone)
    posts = [(await star.publish()).view.post.id for _ in range(5)]
    process = fleet.add()
    process.environment["KANVAS_CASSANDRA"] = f"127.0.0.1:{wire.port}"
    process.environment["KANVAS_STATE_FOLDER"] = str(tmp_path)
    process.start()
    await asyncio.to_thread(process.wait_until_ready)
    client = connect(process.grpc)
    reader = fan.through(client)
    assert await pages(reader) == posts[::-1]
    await until(partial(process.shows, FLUSHES, 1))
    folded = process.metric(RECORDS)

    wire.cut()
    process.end(signal.SIGKILL)
    process.start()
    await asyncio.to_thread(process.wait_until_ready)
    assert await pages(reader) == posts[::-1]
    assert process.metric(RECORDS) < folded
    posts.append((await star.publish()).view.post.id)
    newest = await reader.get(posts[-1])
    page = await home_page(reader, at_least=newest.position)
    assert [view.post.id for view in page.views] == posts[::-1]
    await client.close()
    process.end(signal.SIGKILL)
    fleet.processes.remove(process)
