"""Somebody who has pictures painted, at one instance of the service."""

import asyncio
from dataclasses import dataclass
from typing import Any

from kanvas.imagegen.v1 import service_pb2 as pb
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas_imagegen.domain.state import FINAL_STATES
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.client import RpcClient
from tests.patience import PATIENCE_SECONDS


@dataclass
class Caller:
    client: RpcClient
    stub: ImageGenerationServiceStub
    owner: str

    async def submit(self, prompt: str, **fields: Any) -> Job:
        request = pb.SubmitJobRequest(
            command_id=new_id(),
            job_id=new_id(),
            spec=JobSpec(prompt=prompt, **fields),
            draw_seed="seed" not in fields,
        )
        response = await self.client.call(self.stub.SubmitJob, request, identity=self.owner)
        return response.job

    async def get(self, job: Job) -> Job:
        request = pb.GetJobRequest(job_id=job.id)
        response = await self.client.call(self.stub.GetJob, request, identity=self.owner)
        return response.job

    async def cancel(self, job: Job) -> Job:
        request = pb.CancelJobRequest(command_id=new_id(), job_id=job.id)
        response = await self.client.call(self.stub.CancelJob, request, identity=self.owner)
        return response.job

    async def watch(self, job: Job) -> list[pb.WatchJobResponse]:
        """Follow the job to its end, coming again when an instance goes away."""
        updates: list[pb.WatchJobResponse] = []
        request = pb.WatchJobRequest(job_id=job.id)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not updates or updates[-1].job.state not in FINAL_STATES:
                try:
                    stream = self.client.stream(
                        self.stub.WatchJob, request, timeout=PATIENCE_SECONDS, identity=self.owner
                    )
                    async for update in stream:
                        updates += [update]
                except Unavailable:
                    await asyncio.sleep(0.2)
        return updates

    async def until(self, job: Job, *states: int) -> Job:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                now = await self.get(job)
                if now.state in states:
                    return now
                await asyncio.sleep(0.02)
