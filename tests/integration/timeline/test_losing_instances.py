"""Instances are killed and stopped; memory and views give one answer."""

import asyncio
import logging
import signal
import time
from contextlib import suppress
from functools import partial

import pytest

from kanvas_platform.clock import SystemClock
from kanvas_platform.errors import NotFresh
from kanvas_platform.rpc.client import RpcClient, connect
from kanvas_timeline.adapters.cassandra_store import CassandraFeedStore
from kanvas_timeline.bootstrap import assemble
from kanvas_timeline.list_feeds import PageRequest, list_home_feed

from .fleet import SMALL_MEMORY, Fleet, SocialGraph, Someone, until

WRITERS = 4
_log = logging.getLogger(__name__)


class Publishing:
    """Some people who publish without pause, until they are told to stop."""

    def __init__(self, people: list[Someone]) -> None:
        self.acknowledged: dict[str, int] = {}
        self.longest_pause = 0.0
        self._last = time.monotonic()
        self._stopping = False
        self._tasks = [asyncio.create_task(self._publish(one)) for one in people]

    async def _publish(self, someone: Someone) -> None:
        while not self._stopping:
            made = await someone.publish()
            post_id = made.view.post.id
            assert post_id not in self.acknowledged
            self.acknowledged[post_id] = made.position
            now = time.monotonic()
            self.longest_pause = max(self.longest_pause, now - self._last)
            self._last = now

    async def stop(self) -> None:
        self._stopping = True
        await asyncio.gather(*self._tasks)

    @property
    def newest_first(self) -> list[str]:
        return sorted(self.acknowledged, key=self.acknowledged.__getitem__, reverse=True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_leader_is_lost(
    fleet: Fleet,
    anyone: RpcClient,
    social_graph: SocialGraph,
    number: signal.Signals,
) -> None:
    star, *others = await social_graph.people(1 + WRITERS, anyone)
    publishing = Publishing([star] * WRITERS)
    await asyncio.sleep(1.0)
    lost = await asyncio.to_thread(fleet.leader)
    lost.send(number)
    await asyncio.sleep(8.0)
    if number is signal.SIGKILL:
        assert lost.running is not None
        lost.running.wait(timeout=10)
        lost.start()
    else:
        lost.send(signal.SIGCONT)
    await asyncio.to_thread(lost.wait_until_ready)
    await asyncio.sleep(1.0)
    await publishing.stop()

    newest = max(publishing.acknowledged.values())
    _log.info(
        "%d posts, longest pause %.2f s", len(publishing.acknowledged), publishing.longest_pause
    )
    assert len(set(publishing.acknowledged.values())) == len(publishing.acknowledged)
    assert publishing.longest_pause < 6.0
    for process in fleet.processes[:2]:
        client = connect(process.grpc)
        for reader in others[:2]:
            home = await reader.through(client).home(at_least=newest)
            assert home == publishing.newest_first
        await client.close()


async def test_memory_and_views_give_one_answer(
    fleet: Fleet, anyone: RpcClient, social_graph: SocialGraph
) -> None:
    ada, bob = await social_graph.people(2, anyone)
    posts = [await ada.publish() for _ in range(150)]
    for made in posts[::10]:
        await ada.delete(made.view.post.id)
    newest = await ada.delete(posts[1].view.post.id)
    small = fleet.add(recent_bytes=SMALL_MEMORY)
    small.start()
    await asyncio.to_thread(small.wait_until_ready)
    await until(partial(small.materialised, newest))
    assert small.metric("kanvas_timeline_recent_floor_position") > posts[50].position

    mixed = connect(small.grpc)
    from_memory = await bob.home(at_least=newest, page_size=13)
    from_both = await bob.through(mixed).home(at_least=newest, page_size=13)
    from_views = await _home_from_views(fleet, bob, newest)
    await mixed.close()

    gone = {made.view.post.id for made in posts[::10]} | {posts[1].view.post.id}
    expected = [made.view.post.id for made in posts[::-1] if made.view.post.id not in gone]
    assert from_memory == expected
    assert from_both == expected
    assert from_views == expected
    small.end(signal.SIGTERM)
    fleet.processes.remove(small)


async def _home_from_views(fleet: Fleet, reader: Someone, at_least: int) -> list[str]:
    """Serve the home feed of an instance whose memory forgets everything at once."""
    clock, broker = SystemClock(), fleet.broker()
    store = CassandraFeedStore(
        contact_points=[fleet.stack.cassandra], keyspace=fleet.keyspace, clock=clock
    )
    core = assemble(broker=broker, store=store, clock=clock, address="127.0.0.1:1", recent_bytes=0)
    replica, materialiser, *_ = core.components
    running = [asyncio.create_task(part.run()) for part in (store, replica, materialiser)]
    try:
        await core.log.replica.wait_for(at_least, 30.0)

        async def materialised() -> bool:
            return core.log.replica.state.recent.materialised >= at_least

        await until(materialised)
        assert not core.log.replica.state.posts
        found: list[str] = []
        cursor = ""
        while True:
            request = PageRequest(13, cursor, at_least)
            try:
                page = await list_home_feed(reader.id, request, sources=core.sources, timeout=20.0)
            except NotFresh as busy:  # the machine was; a caller asks again
                await asyncio.sleep(busy.retry_after)
                continue
            found += [view.post.id for view in page.posts]
            cursor = page.next_cursor
            if not cursor:
                return found
    finally:
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):  # canceled the line before
                await task
        await broker.close()
