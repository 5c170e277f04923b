"""What the leader does twice a second: take jobs back from the silent, measure the queue."""

import asyncio

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen import metrics
from kanvas_imagegen.domain.commands import Expire
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.live_jobs import LOOK_SECONDS, LiveJobs
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.contract import Command, StoreFailed
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.observability import get_logger

_log = get_logger(__name__)

_COMMIT_SECONDS = 5.0


class LeaseKeeper:
    """Component that ends the leases of workers that are not heard of any more.

    A look never waits for the log: what it expires is on its way together, while reports come in
    and further looks are made on time. So a slow log does not pass for a leader that slept.
    """

    name = "lease-keeper"

    def __init__(
        self,
        *,
        live: LiveJobs,
        replica: FoldedLog[Jobs],
        commands: Commands,
        clock: Clock,
        keep_seconds: float,
    ) -> None:
        self._live = live
        self._replica = replica
        self._commands = commands
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._expiring: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """Look every half second, until canceled."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    self.look(group)
                except StoreFailed as error:
                    _log.warning("leases not looked at", why=error.why)
                await self._clock.sleep(LOOK_SECONDS)

    async def drain(self) -> None:
        """Send home the workers that wait for a job; leases are kept until the end."""
        self._live.close()

    def look(self, group: asyncio.TaskGroup) -> None:
        """Look once: begin to expire what is overdue, in tasks of the group, and measure."""
        if not self._commands.leads:
            self._measure(None)
            return
        jobs = self._replica.state
        for job in self._live.leases.overdue(jobs.running(), self._clock.monotonic()):
            attempt = job.id, job.attempt
            if attempt not in self._expiring:
                self._expiring.add(attempt)
                group.create_task(self._expire_once(job))
        self._measure(jobs)

    async def _expire_once(self, job: Job) -> None:
        try:
            await self._expire(job)
        finally:
            self._expiring.discard((job.id, job.attempt))

    async def _expire(self, job: Job) -> None:
        # The worker may have been heard since the look.
        if not self._live.leases.is_overdue(job.id, job.attempt, self._clock.monotonic()):
            return
        count = self._live.count_fault(job.id, job.attempt, Reason.LEASE_EXPIRED)
        body = Expire(job.id, job.attempt, count, self._keep_seconds)
        try:
            command = Command.of_writer(body)
            await self._commands.submit(command, _COMMIT_SECONDS)
        except KanvasError as error:
            # It is still overdue at the next look, here or with whoever leads then.
            _log.warning("lease not expired", job_id=job.id, reason=error.reason)
            return
        metrics.leases_expired.inc()
        _log.info("lease expired", job_id=job.id, attempt=job.attempt)

    def _measure(self, jobs: Jobs | None) -> None:
        since = None if jobs is None else jobs.oldest_waiting_since()
        age = 0.0 if since is None else max(0.0, self._clock.now() - since)
        metrics.queue_depth.set(0 if jobs is None else jobs.waiting())
        metrics.leased.set(0 if jobs is None else sum(1 for _ in jobs.running()))
        metrics.oldest_waiting.set(age)
