"""What can be asked of the scheduler. The bodies of the writer's commands."""

from dataclasses import dataclass

from kanvas.images.v1.records_pb2 import Job
from kanvas.media.v1.picture_pb2 import Picture


@dataclass(frozen=True, slots=True)
class Submit:
    """Accept a job: its id, owner and complete specification are set.

    Attributes:
        job: The job.
        seed_drawn: Whether the seed was drawn rather than asked for.
    """

    job: Job
    seed_drawn: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """End a job because its owner no longer wants it."""

    job_id: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget a job with its words and its picture, because its owner wants that."""

    job_id: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class MarkPublished:
    """Note the post that shows the picture of a job."""

    job_id: str
    owner_id: str
    post_id: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """Forget a job whose time is over. The writer's own command."""

    job_id: str


@dataclass(frozen=True, slots=True)
class EraseJobs:
    """Forget jobs of an erased account. The writer's own command."""

    owner_id: str
    job_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """Give the worker the next job. One that holds a job already keeps it, and gets no other."""

    worker_id: str


@dataclass(frozen=True, slots=True)
class Complete:
    """End a job with its picture, which is stored already.

    Attributes:
        job_id: The job.
        attempt: The attempt that painted it.
        picture: The picture.
        compute_seconds: How long the attempt held the model.
        keep_seconds: How long the job is kept where its picture is not published.
    """

    job_id: str
    attempt: int
    picture: Picture
    compute_seconds: float
    keep_seconds: float


@dataclass(frozen=True, slots=True)
class Fail:
    """End an attempt without a picture.

    Attributes:
        reason: One of `domain.faults.Reason`.
        count: How many attempts at this job ended for that reason, this one included.
        keep_seconds: How long the job is kept where this was the last attempt.
    """

    job_id: str
    attempt: int
    reason: str
    message: str
    count: int
    keep_seconds: float


@dataclass(frozen=True, slots=True)
class Expire:
    """Take a job back from a worker that has not been heard of for the length of a lease.

    Attributes:
        count: How many attempts at this job ended so, this one included.
        keep_seconds: How long the job is kept where this was the last attempt.
    """

    job_id: str
    attempt: int
    count: int
    keep_seconds: float
