"""Posts as they are made: through the timeline, into the log; and when they could be read there."""

from __future__ import annotations

import asyncio
import hashlib
import time
from types import TracebackType
from typing import Self

import grpc
from aiokafka import AIOKafkaConsumer

from kanvas.feed.v1.records_pb2 import VISIBILITY_PUBLIC
from kanvas.media.v1.picture_pb2 import Picture, Provenance
from kanvas.timeline.v1.service_pb2 import CreatePostRequest, GetAudienceRequest
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_platform.ids import new_id

_FEED = "kanvas.feed.v1"
_CALL_SECONDS = 20.0
_POLL_SECONDS = 0.1
_IDENTITY = "kanvas-account-id"

_CAPTION = "Snow day. The fox came back to the garden this morning, looked at us, and left again."
_ALT_TEXT = "A red fox stands in fresh snow before a wooden fence; its breath can be seen."


class Posts:
    """An author at the timeline, and a consumer of the log; use it as a context manager.

    Args:
        timeline: host:port of its gRPC.
        kafka: host:port.
        author: Account id; its account must have been written to the graph.
    """

    def __init__(self, *, timeline: str, kafka: str, author: str) -> None:
        # A proxy of the environment is for the world outside.
        self._channel = grpc.aio.insecure_channel(timeline, [("grpc.enable_http_proxy", 0)])
        self._timeline = TimelineServiceStub(self._channel)
        self._author = author
        self._consumer = AIOKafkaConsumer(
            _FEED,
            bootstrap_servers=kafka,
            isolation_level="read_committed",
            auto_offset_reset="latest",
        )
        self._committed: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        # Where the end is gets looked up by the first fetch, unless somebody asks.
        await self._consumer.seek_to_end()
        for partition in self._consumer.assignment():
            await self._consumer.position(partition)
        self._noting = asyncio.create_task(self._note())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._noting.cancel()
        await asyncio.gather(self._noting, return_exceptions=True)
        await self._consumer.stop()
        await self._channel.close()

    async def copied(self, reader: str) -> None:
        """Return once the timeline knows whom a reader follows, and every record before that."""
        while True:
            if await self._follows(reader):
                return
            await asyncio.sleep(_POLL_SECONDS)

    async def publish(self) -> str:
        """Publish one public post; return its position.

        Raises:
            grpc.aio.AioRpcError: It was refused.
        """
        request = CreatePostRequest(
            command_id=new_id(),
            post_id=new_id(),
            caption=_CAPTION,
            alt_text=_ALT_TEXT,
            picture=_picture(),
            prompt="a red fox in the snow",
            visibility=VISIBILITY_PUBLIC,
        )
        answer = await self._timeline.CreatePost(
            request, metadata=[(_IDENTITY, self._author)], timeout=_CALL_SECONDS
        )
        return str(answer.position)

    async def publish_at_once(self, count: int) -> None:
        """Publish several posts, all calls at the same time."""
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(self.publish())

    def committed(self, position: str) -> float | None:
        """Return when a plain consumer of the log got a record, by the monotonic clock.

        None where it has not got it yet.
        """
        return self._committed.pop(position, None)

    async def _follows(self, reader: str) -> bool:
        try:
            parts = self._timeline.GetAudience(
                GetAudienceRequest(), metadata=[(_IDENTITY, reader)], timeout=_CALL_SECONDS
            )
            following = {each async for part in parts for each in part.following_ids}
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            return False
        return self._author in following

    async def _note(self) -> None:
        async for record in self._consumer:
            position = dict(record.headers).get("ce_id", b"").decode()
            self._committed[position] = time.monotonic()


def _picture() -> Picture:
    return Picture(
        sha256=hashlib.sha256(new_id().encode()).hexdigest(),
        media_type="image/webp",
        width=512,
        height=512,
        size_bytes=48_000,
        placeholder="#a0b1c2",
        provenance=Provenance(
            model="collage",
            model_version="1",
            seed=7,
            statement="Arranged from openly licensed drawings by rules; no generative AI.",
            substitutions=["fence → wall"],
        ),
    )
