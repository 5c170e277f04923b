"""Instances of the timeline as processes that tests may kill, and the people who use them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from kanvas.feed.v1.records_pb2 import Visibility
from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas.timeline.v1 import service_pb2 as pb
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_local.stack import Stack
from kanvas_platform.errors import DeadlineExceeded, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.rpc.client import RpcClient
from kanvas_timeline.testing.graph_log import GraphLog
from kanvas_timeline.testing.make import PUBLIC, account_record, create_request, follow_record
from tests.patience import PATIENCE_SECONDS, until
from tests.ports import free_base

from .prefixed_broker import PrefixedBroker

SCRIPT = Path(__file__).with_name("own_instance.py")
SMALL_MEMORY = 1 << 16


@dataclass
class Process:
    """One instance."""

    name: str
    environment: dict[str, str]
    log: Path
    grpc: str
    ops: str
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, str(SCRIPT), "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def ready(self) -> bool:
        assert self.running is not None
        assert self.running.poll() is None, self.log.read_text()[-4000:]
        try:
            with urlopen(f"http://{self.ops}/readyz", timeout=2.0) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.ready():
            assert time.monotonic() < end, self.log.read_text()[-4000:]
            time.sleep(0.3)

    def send(self, number: signal.Signals) -> None:
        assert self.running is not None
        self.running.send_signal(number)

    def end(self, number: signal.Signals) -> int:
        """End the process; return its exit code."""
        assert self.running is not None
        self.running.send_signal(signal.SIGCONT)
        self.running.send_signal(number)
        return self.running.wait(timeout=PATIENCE_SECONDS)

    async def materialised(self, position: int) -> bool:
        return await self.shows("kanvas_timeline_materialised_position", position)

    async def shows(self, metric: str, at_least: float) -> bool:
        return await asyncio.to_thread(self.metric, metric) >= at_least

    def metric(self, name: str) -> float:
        with urlopen(f"http://{self.ops}/metrics", timeout=PATIENCE_SECONDS) as answer:
            text = answer.read().decode()
        # What was never counted has no line.
        lines = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        return float(lines[0].split()[1]) if lines else 0.0


@dataclass
class Fleet:
    """Instances that share topics and a keyspace; the last one has little memory."""

    stack: Stack
    prefix: str
    keyspace: str
    folder: Path
    processes: list[Process] = field(default_factory=list)
    graph: GraphLog = field(default_factory=GraphLog)

    def add(self, *, recent_bytes: int = 64 << 20) -> Process:
        base = free_base(range(2))
        grpc, ops = (f"127.0.0.1:{base + number}" for number in range(2))
        name = f"timeline-{len(self.processes) + 1}"
        environment = {**os.environ, **self.environment(name, grpc, ops)}
        environment["KANVAS_RECENT_BYTES"] = str(recent_bytes)
        process = Process(name, environment, self.folder / f"{name}.log", grpc, ops)
        self.processes.append(process)
        return process

    def environment(self, name: str, grpc: str, ops: str) -> dict[str, str]:
        host, port = self.stack.cassandra
        return {
            "TEST_PREFIX": self.prefix,
            "KANVAS_INSTANCE": name,
            "KANVAS_GRPC_LISTEN": grpc,
            "KANVAS_OPS_LISTEN": ops,
            "KANVAS_KAFKA": self.stack.kafka,
            "KANVAS_CASSANDRA": f"{host}:{port}",
            "KANVAS_CASSANDRA_KEYSPACE": self.keyspace,
            "KANVAS_DRAIN_SECONDS": "3",
        }

    def broker(self) -> PrefixedBroker:
        return PrefixedBroker(KafkaBroker(self.stack.kafka), self.prefix)

    def leader(self) -> Process:
        """Return the leader, once there is one."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            for process in self.processes:
                if process.ready() and process.metric(LEADS_METRIC) == 1:
                    return process
            time.sleep(0.1)
        raise AssertionError("nobody leads")


LEADS_METRIC = 'kanvas_writer_leads{service="timeline"}'


class Someone:
    """A person who uses the timeline through given instances."""

    def __init__(self, account_id: str, client: RpcClient) -> None:
        self.id = account_id
        self.client = client
        self.stub = TimelineServiceStub(client.channel)

    def through(self, client: RpcClient) -> "Someone":
        return Someone(self.id, client)

    async def publish(
        self,
        *,
        post_id: str | None = None,
        command_id: str | None = None,
        visibility: Visibility.ValueType = PUBLIC,
        train: bool = False,
    ) -> pb.CreatePostResponse:
        request = create_request(
            command_id or new_id(), post_id or new_id(), visibility=visibility, train=train
        )
        return await self.client.call(self.stub.CreatePost, request, identity=self.id)

    async def delete(self, post_id: str) -> int:
        request = pb.DeletePostRequest(command_id=new_id(), post_id=post_id)
        answer = await self.client.call(self.stub.DeletePost, request, identity=self.id)
        return answer.position

    async def like(self, post_id: str) -> int:
        request = pb.LikePostRequest(command_id=new_id(), post_id=post_id)
        answer = await self.client.call(self.stub.LikePost, request, identity=self.id)
        return answer.like_count

    async def get(self, post_id: str) -> pb.GetPostResponse:
        request = pb.GetPostRequest(post_id=post_id)
        return await self.client.call(self.stub.GetPost, request, identity=self.id)

    async def home(self, *, at_least: int = 0, page_size: int = 100) -> list[str]:
        """Ids of the whole home feed."""
        found: list[str] = []
        cursor = ""
        while True:
            request = pb.ListHomeFeedRequest(page_size=page_size, cursor=cursor, at_least=at_least)
            page = await self.client.call(self.stub.ListHomeFeed, request, identity=self.id)
            found += [view.post.id for view in page.views]
            cursor = page.next_cursor
            if not cursor:
                return found

    async def follows_somebody(self) -> bool:
        return bool((await self.audience()).following_ids)

    async def audience(self, *, at_least: int = 0) -> pb.GetAudienceResponse:
        """Return all parts in one; asked for until an instance answers."""
        request = pb.GetAudienceRequest(at_least=at_least)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                whole = pb.GetAudienceResponse()
                parts = self.client.stream(
                    self.stub.GetAudience, request, timeout=5.0, identity=self.id
                )
                try:
                    async with aclosing(parts):
                        async for part in parts:
                            whole.MergeFrom(part)
                except (Unavailable, DeadlineExceeded):
                    await asyncio.sleep(0.1)
                else:
                    return whole


class SocialGraph:
    """Writes the graph's log in social-graph's stead."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def write(self, records: Sequence[GraphRecord]) -> int:
        """Commit records; return the position of the last one."""
        broker = self._fleet.broker()
        producer = await broker.begin("social-graph", PATIENCE_SECONDS)
        log = self._fleet.graph
        drafts = [log.next(record, now=time.time()) for record in records]
        await producer.commit(drafts, PATIENCE_SECONDS)
        await producer.close()
        await broker.close()
        return log.position

    async def people(self, number: int, client: RpcClient) -> list[Someone]:
        """Make accounts, of which the second and all later ones follow the first."""
        ids = [new_id() for _ in range(number)]
        accounts = [account_record(account_id, f"h{account_id[-8:]}") for account_id in ids]
        follows = [follow_record(follower, ids[0]) for follower in ids[1:]]
        await self.write([*accounts, *follows])
        people = [Someone(account_id, client) for account_id in ids]
        if number > 1:
            await until(people[-1].follows_somebody)
        return people
