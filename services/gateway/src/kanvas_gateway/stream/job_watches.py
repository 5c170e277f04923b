"""Progress and previews of jobs that somebody is looking at: one watch, however many look.

Latest-only: a watch keeps the last progress, the last preview and the end, framed once, and each
socket remembers which of them it has. There is nothing to queue.
"""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1 import records_pb2 as images
from kanvas_gateway import metrics
from kanvas_gateway.ports import Call
from kanvas_gateway.presentation import JOB_STATES, present_job, rfc3339
from kanvas_gateway.stream.framing import json_frame
from kanvas_gateway.stream.protocol import Answer, Reason, error_frame
from kanvas_gateway.stream.socket import Socket
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.errors import (
    InvalidArgument,
    KanvasError,
    NotFound,
    PermissionDenied,
)
from kanvas_platform.observability import get_logger

_WATCH_SECONDS = 300.0  # one call; a longer job is watched by the next one
_FIRST_PAUSE = 0.25
_FINAL = {images.JOB_STATE_SUCCEEDED, images.JOB_STATE_FAILED, images.JOB_STATE_CANCELED}

# Within an attempt. A job that goes back to the queue keeps its attempt until the next begins.
_RUNNING_RANK, _QUEUED_RANK, _FINAL_RANK = range(3)

_log = get_logger(__name__)


class _Given:
    """What one socket has been given of a job."""

    __slots__ = ("greeted", "preview", "progress", "subscription")

    def __init__(self, subscription: str) -> None:
        self.subscription = subscription
        self.greeted = False
        self.progress = 0
        self.preview = 0


class JobWatch:
    """A job that at least one socket of its owner is looking at.

    Attributes:
        owner: Account in whose name it is watched.
        job_id: Which.
        refused: The job is not the owner's, or does not exist.
        ended: A final state came.
    """

    def __init__(self, owner: str, job_id: str, clock: Clock) -> None:
        self.owner = owner
        self.job_id = job_id
        self.refused = False
        self.ended = False
        self.sockets: dict[Socket, _Given] = {}
        self._clock = clock
        self._order = (0, _RUNNING_RANK, -1)
        self._version = 0
        self._progress = b""
        self._preview = b""
        self._preview_version = 0
        self._end = b""

    def update(self, news: imagegen.WatchJobResponse) -> bool:
        """Take an update; say whether it is news. Late ones are not."""
        final = news.job.state in _FINAL
        order = (news.job.attempt, _rank(news.job), news.step)
        if order < self._order:
            return False
        self._order = order
        self._version += 1
        if final:
            self.ended = True
            self._end = self._event("job.ended", "end", {"job": present_job(news.job)})
            return True
        at = {"step": news.step, "of": news.of, "attempt": news.job.attempt}
        mark = f"{news.job.attempt}.{news.step}"
        state = JOB_STATES.get(news.job.state, "queued")
        progress = {"state": state, "queue_position": news.queue_position, **at}
        self._progress = self._event("job.progress", f"{mark}.{state}", progress)
        if news.preview:
            picture = base64.b64encode(news.preview).decode("ascii")
            preview = {**at, "media_type": "image/webp", "base64": picture}
            self._preview = self._event("job.preview", f"{mark}.preview", preview)
            self._preview_version = self._version
        return True

    def due(self, socket: Socket) -> tuple[bytes, bool]:
        """Return what the socket has not been given; True with the last of it."""
        given = self.sockets[socket]
        frames: list[bytes] = []
        if self.refused:
            self.forget(socket)
            refusal = "No such job, or it is not yours."
            return error_frame(Reason.JOB_UNKNOWN, refusal, given.subscription), True
        if not self._version:
            return b"", False
        if not given.greeted:
            given.greeted = True
            frames.append(Answer(given.subscription, f"job:{self.job_id}", "live").frame())
        if self.ended:
            self.forget(socket)
            return b"".join([*frames, self._end]), True
        if given.progress < self._version:
            given.progress = self._version
            frames.append(self._progress)
        if given.preview < self._preview_version:
            given.preview = self._preview_version
            frames.append(self._preview)
        return b"".join(frames), False

    def admit(self, socket: Socket, subscription: str) -> None:
        """Add a socket that looks at the job."""
        self.sockets[socket] = _Given(subscription)
        metrics.stream_subscriptions.labels("job").inc()

    def forget(self, socket: Socket) -> None:
        """Drop a socket, if it is here."""
        if self.sockets.pop(socket, None) is not None:
            metrics.stream_subscriptions.labels("job").dec()

    def _event(self, event: str, mark: str, data: dict[str, Any]) -> bytes:
        return json_frame(
            {
                "type": "event",
                "stream": f"job:{self.job_id}",
                "event": event,
                "ts": rfc3339(self._clock.now()),
                "id": f"{self.job_id}.{mark}",
                "data": data,
            }
        )


