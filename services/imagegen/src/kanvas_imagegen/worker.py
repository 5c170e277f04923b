"""A worker: leases a job, has it painted, stores the picture, hands it in.

A worker knows nothing that would be missed: pull the plug, and the lease runs out. A worker stops
within a step when a report is answered with LeaseLost, and then stores nothing. A scheduler that
cannot be reached stops no worker: the picture is finished, and handed in once an instance leads.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from contextlib import aclosing
from typing import NoReturn, TypeVar

from kanvas.images.v1.records_pb2 import Job
from kanvas.media.v1.picture_pb2 import Picture, Provenance
from kanvas_imagegen.domain.catalogue import Catalogue
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.errors import LeaseLost
from kanvas_imagegen.model_health import ModelHealth
from kanvas_imagegen.ports import (
    LeasedJob,
    Painter,
    Painting,
    PaintingError,
    PictureStore,
    Preview,
    Scheduler,
    StoreError,
)
from kanvas_platform.clock import Clock
from kanvas_platform.errors import DeadlineExceeded, KanvasError, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.observability import bind_traceparent, get_logger
from kanvas_platform.waiting import set_within

T = TypeVar("T")

_log = get_logger(__name__)

_REPORTS_PER_LEASE = 5
_PAUSE = 0.5
_GIVE_BACK_SECONDS = 2.0


class Worker:
    """Component that paints one job at a time."""

    def __init__(
        self,
        *,
        name: str,
        scheduler: Scheduler,
        painter: Painter,
        store: PictureStore,
        health: ModelHealth,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        self.name = name
        self._id = new_id()
        self._scheduler = scheduler
        self._painter = painter
        self._store = store
        self._health = health
        self._catalogue = catalogue
        self._clock = clock
        self._leasing: asyncio.Task[LeasedJob | None] | None = None
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Paint until canceled, or until drained."""
        while not self._stopping.is_set():
            await self._health.wait_until_well()
            lease = await self._lease()
            if lease is None:
                continue
            self._idle.clear()
            with bind_traceparent(None):
                await self._serve(lease)
            self._idle.set()
        await asyncio.Event().wait()

    async def drain(self) -> None:
        """Take no more jobs, and finish the one in hand."""
        self._stopping.set()
        if self._leasing is not None:
            self._leasing.cancel()
        await self._idle.wait()

    async def _lease(self) -> LeasedJob | None:
        self._leasing = asyncio.create_task(self._scheduler.lease(self._id))
        try:
            await asyncio.wait({self._leasing})
            return None if self._leasing.cancelled() else self._leasing.result()
        except KanvasError as error:
            _log.debug("no lease", worker=self.name, reason=error.reason)
            await self._clock.sleep(_PAUSE)
            return None
        finally:
            self._leasing.cancel()
            self._leasing = None

    async def _serve(self, lease: LeasedJob) -> None:
        job = lease.job
        _log.info("painting", job_id=job.id, attempt=job.attempt, worker=self.name)
        reports = _Reports(self._scheduler, lease, self._clock)
        try:
            painting = await reports.while_held(self._paint_and_hand_in(job, reports))
            await self._keep_stored(job, painting)
        except LeaseLost:
            _log.info("lease lost", job_id=job.id, attempt=job.attempt, worker=self.name)
        except PaintingError as error:
            if error.reason is not Reason.MODEL_REJECTED:
                self._health.doubt()
            await self._give_back(job, error.reason, error.message)
        except StoreError:
            _log.exception("picture not stored", job_id=job.id, worker=self.name)
            await self._give_back(job, Reason.STORE_UNAVAILABLE, "The picture cannot be stored.")
        except asyncio.CancelledError:
            await self._give_back(job, Reason.WORKER_LEAVING, "The worker is shutting down.")
            raise
        except Exception:  # noqa: BLE001 - logged, and the loop lives on
            # A fault in this code: the next job must not suffer, and this job is tried elsewhere.
            _log.exception("painting failed", job_id=job.id, worker=self.name)
            await self._give_back(job, Reason.MODEL_FAULT, "The worker failed.")

    async def _paint_and_hand_in(self, job: Job, reports: "_Reports") -> Painting:
        started = self._clock.monotonic()
        painting = await self._paint(job, reports)
        compute_seconds = self._clock.monotonic() - started
        # The last moment to learn that nobody wants it: a canceled job stores nothing.
        await reports.confirm()
        sha256 = await self._store.put(painting.data, painting.media_type)
        picture = self._picture(job, painting, sha256)
        while True:
            try:
                await self._scheduler.complete(job, picture, compute_seconds)
            except (Unavailable, DeadlineExceeded) as error:
                # Reports go on meanwhile: should the job be lost, they end this.
                _log.info("picture not handed in yet", job_id=job.id, reason=error.reason)
                await self._clock.sleep(_PAUSE)
            else:
                break
        _log.info("painted", job_id=job.id, attempt=job.attempt, seconds=compute_seconds)
        return painting

    async def _paint(self, job: Job, reports: "_Reports") -> Painting:
        async with aclosing(self._painter.paint(job.spec)) as parts:
            async for part in parts:
                self._health.beat()
                if isinstance(part, Painting):
                    return part
                reports.tell(part)
        raise PaintingError(Reason.MODEL_FAULT, "The model ended without a picture.")

    async def _keep_stored(self, job: Job, painting: Painting) -> None:
        """Store the picture again if it was deleted, as unused, before the job named it."""
        try:
            sha256 = hashlib.sha256(painting.data).hexdigest()
            if await self._store.find(sha256, painting.media_type) is None:
                await self._store.put(painting.data, painting.media_type)
        except StoreError:
            # The job is handed in, and that its picture was deleted is very unlikely.
            _log.exception("nobody knows whether a picture is there", job_id=job.id)

    def _picture(self, job: Job, painting: Painting, sha256: str) -> Picture:
        card = self._catalogue.find(job.spec.model)
        return Picture(
            sha256=sha256,
            media_type=painting.media_type,
            width=painting.width,
            height=painting.height,
            size_bytes=len(painting.data),
            placeholder=painting.placeholder,
            provenance=Provenance(
                model=job.spec.model,
                model_version=painting.model_version,
                seed=painting.seed,
                statement=painting.statement,
                # What the catalogue does not know is not claimed to be harmless.
                generative=card is None or card.generative,
                substitutions=painting.substitutions,
            ),
        )

    async def _give_back(self, job: Job, reason: Reason, message: str) -> None:
        _log.warning("job given back", job_id=job.id, attempt=job.attempt, reason=reason)
        try:
            async with asyncio.timeout(_GIVE_BACK_SECONDS):
                await self._scheduler.fail(job, reason, message)
        except (KanvasError, TimeoutError) as error:
            # The lease runs out by itself.
            _log.info("not told", job_id=job.id, error=type(error).__name__)


