"""Two instances of the timeline with topics and views of their own, on the stack's servers."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest

from kanvas_local.stack import Stack
from kanvas_local.topics import TOPICS, ensure_topics
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.rpc.client import RpcClient
from tests.patience import PATIENCE_SECONDS
from tests.patient_client import connect

from .fleet import SCRIPT, Fleet, SocialGraph


@pytest.fixture(scope="module")
def fleet(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    token = secrets.token_hex(6)
    fleet = Fleet(
        stack=stack,
        prefix=f"test-{token}.",
        keyspace=f"test_{token}",
        folder=tmp_path_factory.mktemp("timeline"),
    )
    topics = {fleet.prefix + name: settings for name, settings in TOPICS.items()}
    asyncio.run(ensure_topics(stack.kafka, topics))
    migrate(fleet)
    for _ in range(2):
        fleet.add().start()
    for process in fleet.processes:
        process.wait_until_ready()
    fleet.leader()
    yield fleet
    for process in fleet.processes:
        if process.running is not None and process.running.poll() is None:
            process.end(signal.SIGKILL)
    _drop(fleet)


@pytest.fixture
async def clients(fleet: Fleet) -> AsyncIterator[list[RpcClient]]:
    """Give a connection to each of the first two instances."""
    clients = [connect(process.grpc) for process in fleet.processes[:2]]
    yield clients
    for client in clients:
        await client.close()


@pytest.fixture
async def anyone(fleet: Fleet) -> AsyncIterator[RpcClient]:
    """Give a connection to both, as the gateway has it."""
    client = connect(",".join(process.grpc for process in fleet.processes[:2]))
    yield client
    await client.close()


@pytest.fixture
def social_graph(fleet: Fleet) -> SocialGraph:
    return SocialGraph(fleet)


def migrate(fleet: Fleet) -> None:
    """Make the keyspace and its tables, where they are missing."""
    environment = fleet.environment("migrate", "127.0.0.1:1", "127.0.0.1:1")
    subprocess.run(
        [sys.executable, str(SCRIPT), "migrate"],
        env={**os.environ, **environment},
        check=True,
        timeout=PATIENCE_SECONDS,
    )


def _drop(fleet: Fleet) -> None:
    cluster, session = open_cluster([fleet.stack.cassandra], None)
    for keyspace in list(cluster.metadata.keyspaces):
        if keyspace == fleet.keyspace or keyspace.startswith(f"{fleet.keyspace}_"):
            session.execute(f"DROP KEYSPACE IF EXISTS {keyspace}", timeout=60)
    cluster.shutdown()