def _rank(job: images.Job) -> int:
    if job.state in _FINAL:
        return _FINAL_RANK
    return _QUEUED_RANK if job.state == images.JOB_STATE_QUEUED else _RUNNING_RANK


class JobWatches:
    """All jobs that are watched from here.

    Args:
        images: Where they are watched.
        clock: For back-off and for the time of events.
        nudge: Called for each socket that has something due.
    """

    name = "job-watches"

    def __init__(
        self, *, images: ImageGenerationServiceStub, clock: Clock, nudge: Callable[[Socket], None]
    ) -> None:
        self._images = images
        self._clock = clock
        self._nudge = nudge
        self._watches: dict[tuple[str, str], JobWatch] = {}
        self._tasks: dict[JobWatch, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Hold the tasks of the watches; until canceled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            await asyncio.Event().wait()

    def watch(self, socket: Socket, subscription: str, owner: str, job_id: str) -> None:
        """Give a socket a subscription to a job. Its state comes at once, then every change."""
        key = (owner, job_id)
        watch = self._watches.get(key)
        if watch is None:
            if self._group is None:
                raise RuntimeError("the component does not run")
            watch = self._watches[key] = JobWatch(owner, job_id, self._clock)
            self._tasks[watch] = self._group.create_task(self._follow(watch))
        watch.admit(socket, subscription)
        socket.jobs[subscription] = watch
        metrics.job_watches.set(len(self._watches))
        self._nudge(socket)

    def unwatch(self, socket: Socket, subscription: str) -> None:
        """Take a subscription from a socket; the last one ends the watch."""
        watch = socket.jobs.pop(subscription)
        if not isinstance(watch, JobWatch):
            raise TypeError("not a watched job")
        watch.forget(socket)
        if not watch.sockets and (task := self._tasks.get(watch)) is not None:
            task.cancel()
            self._drop(watch)

    def leave(self, socket: Socket) -> None:
        """Take all its subscriptions from a socket that has gone."""
        for subscription in list(socket.jobs):
            self.unwatch(socket, subscription)

    async def _follow(self, watch: JobWatch) -> None:
        backoff = Backoff(self._clock, first=_FIRST_PAUSE)
        try:
            while True:
                heard = await self._watch_once(watch)
                if watch.ended or watch.refused:
                    return
                if heard:
                    backoff.reset()
                await backoff.pause()
        finally:
            self._drop(watch)

    async def _watch_once(self, watch: JobWatch) -> bool:
        """Watch until the end or until the call breaks; say whether anything was heard."""
        heard = False
        request = imagegen.WatchJobRequest(job_id=watch.job_id)
        try:
            stream = self._images.WatchJob(request, **Call(watch.owner, _WATCH_SECONDS))
            try:
                async for news in stream:
                    heard = True
                    if watch.update(news):
                        self._tell(watch)
            finally:
                stream.cancel()
        except (NotFound, InvalidArgument, PermissionDenied):
            watch.refused = True
            self._tell(watch)
        except KanvasError as error:
            _log.warning("a watch broke off", job_id=watch.job_id, reason=error.reason)
        except Exception:  # noqa: BLE001 - one job must not end the watches of all others
            _log.exception("a watch failed", job_id=watch.job_id)
        return heard

    def _tell(self, watch: JobWatch) -> None:
        for socket in list(watch.sockets):
            self._nudge(socket)

    def _drop(self, watch: JobWatch) -> None:
        if self._tasks.pop(watch, None) is None:
            return
        del self._watches[(watch.owner, watch.job_id)]
        metrics.job_watches.set(len(self._watches))