class _Reports:
    """Tells the scheduler what is latest, and at least several times per lease.

    One report is on its way at a time, beside the painting: a slow scheduler costs previews, not
    steps.
    """

    def __init__(self, scheduler: Scheduler, lease: LeasedJob, clock: Clock) -> None:
        self._scheduler = scheduler
        self._job = lease.job
        self._interval = lease.seconds / _REPORTS_PER_LEASE
        self._clock = clock
        self._news = asyncio.Event()
        self._latest = Preview(0, lease.job.spec.steps, b"")

    def tell(self, preview: Preview) -> None:
        """Replace what is to be told next."""
        self._latest = preview
        self._news.set()

    async def confirm(self) -> None:
        """Return if the attempt holds the job still, or nobody can be asked.

        Raises:
            LeaseLost: It does not.
        """
        await self._report(Preview(self._latest.of, self._latest.of, b""))

    async def while_held(self, work: Coroutine[None, None, T]) -> T:
        """Do the work, and report; stops the work when the lease is lost.

        Raises:
            LeaseLost: The lease was lost before the work was done.
        """
        working = asyncio.create_task(work)
        reporting = asyncio.create_task(self._keep_reporting())
        try:
            await asyncio.wait({working, reporting}, return_when=asyncio.FIRST_COMPLETED)
            first: asyncio.Task[T] | asyncio.Task[NoReturn] = (
                working if working.done() else reporting
            )
        finally:
            for task in (working, reporting):
                task.cancel()
            await asyncio.gather(working, reporting, return_exceptions=True)
        return first.result()

    async def _keep_reporting(self) -> NoReturn:
        while True:
            # News or not, the lease wants a report by then.
            await set_within(self._news, self._interval, self._clock)
            self._news.clear()
            latest = self._latest
            self._latest = Preview(latest.step, latest.of, b"")
            await self._report(latest)

    async def _report(self, latest: Preview) -> None:
        try:
            await self._scheduler.report(self._job, latest.step, latest.of, latest.image)
        except LeaseLost:
            raise
        except KanvasError as error:
            # No leader, or too slow: the painting goes on, the next report is newer.
            _log.debug("not reported", job_id=self._job.id, reason=error.reason)
            await self._clock.sleep(_PAUSE)
