"""A log of jobs in miniature: decides commands and folds what comes of them, as the writer does."""

from kanvas.images.v1.records_pb2 import ImageRecord, Job, JobSpec
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.commands import (
    Cancel,
    Complete,
    Expire,
    Fail,
    Forget,
    Lapse,
    Lease,
    MarkPublished,
    Submit,
)
from kanvas_imagegen.domain.decide import decide
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.store.space import Space

SPEC = JobSpec(prompt="a red fox in the snow", model="collage", width=512, height=512, steps=8)
PICTURE = Picture(sha256="ab" * 32, media_type="image/webp", width=512, height=512, size_bytes=9)
KEEP_SECONDS = 30 * 24 * 3600.0


class JobsLog:
    """Time stands still unless a test moves `now`."""

    def __init__(self) -> None:
        self.state = Jobs(Space())
        self.records: list[ImageRecord] = []
        self.now = 1_000_000.0
        self._created: dict[str, int] = {}

    def do(self, body: object) -> list[Job]:
        return self.commit(body)

    def commit(self, *bodies: object) -> list[Job]:
        """Decide a batch over one overlay, then fold what it made; returns the jobs as they are."""
        layer = self.state.overlay()
        made: list[ImageRecord] = []
        for body in bodies:
            for draft in decide(layer, Command("", "", body, b""), self.now):
                record = draft.record
                assert isinstance(record, ImageRecord)
                self._number(record, len(self.records) + len(made) + 1)
                layer.apply(IMAGES.topic, record)
                made.append(record)
        for record in made:
            self.state.apply(IMAGES.topic, record)
        self.records += made
        return [record.job for record in made]

    def _number(self, record: ImageRecord, position: int) -> None:
        created = self._created.setdefault(record.job.id, position)
        record.meta.position = position
        record.meta.created_position = created
        record.meta.decided_at.FromNanoseconds(int(self.now * 1e9))

    def submit(self, job_id: str, owner: str = "ana", steps: int = 8) -> Job:
        spec = JobSpec()
        spec.CopyFrom(SPEC)
        spec.steps = steps
        return self.do(Submit(Job(id=job_id, owner_id=owner, spec=spec)))[0]

    def lease(self, worker: str = "w1") -> Job | None:
        made = self.do(Lease(worker))
        return made[0] if made else None

    def complete(self, job: Job, picture: Picture = PICTURE) -> list[Job]:
        return self.do(Complete(job.id, job.attempt, picture, 1.5, KEEP_SECONDS))

    def fail(self, job: Job, reason: Reason, count: int = 1) -> list[Job]:
        return self.do(Fail(job.id, job.attempt, reason, "It broke.", count, KEEP_SECONDS))

    def expire(self, job: Job, count: int = 1) -> list[Job]:
        return self.do(Expire(job.id, job.attempt, count, KEEP_SECONDS))

    def cancel(self, job_id: str, owner: str = "ana") -> list[Job]:
        return self.do(Cancel(job_id, owner))

    def paint(self, job_id: str, owner: str = "ana") -> Job:
        """Submit, lease and complete a job, where none waits before it."""
        self.submit(job_id, owner)
        job = self.lease()
        assert job is not None
        return self.complete(job)[0]

    def forget(self, job_id: str, owner: str = "ana") -> list[Job]:
        return self.do(Forget(job_id, owner))

    def publish(self, job_id: str, owner: str = "ana", post: str = "p") -> list[Job]:
        return self.do(MarkPublished(job_id, owner, post))

    def lapse(self, job_id: str) -> list[Job]:
        return self.do(Lapse(job_id))

    def shelf(self, owner: str = "ana") -> list[str]:
        return [job.id for _, job in self.state.unpublished_of(owner)]

    def get(self, job_id: str) -> Job:
        job = self.state.find(job_id)
        assert job is not None
        return job
