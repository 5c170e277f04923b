"""All of Kanvas in one process: REST on a port, before the services themselves.

Only what is outside is doubled: the broker and the views are in memory, passwords are not hashed,
pictures are painted at once, each job before its submission is answered. So whoever asks gets the
product's own answers, in milliseconds and in an order that is always the same.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub, WorkerServiceStub
from kanvas.images.v1.records_pb2 import JOB_STATE_QUEUED
from kanvas.media.v1.picture_pb2 import Picture
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.adapters.object_store import ObjectArchives as GivenArchives
from kanvas_gateway.block_link import ToldBlocks
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.domain.logs import FEED
from kanvas_gateway.downloads import Downloads
from kanvas_gateway.ended_sessions import EndedBefore, EndedSessions
from kanvas_gateway.entrypoints.http.app import create_app
from kanvas_gateway.entrypoints.http.models.samples import ACCOUNT, JOB, PICTURE, POST
from kanvas_gateway.entrypoints.http.server import HttpServer
from kanvas_gateway.entrypoints.http.services import HttpServices
from kanvas_gateway.public_pictures import PublicPictures
from kanvas_gateway.rest_feed import RestFeed
from kanvas_gateway.session_uses import SessionUses
from kanvas_gateway.write_limits import WriteLimits
from kanvas_imagegen.bootstrap import Scheduling, schedule
from kanvas_imagegen.domain.catalogue import CATALOGUE
from kanvas_platform.assembly import OwnLog, own_log
from kanvas_platform.clock import SystemClock
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.reading.tail import Since, Tail
from kanvas_platform.lifecycle import Component
from kanvas_platform.object_store import open_store
from kanvas_platform.testing.local_calls import local_stub
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_social_graph.adapters.object_store import ObjectArchives, ObjectPictures
from kanvas_social_graph.domain.decide import decide as decide_graph
from kanvas_social_graph.domain.deletion import GRACE_SECONDS
from kanvas_social_graph.domain.logs import GRAPH, SIDES
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.entrypoints.grpc import SocialGraph
from kanvas_social_graph.exporter import Exporter, ExportRules, Underway
from kanvas_social_graph.kept_handles import HandleSecret
from kanvas_social_graph.make_export import Belongings
from kanvas_timeline.bootstrap import Core, assemble
from kanvas_timeline.entrypoints.grpc import Timeline
from kanvas_timeline.testing.memory_store import MemoryFeedStore
from kanvas_timeline.testing.world import EVERYTHING
from tests.contract.gateway.live_stream import make_tokens
from tests.contract.gateway.rest_services import DeafStream, HeldPictures
from tests.unit.social_graph.doubles import PlainPasswords

PASSWORD = "correct horse battery staple"
"""That of everybody, as the examples of the description show it."""
_PATIENCE_SECONDS = 60.0
_PICTURE = Picture(
    sha256=PICTURE.partition(".")[0],
    media_type="image/webp",
    width=512,
    height=512,
    size_bytes=7,
    placeholder="#a0b1c2",
)


@dataclass(frozen=True)
class Kanvas:
    """It runs; who is known there.

    Attributes:
        url: Where REST is.
        token: Of ben, who owns the job and the post of the examples. Their account is ana's.
        account_id: Ben's.
    """

    url: str
    token: str
    account_id: str

    def client(self) -> httpx.Client:
        """Return a client that has signed in as ben."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False)


@contextmanager
def whole_kanvas(folder: Path) -> Iterator[Kanvas]:
    """Run everything on a loop and a thread of its own, with what the examples name.

    Args:
        folder: An empty one.
    """
    urls: list[str] = []
    started, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with _serving(folder) as url:
            urls.append(url)
            started.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            loop.close()
            started.set()

    thread = threading.Thread(target=run, name="kanvas")
    thread.start()
    try:
        assert started.wait(_PATIENCE_SECONDS)
        assert urls, "it did not start"
        yield _populated(urls[0])
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(_PATIENCE_SECONDS)


