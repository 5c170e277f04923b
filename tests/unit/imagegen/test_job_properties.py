"""What holds whatever happens in whatever order."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from kanvas.images.v1.records_pb2 import JOB_STATE_RUNNING, Job
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.commands import Lease
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.state import FINAL_STATES
from kanvas_imagegen.errors import JobUnknown, LeaseLost, QueueFull
from tests.unit.imagegen.jobs_log import JobsLog

OWNERS = st.sampled_from(["ana", "bob", "eve"])
WORKERS = st.sampled_from(["w1", "w2", "w3"])


class JobLife(RuleBasedStateMachine):
    """Workers, owners and the leader act at random; old workers report late."""

    jobs = Bundle("jobs")
    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.log = JobsLog()
        self.made = 0

    @rule(target=jobs, owner=OWNERS, steps=st.integers(1, 50))
    def submit(self, owner: str, steps: int) -> str:
        self.made += 1
        try:
            return self.log.submit(f"j{self.made}", owner, steps).id
        except QueueFull:
            return "refused"

    @rule(target=leases, worker=WORKERS)
    def lease(self, worker: str) -> Job:
        self.log.lease(worker)
        return self.log.state.held_by(worker) or Job(id="none")

    @rule(workers=st.lists(WORKERS, min_size=2, max_size=5))
    def lease_in_one_batch(self, workers: list[str]) -> None:
        made = self.log.commit(*map(Lease, workers))
        assert max(Counter(job.id for job in made).values(), default=1) == 1

    @rule(job=leases)
    def complete(self, job: Job) -> None:
        self._report(lambda: self.log.complete(job, Picture(sha256=job.id)))

    @rule(job=leases, reason=st.sampled_from(list(Reason)), count=st.integers(1, 12))
    def fail(self, job: Job, reason: Reason, count: int) -> None:
        self._report(lambda: self.log.fail(job, reason, count))

    @rule(job=leases, count=st.integers(1, 12))
    def expire(self, job: Job, count: int) -> None:
        self.log.expire(job, count)

    @rule(job_id=jobs, owner=OWNERS)
    def cancel(self, job_id: str, owner: str) -> None:
        self._report(lambda: self.log.cancel(job_id, owner))

    @rule(job_id=jobs, owner=OWNERS)
    def publish(self, job_id: str, owner: str) -> None:
        self._report(lambda: self.log.publish(job_id, owner))

    @rule(job_id=jobs, owner=OWNERS)
    def forget_it(self, job_id: str, owner: str) -> None:
        self._report(lambda: self.log.forget(job_id, owner))

    @rule(seconds=st.floats(0, 60))
    def wait(self, seconds: float) -> None:
        self.log.now += seconds

    @rule(job=consumes(leases))
    def forget(self, job: Job) -> None:
        """Let a worker die without a word."""

    def _report(self, act: Callable[[], object]) -> None:
        # Being refused is a right answer to a late report; the invariants say when it is not.
        with suppress(LeaseLost, JobUnknown):
            act()

    @invariant()
    def nobody_shares_a_job(self) -> None:
        running = list(self.log.state.running())
        assert len({job.id for job in running}) == len(running)
        assert len({job.worker_id for job in running}) == len(running)
        assert all(job.state == JOB_STATE_RUNNING for job in running)

    @invariant()
    def a_job_ends_once_and_its_attempts_never_go_back(self) -> None:
        ended: dict[str, int] = {}
        attempts: dict[str, int] = {}
        for record in self.log.records:
            job = record.job
            if job.id in ended:
                assert job.state == ended[job.id]
                assert job.post_id or job.HasField("forgotten_at")
            assert job.attempt >= attempts.get(job.id, 0)
            if job.state == JOB_STATE_RUNNING:
                assert job.attempt == attempts.get(job.id, 0) + 1
            attempts[job.id] = job.attempt
            if job.state in FINAL_STATES:
                ended[job.id] = job.state

    @invariant()
    def every_job_waits_runs_or_has_ended(self) -> None:
        state = self.log.state
        last = {record.job.id: record.job for record in self.log.records}
        unfinished = [job for job in last.values() if job.state not in FINAL_STATES]
        assert len(unfinished) == state.waiting() + sum(1 for _ in state.running())
        kept = [job for job in last.values() if job.HasField("kept_until") and not job.post_id]
        on_shelves = {job_id for owner in ("ana", "bob", "eve") for job_id in self.log.shelf(owner)}
        assert on_shelves == {job.id for job in (*unfinished, *kept)}
        positions = sorted(state.queue_position(j.id) for j in last.values() if j.state == 1)
        assert positions == list(range(state.waiting()))


JobLife.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestJobLife = JobLife.TestCase
