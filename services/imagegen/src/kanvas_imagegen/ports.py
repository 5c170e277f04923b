"""What this service needs from outside, as protocols."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.faults import Reason


@dataclass(frozen=True, slots=True)
class Preview:
    """What has formed after some steps.

    Attributes:
        step: Steps done, from 1.
        of: Steps in all.
        image: WebP of at most 256 x 256 pixels.
    """

    step: int
    of: int
    image: bytes


@dataclass(frozen=True, slots=True)
class Painting:
    """A finished picture, not stored yet.

    Attributes:
        data: The file, never changed again.
        media_type: `image/webp` or `image/png`, as seen in the bytes.
        placeholder: Mean color as `#rrggbb`.
        seed: Seed that was used.
        statement: The model's own sentence on how it made this.
        substitutions: Words that it did not know and what it drew instead, as `asked → drawn`.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    placeholder: str
    seed: int
    model_version: str
    statement: str
    substitutions: Sequence[str] = ()


class PaintingError(Exception):
    """There is no picture.

    Attributes:
        reason: Why, in a word; says whether to try again.
        message: Why, for the person who asked. May quote them: it never goes to a log line.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


class Painter(Protocol):
    """Paints pictures, several at a time."""

    def paint(self, spec: JobSpec) -> AsyncGenerator[Preview | Painting, None]:
        """Yields previews, in the order of their steps, and at last the painting.

        Iterate inside `contextlib.aclosing`: to close it stops the model within a step.

        Raises:
            PaintingError: At any point, instead of the painting.
        """
        ...

    async def probe(self, timeout: float) -> None:
        """Returns once the default model has painted a picture of one step.

        Args:
            timeout: In seconds.

        Raises:
            PaintingError: It was not. Being ready means nothing: Triton stays ready when the
                process that runs the model is dead.
        """
        ...


class StoreError(Exception):
    """The object store does not take the picture now; it may later."""


class PictureStore(Protocol):
    """Keeps pictures under the hash of their content."""

    async def put(self, data: bytes, media_type: str) -> str:
        """Stores a picture, once, and returns its SHA-256 as 64 lower-case hexadecimal digits.

        Raises:
            StoreError: It is not stored.
        """
        ...


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job to paint, as long as one reports at least every `seconds`."""

    job: Job
    seconds: float


class Scheduler(Protocol):
    """The leader, as a worker sees it. Every method is safe to repeat.

    All raise Unavailable while nobody leads, and those that name an attempt LeaseLost
    once it no longer holds the job.
    """

    async def lease(self, worker_id: str) -> LeasedJob | None:
        """Waits for a job, for seconds; None when there was none."""
        ...

    async def report(self, job: Job, step: int, of: int, preview: bytes) -> None:
        """Tells progress and keeps the lease; `preview` may be empty."""
        ...

    async def complete(self, job: Job, picture: Picture, compute_seconds: float) -> None:
        """Hands the picture in, which is stored."""
        ...

    async def fail(self, job: Job, reason: Reason, message: str) -> None:
        """Gives the job up."""
        ...
