"""What stands for the outside world in memory."""

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image

from kanvas.images.v1.records_pb2 import Job, JobSpec
from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.catalogue import Catalogue
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.errors import LeaseLost
from kanvas_imagegen.ports import (
    LeasedJob,
    Painting,
    PaintingError,
    Preview,
    StoredPicture,
    StoreError,
)
from kanvas_paint_contract.cards import ModelCard, Size
from kanvas_platform.clock import SystemClock

SKETCH = ModelCard(
    name="sketch",
    version="1",
    statement="Fills the canvas with one color; for tests.",
    generative=False,
    styles=("plain",),
    sizes=(Size(64, 64), Size(128, 64)),
    default_steps=4,
    most_steps=50,
)
CATALOGUE = Catalogue(SKETCH)


class HurriedClock(SystemClock):
    """A clock on which `factor` seconds pass in one."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._started = super().now()

    def now(self) -> float:
        return self._started + (super().now() - self._started) * self._factor

    def monotonic(self) -> float:
        return super().monotonic() * self._factor

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / self._factor)


class FakePainter:
    """Paints one color, and obeys the words that the model `sketch` on Triton obeys too.

    Attributes:
        down: While True, nothing can be painted.
        refused: Set when something could not be painted because of that.
        begun: Set when a picture is begun.
        steps: Steps painted, of all pictures.
        gate: Each step waits for it.
        turnstile: Where there is one, each step takes one turn of it.
    """

    def __init__(self) -> None:
        self.down = False
        self.refused = asyncio.Event()
        self.begun = asyncio.Event()
        self.steps = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.turnstile: asyncio.Semaphore | None = None

    async def paint(self, spec: JobSpec) -> AsyncGenerator[Preview | Painting, None]:
        words = spec.prompt.split()
        if spec.model != "sketch":
            raise PaintingError(Reason.MODEL_UNAVAILABLE, "The model cannot be reached.")
        self._require(Reason.MODEL_UNAVAILABLE)
        self.begun.set()
        if "reject" in words:
            raise PaintingError(Reason.MODEL_REJECTED, "nobody can paint this")
        for step in range(1, spec.steps):
            await self._step()
            yield Preview(step, spec.steps, encoded((0, 0, 0), 64, 64))
            if "fault" in words:
                raise PaintingError(Reason.MODEL_FAULT, "The model failed.")
            if "crash" in words:
                raise PaintingError(Reason.MODEL_INTERRUPTED, "The model went away.")
        await self._step()
        if {"junk", "small", "silent"} & set(words):
            raise PaintingError(Reason.MODEL_FAULT, "No picture.")
        color = (spec.seed % 256, len(spec.prompt) % 256, 64)
        yield Painting(
            data=encoded(color, spec.width, spec.height),
            media_type="image/webp",
            width=spec.width,
            height=spec.height,
            placeholder="#{:02x}{:02x}{:02x}".format(*color),
            seed=spec.seed,
            model_version="1",
            statement=SKETCH.statement,
            substitutions=("glurb → globe",) if "glurb" in words else (),
        )

    async def probe(self, timeout: float) -> None:
        self._require(Reason.MODEL_UNAVAILABLE)

    async def _step(self) -> None:
        # Lets the loop do other things, as every step of a real model does.
        await asyncio.sleep(0)
        await self.gate.wait()
        if self.turnstile is not None:
            await self.turnstile.acquire()
        self._require(Reason.MODEL_INTERRUPTED)
        self.steps += 1

    def _require(self, reason: Reason) -> None:
        if self.down:
            self.refused.set()
            raise PaintingError(reason, "The model cannot be reached.")


class MemoryStore:
    """Keeps pictures in a dictionary.

    Attributes:
        pictures: Bytes by hash.
        down: While True, nothing can be done.
        refused: Set when something could not be done because of that.
        on_delete: Called before a picture is deleted.
    """

    def __init__(self, page_size: int = 1000) -> None:
        self.pictures: dict[str, bytes] = {}
        self.down = False
        self.refused = asyncio.Event()
        self.on_delete: Callable[[], None] = lambda: None
        self._page_size = page_size
        self._known: dict[str, StoredPicture] = {}
        self._writes = 0

    async def put(self, data: bytes, media_type: str) -> str:
        self._require()
        sha256 = hashlib.sha256(data).hexdigest()
        self.pictures[sha256] = data
        self._writes += 1
        self._known[sha256] = StoredPicture(sha256, media_type, float(self._writes))
        return sha256

    async def find(self, sha256: str, media_type: str) -> StoredPicture | None:
        self._require()
        found = self._known.get(sha256)
        return found if found is not None and found.media_type == media_type else None

    async def read(self, sha256: str, media_type: str) -> bytes | None:
        found = await self.find(sha256, media_type)
        return None if found is None else self.pictures[sha256]

    async def delete(self, sha256: str, media_type: str) -> None:
        if await self.find(sha256, media_type) is not None:
            self.on_delete()
            self.lose(sha256)

    def lose(self, sha256: str) -> None:
        """Let a picture be gone, as if somebody else had deleted it."""
        del self.pictures[sha256], self._known[sha256]

    async def pages(self) -> AsyncGenerator[Sequence[StoredPicture], None]:
        all_of_them = list(self._known.values())
        for first in range(0, len(all_of_them), self._page_size):
            self._require()
            yield all_of_them[first : first + self._page_size]

    def _require(self) -> None:
        if self.down:
            self.refused.set()
            raise StoreError("down")


@dataclass
class FakeScheduler:
    """Hands out the jobs it was given, one after the other, and notes what it hears.

    Attributes:
        asked: How often a worker has asked for a job.
        refusing: Raised instead of every answer about an attempt.
        answering: Reports wait for it.
        on_complete: Called with each picture that is handed in.
    """

    jobs: list[Job] = field(default_factory=list)
    reports: list[tuple[int, bool]] = field(default_factory=list)
    completed: list[Picture] = field(default_factory=list)
    failed: list[Reason] = field(default_factory=list)
    asked: int = 0
    refusing: Exception | None = None
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    on_complete: Callable[[Picture], None] = lambda _: None

    def __post_init__(self) -> None:
        self.answering.set()

    async def lease(self, worker_id: str) -> LeasedJob | None:
        self.asked += 1
        await asyncio.sleep(0)
        return LeasedJob(self.jobs.pop(0), 5.0) if self.jobs else None

    async def report(self, job: Job, step: int, of: int, preview: bytes) -> None:
        await self.answering.wait()
        self._answer()
        self.reports.append((step, bool(preview)))

    async def complete(self, job: Job, picture: Picture, compute_seconds: float) -> None:
        self._answer()
        self.completed.append(picture)
        self.on_complete(picture)

    async def fail(self, job: Job, reason: Reason, message: str) -> None:
        self._answer()
        self.failed.append(reason)

    def lose(self) -> None:
        self.refusing = LeaseLost("Another attempt has overtaken this one.")

    def _answer(self) -> None:
        if self.refusing is not None:
            raise self.refusing


def encoded(color: tuple[int, int, int], width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, "WEBP")
    return file.getvalue()
