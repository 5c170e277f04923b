"""Instances are killed and stopped; memory and views give one answer."""

import asyncio
import signal
from contextlib import suppress
from functools import partial

import pytest

from kanvas_platform.clock import SystemClock
from kanvas_platform.errors import NotFresh
from kanvas_platform.rpc.client import RpcClient
from kanvas_timeline.adapters.cassandra_store import CassandraFeedStore
from kanvas_timeline.bootstrap import assemble
from kanvas_timeline.list_feeds import PageRequest, list_home_feed
from tests.patience import PATIENCE_SECONDS, until
from tests.patient_client import connect

from .fleet import LEADS_METRIC, SMALL_MEMORY, Fleet, SocialGraph, Someone

WRITERS = 4


class Publishing:
    """Some people who publish without pause, until they are told to stop."""

    def __init__(self, people: list[Someone]) -> None:
        self.acknowledged: dict[str, int] = {}
        self._stopping = False
        self._tasks = [asyncio.create_task(self._publish(one)) for one in people]

    async def _publish(self, someone: Someone) -> None:
        while not self._stopping:
            made = await someone.publish()
            post_id = made.view.post.id
            assert post_id not in self.acknowledged
            self.acknowledged[post_id] = made.position

    async def go_on(self) -> None:
        """Return once more are acknowledged than were under way."""
        enough = len(self.acknowledged) + 2 * len(self._tasks)
        while len(self.acknowledged) < enough:
            done = [task for task in self._tasks if task.done()]
            await asyncio.gather(*done)  # tells why nobody publishes any more
            await asyncio.sleep(0.05)

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
    await publishing.go_on()
    lost = await asyncio.to_thread(fleet.leader)
    (other,) = (process for process in fleet.processes if process is not lost)
    lost.send(number)
    await until(partial(other.shows, LEADS_METRIC, 1))
    await publishing.go_on()
    if number is signal.SIGKILL:
        assert lost.running is not None
        lost.running.wait(timeout=PATIENCE_SECONDS)
        lost.start()
    else:
        lost.send(signal.SIGCONT)
    await asyncio.to_thread(lost.wait_until_ready)
    await publishing.go_on()
    await publishing.stop()

    newest = max(publishing.acknowledged.values())
    assert len(set(publishing.acknowledged.values())) == len(publishing.acknowledged)
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
    await until(partial(small.shows, "kanvas_timeline_recent_floor_position", posts[51].position))

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
        await core.log.replica.wait_for(at_least, PATIENCE_SECONDS)

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
