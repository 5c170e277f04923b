"""Instances of the service as bootstrap wires them: a log in memory, real gRPC, a fake painter."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Self

from kanvas.imagegen.v1 import service_pb2 as pb
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas_imagegen.adapters.scheduler_rpc import RpcScheduler
from kanvas_imagegen.bootstrap import painting, schedule
from kanvas_imagegen.domain.state import FINAL_STATES, Jobs
from kanvas_imagegen.settings import ImagegenSettings
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.server import RpcServer
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from tests.unit.imagegen.doubles import CATALOGUE, FakePainter, HurriedClock, MemoryStore

_HURRY = 10.0
_LOOK_SECONDS = 0.05
KEEP_SECONDS = 3600.0


class Instance:
    """One process of the service, without the process."""

    def __init__(
        self, cluster: MemoryCluster, painter: FakePainter, store: MemoryStore, workers: int
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.broker = MemoryBroker(cluster=cluster)
        self.client = connect(self.address)
        self.stub = ImageGenerationServiceStub(self.client.channel)
        settings = ImagegenSettings(
            instance="imagegen-1",
            grpc_listen=self.address,
            ops_listen="127.0.0.1:1",
            kafka="127.0.0.1:1",
            triton_grpc="127.0.0.1:1",
            media_url="file:///nowhere",
            timeline_targets="127.0.0.1:1",
            social_graph_targets="127.0.0.1:1",
            workers=workers,
        )
        clock = self._clock = cluster.clock
        self._scheduling = schedule(
            address=self.address,
            broker=self.broker,
            catalogue=CATALOGUE,
            clock=clock,
            keep_seconds=KEEP_SECONDS,
        )
        self.painting = painting(
            settings,
            scheduler=RpcScheduler(self.client),
            painter=painter,
            store=store,
            catalogue=CATALOGUE,
            clock=clock,
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def writer(self) -> Writer[Jobs]:
        return self._scheduling.log.writer

    async def start(self) -> None:
        log = self._scheduling.log
        server = RpcServer(
            listen=self.address, services=self._scheduling.services, leader=log.writer
        )
        components = [*log.components, *self._scheduling.keepers, server, *self.painting]
        self._tasks = [asyncio.create_task(component.run()) for component in components]
        await self.until(lambda: log.replica.ready)

    async def vanish(self) -> None:
        """Let the workers end without a word, as if the plug were pulled."""
        await self.client.close()
        for task in self._tasks[-len(self.painting) :]:
            task.cancel()
        await asyncio.gather(*self._tasks[-len(self.painting) :], return_exceptions=True)

    async def stop(self) -> None:
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            for task in self._tasks:
                if task.done():
                    task.result()
            await self._clock.sleep(_LOOK_SECONDS)


class Service:
    """Instances over one log. Times are generous: they end a test that hangs."""

    def __init__(self) -> None:
        # The broker's clock is as hurried as the instances': one that differs would not lead.
        self.cluster = MemoryCluster(HurriedClock(_HURRY))
        self.painter = FakePainter()
        self.store = MemoryStore()
        self.instances: list[Instance] = []
        self.owner = new_id()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def add(self, workers: int = 1) -> Instance:
        instance = Instance(self.cluster, self.painter, self.store, workers)
        self._stack.push_async_callback(instance.stop)
        await instance.start()
        if not self.instances:
            await instance.until(lambda: instance.writer.leads)
        self.instances.append(instance)
        return instance

    async def submit(
        self,
        prompt: str,
        *,
        at: Instance | None = None,
        owner: str | None = None,
        **fields: object,
    ) -> Job:
        request = self.order(prompt)
        instance = at or self.instances[0]
        response = await instance.client.call(
            instance.stub.SubmitJob, request, identity=owner or self.owner
        )
        return response.job

    def order(self, prompt: str) -> pb.SubmitJobRequest:
        return pb.SubmitJobRequest(
            command_id=new_id(), job_id=new_id(), spec=JobSpec(prompt=prompt), draw_seed=True
        )

    async def watch(
        self,
        job: Job,
        *,
        at: Instance | None = None,
        on_update: Callable[[pb.WatchJobResponse], Awaitable[None]] | None = None,
    ) -> list[pb.WatchJobResponse]:
        """Follow a job to its end; returns all updates."""
        instance = at or self.instances[0]
        updates = []
        request = pb.WatchJobRequest(job_id=job.id)
        async for update in instance.client.stream(
            instance.stub.WatchJob, request, timeout=60, identity=self.owner
        ):
            updates.append(update)
            if on_update is not None:
                await on_update(update)
        return updates

    async def listed(
        self,
        at: Instance,
        *,
        owner: str | None = None,
        page_size: int = 0,
        cursor: str = "",
        everything: bool = False,
    ) -> pb.ListJobsResponse:
        """Ask an instance for a page of the owner's unpublished work, or of all jobs."""
        request = pb.ListJobsRequest(page_size=page_size, cursor=cursor, all=everything)
        return await at.client.call(at.stub.ListJobs, request, identity=owner or self.owner)

    async def finished(self, job: Job, *, at: Instance | None = None) -> Job:
        """Ask until the job has ended, as somebody without a stream would."""
        instance = at or self.instances[0]
        while True:
            response = await instance.client.call(
                instance.stub.GetJob, pb.GetJobRequest(job_id=job.id), identity=self.owner
            )
            if response.job.state in FINAL_STATES:
                return response.job
            await self.cluster.clock.sleep(_LOOK_SECONDS)