def _populated(url: str) -> Kanvas:
    """Make what the examples name."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        people = {
            handle: _made(http, "/v1/accounts", handle=handle, password=PASSWORD, id=account_id)
            for handle, account_id in (("ana", ACCOUNT), ("ben", new_id()))
        }
        ben = people["ben"]
        http.headers["Authorization"] = f"Bearer {ben['token']}"
        _made(http, "/v1/jobs", prompt="a red fox in the snow", id=JOB)
        _made(http, "/v1/posts", job_id=JOB, alt_text="A red fox.", caption="#seni", id=POST)
        _made(http, "/v1/exports")
        _wait_for_export(http)
    return Kanvas(url, ben["token"], ben["account"]["id"])


def _wait_for_export(http: httpx.Client) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while http.get("/v1/exports/current").json()["export"]["state"] != "ready":
        assert time.monotonic() < end, "no export was made"
        time.sleep(0.05)


def _made(http: httpx.Client, path: str, **body: str) -> Any:
    # The ids of the examples are old, and a command must be new.
    answer = http.post(path, json=body or None, headers={"Idempotency-Key": new_id()})
    assert answer.is_success, answer.text
    return answer.json()


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[str]:
    clock, cluster = SystemClock(), MemoryCluster()

    def broker() -> MemoryBroker:
        return MemoryBroker(cluster=cluster)

    graph: OwnLog[GraphState] = own_log(
        service="social-graph",
        address="social-graph",
        broker=broker(),
        clock=clock,
        main=GRAPH,
        sides=SIDES,
        state=GraphState,
        decide=decide_graph,
    )
    feed = assemble(
        broker=broker(),
        store=MemoryFeedStore(),
        clock=clock,
        address="timeline",
        recent_bytes=EVERYTHING,
    )
    painting = schedule(
        address="imagegen", broker=broker(), catalogue=CATALOGUE, clock=clock, keep_seconds=86400.0
    )
    underway = Underway()
    graph_stub = local_stub(
        SocialGraphServiceStub,
        SocialGraph(
            replica=graph.replica,
            commands=graph.writer,
            passwords=PlainPasswords(),
            secret=HandleSecret(b"a secret of these tests, 32 bytes"),
            grace_seconds=GRACE_SECONDS,
            clock=clock,
            underway=underway,
            export_pause_seconds=0.0,
        ),
    )
    timeline_stub = local_stub(
        TimelineServiceStub, Timeline(sources=feed.sources, commands=feed.log.writer)
    )
    images_stub = local_stub(ImageGenerationServiceStub, _AtOnce(painting))
    exporter = Exporter(
        belongings=Belongings(
            replica=graph.replica,
            timeline=timeline_stub,
            images=images_stub,
            pictures=ObjectPictures(open_store("memory:///")),
        ),
        commands=graph.writer,
        archives=ObjectArchives(open_store((folder / "exports").as_uri())),
        clock=clock,
        rules=ExportRules(keep_seconds=86400.0, give_up_seconds=60.0, pause_seconds=0.0),
        underway=underway,
    )
    ahead, ended = BlocksAhead(), EndedSessions(clock=clock)
    ended_before = EndedBefore(
        ended=ended, graph=graph_stub, clock=clock, is_behind=lambda: not tail.fresh()
    )
    tail: Tail[FeedRecord] = Tail(
        broker=broker(),
        log=FEED,
        on_record=RestFeed(ahead=ahead, ended=ended, lose=ended_before.lose).take,
        start=Since(0.0),
        clock=clock,
        name="feed",
    )
    services = HttpServices(
        graph=graph_stub,
        timeline=timeline_stub,
        images=images_stub,
        pictures=HeldPictures({PICTURE: b"picture"}),
        public_pictures=PublicPictures(removal_seconds=60.0),
        downloads=Downloads(GivenArchives((folder / "exports").as_uri())),
        tail=tail,
        blocks=ToldBlocks(ahead, DeafStream()),
        tokens=make_tokens(folder),
        ended_sessions=ended,
        session_uses=SessionUses(graph=graph_stub, clock=clock),
        stream_url="ws://127.0.0.1:1/v1/stream",
        version="0",
        secure_cookies=False,
        write_limits=WriteLimits(clock=clock, exempt=[ip_network("127.0.0.0/8")]),
        knows_addresses=True,
    )  # fmt: skip
    http = HttpServer(
        listen="127.0.0.1:0",
        app=create_app(services, web_root=folder),
        limit=ConnectionLimit(most=1000, each=0),
    )
    parts = [
        *graph.components,
        *feed.components,
        *painting.log.components,
        exporter,
        tail,
        ended_before,
        http,
    ]
    async with _running(parts):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await _until(lambda: _ready(graph, feed, painting) and tail.ready and ended.known)
            port = await http.port()
        yield f"http://127.0.0.1:{port}"


class _AtOnce:
    """Imagegen, whose jobs are painted before their submission is answered."""

    def __init__(self, scheduling: Scheduling) -> None:
        jobs, workers = (registration.servicer for registration in scheduling.services)
        self._jobs: Any = jobs
        self._workers = local_stub(WorkerServiceStub, workers)

    def __getattr__(self, method: str) -> Any:
        return getattr(self._jobs, method)

    async def SubmitJob(self, request: imagegen.SubmitJobRequest, context: Any) -> Any:  # noqa: N802
        accepted = await self._jobs.SubmitJob(request, context)
        if accepted.job.state == JOB_STATE_QUEUED:
            lease = imagegen.LeaseJobRequest(worker_id=new_id())
            job = (await self._workers.LeaseJob(lease)).job
            painted = imagegen.CompleteJobRequest(
                job_id=job.id, attempt=job.attempt, picture=_PICTURE, compute_seconds=0.1
            )
            await self._workers.CompleteJob(painted)
        return accepted


def _ready(graph: OwnLog[Any], feed: Core, painting: Scheduling) -> bool:
    logs = (graph, feed.log, painting.log)
    return all(log.replica.ready and log.writer.leads for log in logs)


@asynccontextmanager
async def _running(components: Sequence[Component]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(component.run()) for component in components]
    try:
        yield
    finally:
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)
