"""What exports are made from and where they go, without servers: one person's belongings."""

import asyncio
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

from kanvas.graph.v1.records_pb2 import Archive
from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1.records_pb2 import JOB_STATE_SUCCEEDED, Job
from kanvas.media.v1.picture_pb2 import Picture, Provenance
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.context import require_caller
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from kanvas_social_graph.exporter import Exporter, ExportKeeper, ExportRules, Underway
from kanvas_social_graph.make_export import Belongings
from tests.unit.social_graph.doubles import EXPORT_PAUSE_SECONDS, GraphLog

RULES = ExportRules(
    keep_seconds=7 * 86_400.0, give_up_seconds=6 * 3600.0, pause_seconds=EXPORT_PAUSE_SECONDS
)


class MemoryArchives:
    """Doubles `Archives`."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, int], bytes] = {}
        self.away = False

    async def put(self, name: str, number: int, data: bytes) -> None:
        self._check()
        self.parts[name, number] = data

    async def remove(self, name: str) -> None:
        self._check()
        for key in [key for key in self.parts if f"{key[0]}/".startswith(f"{name}/")]:
            del self.parts[key]

    async def names(self) -> list[str]:
        self._check()
        return sorted({name for name, _ in self.parts})

    def _check(self) -> None:
        if self.away:
            raise Unavailable("The object store does not answer.", retry_after=1.0)

    def whole(self, archive: Archive) -> bytes:
        """Return an archive, as its record describes it."""
        numbers = sorted(number for name, number in self.parts if name == archive.name)
        parts = [self.parts[archive.name, number] for number in numbers]
        assert {len(part) for part in parts[:-1]} <= {archive.part_bytes}
        data = b"".join(parts)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (archive.size_bytes, archive.sha256)
        return data


@dataclass
class Opened:
    """An archive that was unpacked, by path."""

    files: dict[str, bytes]

    @classmethod
    def of(cls, data: bytes) -> "Opened":
        with ZipFile(io.BytesIO(data)) as found:
            assert found.testzip() is None
            return cls({name: found.read(name) for name in found.namelist()})

    def json(self, path: str) -> Any:
        return json.loads(self.files[path])


@dataclass
class Possessions:
    """What one account has, which the doubled services answer with, two to a page."""

    posts: list[timeline.PostView] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    likes: list[timeline.Like] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    asked_by: set[str] = field(default_factory=set)
    before_page: Callable[[], None] = lambda: None

    def picture(self, data: bytes) -> Picture:
        """Keep a picture; return what a record says of it."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.pictures[sha256] = data
        provenance = Provenance(model="collage", seed=7, statement="Arranged.")
        return Picture(
            sha256=sha256, media_type="image/webp", width=8, height=8, provenance=provenance
        )

    def post(self, caption: str, data: bytes) -> timeline.PostView:
        """Publish a post; it is the newest."""
        view = timeline.PostView(created_position=1 << 40 | len(self.posts), like_count=3)
        view.post.id, view.post.caption = new_id(), caption
        view.post.picture.CopyFrom(self.picture(data))
        view.post.created_at.FromSeconds(1_790_000_000)
        view.post.uses.train = True
        self.posts.insert(0, view)
        return view

    def job(self, data: bytes | None = None) -> Job:
        """Have something painted; it is the newest job."""
        job = Job(id=new_id(), state=JOB_STATE_SUCCEEDED)
        job.spec.prompt = "a fox"
        if data is not None:
            job.picture.CopyFrom(self.picture(data))
        self.jobs.insert(0, job)
        return job

    async def read(self, picture: Picture) -> bytes | None:
        """See `Pictures.read`."""
        return self.pictures.get(picture.sha256)

    def page(self, items: Sequence[Any], cursor: str) -> tuple[Sequence[Any], str]:
        """Return two items from a cursor on, and the next cursor."""
        self.before_page()
        self.asked_by.add(require_caller())
        begin = int(cursor or 0)
        end = begin + 2
        return items[begin:end], str(end) if end < len(items) else ""


class _Timeline:
    def __init__(self, has: Possessions) -> None:
        self._has = has

    async def ListUserFeed(self, request: Any, context: Any) -> Any:  # noqa: N802
        assert request.account_id == require_caller()
        views, cursor = self._has.page(self._has.posts, request.cursor)
        return timeline.ListUserFeedResponse(views=views, next_cursor=cursor, position=70)

    async def ListLikes(self, request: Any, context: Any) -> Any:  # noqa: N802
        likes, cursor = self._has.page(self._has.likes, request.cursor)
        return timeline.ListLikesResponse(likes=likes, next_cursor=cursor, position=71)


class _Images:
    def __init__(self, has: Possessions) -> None:
        self._has = has

    async def ListJobs(self, request: Any, context: Any) -> Any:  # noqa: N802
        assert request.all
        jobs, cursor = self._has.page(self._has.jobs, request.cursor)
        return imagegen.ListJobsResponse(jobs=jobs, next_cursor=cursor, position=80)


class Exporting:
    """An instance that leads, with its exporter and its keeper."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.log = GraphLog(self.clock)
        self.has = Possessions()
        self.archives = MemoryArchives()
        self.underway = Underway()
        belongings = Belongings(
            replica=self.log,
            timeline=local_stub(TimelineServiceStub, _Timeline(self.has)),
            images=local_stub(ImageGenerationServiceStub, _Images(self.has)),
            pictures=self.has,
        )
        self.exporter = Exporter(
            belongings=belongings,
            commands=self.log,
            archives=self.archives,
            clock=self.clock,
            rules=RULES,
            underway=self.underway,
        )
        self.keeper = ExportKeeper(
            replica=self.log, commands=self.log, archives=self.archives, clock=self.clock
        )

    async def settle(self) -> None:
        """Let both components do what there is to do, until both sleep again."""
        async with asyncio.timeout(10):
            while self.clock.sleepers < 2:  # noqa: ASYNC110 - sleepers tell nobody
                await asyncio.sleep(0)

    async def after(self, seconds: float) -> None:
        """Let time pass, and settle."""
        self.clock.advance(seconds)
        await self.settle()
