"""A small stack of its own is hurt as machines are hurt, and mends by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from kanvas_local.stack import Stack
from kanvas_local.topics import TOPICS, ensure_topics
from tests.patience import PATIENCE_SECONDS
from tests.ports import FirstPort

_BASE_PORT = FirstPort.RESTART


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Kafka with the product's topics, alone."""
    stack = Stack(tmp_path_factory.mktemp("small"), _BASE_PORT)
    stack.start(["topics"])
    yield stack
    stack.stop()


def test_kafka_comes_back_with_its_topics_after_kill_9(small: Stack) -> None:
    first = small.state.units["kafka"].process
    small.kill("kafka")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (unit := small.state.units["kafka"]).process in (None, first) or unit.phase != "ready":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert unit.restarts == 1


async def test_topics_are_made_once_and_corrected_when_they_differ(small: Stack) -> None:
    assert await ensure_topics(small.kafka) == {}
    name = next(iter(TOPICS))
    larger = {**TOPICS[name].settings, "max.message.bytes": "2097152"}
    differing = {name: replace(TOPICS[name], settings=larger)}
    assert await ensure_topics(small.kafka, differing) == {name: {"max.message.bytes": "1048576"}}
    assert await ensure_topics(small.kafka) == {name: {"max.message.bytes": "2097152"}}
    admin = AIOKafkaAdminClient(bootstrap_servers=small.kafka)
    await admin.start()
    try:
        assert set(TOPICS) <= set(await admin.list_topics())
    finally:
        await admin.close()


async def test_a_start_makes_topics_again_that_were_lost_while_the_stack_runs(
    small: Stack,
) -> None:
    lost = next(iter(TOPICS))
    admin = AIOKafkaAdminClient(bootstrap_servers=small.kafka)
    await admin.start()
    try:
        await admin.delete_topics([lost])
        await _until_gone(admin, lost)
        await asyncio.to_thread(small.start, ["topics"])
        assert lost in await admin.list_topics()
    finally:
        await admin.close()


def test_stop_leaves_no_process_and_start_finds_the_data(small: Stack) -> None:
    pids = [process.pid for process in small.state.processes().values()]
    assert small.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not [p for p in psutil.process_iter() if _is_in(p, small.layout.root)]
    small.start(["kafka"])
    assert (small.layout.data / "kafka" / "kanvas.feed.v1-0").is_dir()


def _is_in(process: psutil.Process, root: Path) -> bool:
    try:
        return any(str(root) in argument for argument in process.cmdline())
    except psutil.NoSuchProcess:
        return False


async def _until_gone(admin: AIOKafkaAdminClient, topic: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if topic not in await admin.list_topics():
                return
            await asyncio.sleep(0.1)
