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
        """Yield previews, in the order of their steps, and at last the painting.

        Iterate inside `contextlib.aclosing`: to close it stops the model within a step.

        Raises:
            PaintingError: At any point, instead of the painting.
        """
        ...

    async def probe(self, timeout: float) -> None:
        """Return once the default model has painted a picture of one step.

        Args:
            timeout: In seconds.

        Raises:
            PaintingError: The model did not paint. That Triton is ready says nothing: Triton
                stays ready when the process that runs the model is dead.
        """
        ...


class StoreError(Exception):
    """The object store does not take the picture now; it may later."""


class PictureStore(Protocol):
    """Keeps pictures under the hash of their content."""

    async def put(self, data: bytes, media_type: str) -> str:
        """Store a picture, once, and return its SHA-256 as 64 lower-case hexadecimal digits.

        Raises:
            StoreError: The picture is not stored.
        """
        ...


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job to paint, as long as the worker reports at least every `seconds`."""

    job: Job
    seconds: float


class Scheduler(Protocol):
    """The leader, as a worker sees it. Every method is safe to repeat.

    Raises:
        Unavailable: Nobody leads; from every method.
        LeaseLost: The attempt no longer holds the job; from every method that names one.
    """

    async def lease(self, worker_id: str) -> LeasedJob | None:
        """Wait for a job, for some seconds; return None when there was none."""
        ...

    async def report(self, job: Job, step: int, of: int, preview: bytes) -> None:
        """Tell progress and keep the lease; `preview` may be empty."""
        ...

    async def complete(self, job: Job, picture: Picture, compute_seconds: float) -> None:
        """Hand in the picture, which is stored already."""
        ...

    async def fail(self, job: Job, reason: Reason, message: str) -> None:
        """Give the job up."""
        ...
