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
    """The object store does not do what it was asked for now; it may later."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in the object store.

    Attributes:
        sha256: Hash of its bytes, 64 lower-case hexadecimal digits.
        media_type: `image/webp` or `image/png`.
        written_at: Unix time at which it was stored last, by the clock of the store.
    """

    sha256: str
    media_type: str
    written_at: float


class PictureStore(Protocol):
    """Keeps pictures under the hash of their content.

    Raises:
        StoreError: The store does not answer, or refuses; from every method.
    """

    async def put(self, data: bytes, media_type: str) -> str:
        """Store a picture and return its SHA-256.

        It is written also where it is there already: who finds it unused sees by its time that
        somebody has just stored it.
        """
        ...

    async def find(self, sha256: str, media_type: str) -> StoredPicture | None:
        """Return what is known of a picture; None where it is not there."""
        ...

    async def read(self, sha256: str, media_type: str) -> bytes | None:
        """Return the bytes of a picture; None where it is not there."""
        ...

    async def delete(self, sha256: str, media_type: str) -> None:
        """Delete a picture; one that is not there is no error."""
        ...

    def pages(self) -> AsyncGenerator[Sequence[StoredPicture], None]:
        """Iterate over all pictures, in pages of at most 1,000, which may be empty.

        What is stored or deleted meanwhile may be among them or not. What is no picture never is.
        """
        ...


class Posts(Protocol):
    """What the timeline knows of posts."""

    async def unshown(self, sha256s: Sequence[str]) -> frozenset[str]:
        """Return which of some pictures no post shows, whoever might see it.

        A post whose creation was acknowledged before the call counts.

        Args:
            sha256s: At most 1,000 hashes.

        Raises:
            KanvasError: The timeline does not answer, or cannot tell now.
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
