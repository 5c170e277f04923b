"""Making the archive of an export: what belongs to an account, read as the account itself reads it.

What goes in is each whole message that a service shows its owner, so a field that a contract gains
is in the next archive. Of other people there is what they show this account: handles of those whom
it follows and blocks, and of the authors of posts that it likes and may see.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import Account, Archive, Export
from kanvas.graph.v1.service_pb2 import ExportProgress
from kanvas.imagegen.v1.service_pb2 import ListJobsRequest
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.media.v1.picture_pb2 import Picture
from kanvas.timeline.v1.service_pb2 import ListLikesRequest, ListUserFeedRequest
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.client import acting_for
from kanvas_platform.timestamps import to_timestamp
from kanvas_social_graph.archive_file import ArchiveFile
from kanvas_social_graph.domain.export_pages import index_page, picture_path, posts_page
from kanvas_social_graph.domain.exports import archive_name
from kanvas_social_graph.errors import AccountUnknown
from kanvas_social_graph.ports import Archives, GraphReplica, Pictures

FORMAT: Final = 1
"""Version of how an archive is laid out, which `export.json` names."""

PAGE: Final = 100
"""Posts and jobs in one file, and on one page."""

_EDGES_AT_ONCE: Final = 200
_LIKES_AT_ONCE: Final = 1000
_CALL_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Belongings:
    """Where what belongs to accounts is.

    Attributes:
        replica: The graph.
        timeline: Posts and likes.
        images: Jobs.
        pictures: The bytes of pictures.
    """

    replica: GraphReplica
    timeline: TimelineServiceStub
    images: ImageGenerationServiceStub
    pictures: Pictures


async def make_export(
    export: Export,
    *,
    belongings: Belongings,
    archives: Archives,
    now: float,
    progress: ExportProgress,
    go_on: Callable[[], None],
) -> Archive:
    """Make the archive of an export, from its beginning, and return what it is.

    Args:
        export: Whose archive, and for which export.
        belongings: What it is made from.
        archives: Where it is stored.
        now: Unix time.
        progress: Is kept up to how far the archive is.
        go_on: Called between parts of the work; raises where it is not to go on.

    Raises:
        KanvasError: A service or a store does not answer, or `go_on` raised it.
    """
    making = _Making(
        account_id=export.account_id,
        file=ArchiveFile(archive_name(export, new_id()), archives=archives, made_at=now),
        belongings=belongings,
        now=now,
        progress=progress,
        go_on=go_on,
    )
    return await making.make()


class _Making:
    def __init__(
        self,
        *,
        account_id: str,
        file: ArchiveFile,
        belongings: Belongings,
        now: float,
        progress: ExportProgress,
        go_on: Callable[[], None],
    ) -> None:
        self._account_id = account_id
        self._file = file
        self._from = belongings
        self._now = now
        self._made_at = to_timestamp(now).ToJsonString()
        self._progress = progress
        self._go_on = go_on
        self._call: dict[str, Any] = {
            "timeout": _CALL_SECONDS,
            "metadata": acting_for(account_id),
        }
        self._missing: set[str] = set()
        self._positions: dict[str, str] = {}

    async def make(self) -> Archive:
        state = self._from.replica.state
        account = state.accounts.get(self._account_id)
        if account is None:
            raise AccountUnknown("There is no such account.")
        self._positions["kanvas.graph.v1"] = str(self._from.replica.position)
        await self._file.add("profile.json", _json(account))
        pages = await self._add_posts()
        jobs = await self._add_jobs()
        follows = await self._file.add_list("follows.json", self._follows())
        blocks = await self._file.add_list("blocks.json", self._blocks())
        likes = await self._file.add_list("likes.json", self._likes())
        sessions = state.live_sessions(self._account_id, self._now)
        await self._file.add_list("sessions.json", _each(sessions))
        counts = {
            "posts": self._progress.posts,
            "pictures": self._progress.pictures,
            "jobs": jobs,
            "follows": follows,
            "blocks": blocks,
            "likes": likes,
            "sessions": len(sessions),
        }
        await self._add_summary(account, pages, counts)
        return await self._file.close()

    async def _add_summary(
        self, account: Account, pages: list[str], counts: dict[str, int]
    ) -> None:
        summary = {
            "format": FORMAT,
            "account_id": self._account_id,
            "made_at": self._made_at,
            "positions": self._positions,
            "counts": counts,
            "missing_pictures": sorted(self._missing),
        }
        await self._file.add("export.json", _text(summary))
        await self._file.add("index.html", index_page(account, self._made_at, pages))

    async def _add_posts(self) -> list[str]:
        """Add posts and their pictures, page by page; return the paths of the pages."""
        request = ListUserFeedRequest(account_id=self._account_id, page_size=PAGE)
        pages: list[str] = []
        for number in count(1):
            page = await self._from.timeline.ListUserFeed(request, **self._call)
            self._positions.setdefault("kanvas.feed.v1", str(page.position))
            if page.views:
                posts = [view.post for view in page.views]
                await self._add_pictures(post.picture for post in posts)
                await self._file.add_list(f"posts/{number:04}.json", _each(page.views))
                html = posts_page(posts, number, missing=frozenset(self._missing))
                pages.append(f"posts/{number:04}.html")
                await self._file.add(pages[-1], html)
                self._progress.posts += len(posts)
            self._note()
            request.cursor = page.next_cursor
            if not request.cursor:
                break
        return pages

    async def _add_jobs(self) -> int:
        """Add jobs and their pictures, page by page; return how many jobs there are."""
        request = ListJobsRequest(page_size=PAGE, all=True)
        jobs = 0
        for number in count(1):
            page = await self._from.images.ListJobs(request, **self._call)
            self._positions.setdefault("kanvas.images.v1", str(page.position))
            if page.jobs:
                await self._add_pictures(
                    job.picture for job in page.jobs if job.HasField("picture")
                )
                await self._file.add_list(f"jobs/{number:04}.json", _each(page.jobs))
                jobs += len(page.jobs)
            self._note()
            request.cursor = page.next_cursor
            if not request.cursor:
                break
        return jobs

    async def _add_pictures(self, pictures: Iterable[Picture]) -> None:
        for picture in pictures:
            path = picture_path(picture)
            if self._file.has(path) or path in self._missing:
                continue
            data = await self._from.pictures.read(picture)
            if data is None:
                self._missing.add(path)
                continue
            await self._file.add(path, data, packed=False)
            self._progress.pictures += 1
            self._note()

    async def _follows(self) -> AsyncIterator[bytes]:
        """Yield whom the account follows, the newest follow first."""
        following, below = self._from.replica.state.following, None
        while part := list(islice(following.descending(self._account_id, below), _EDGES_AT_ONCE)):
            for position, other_id in part:
                yield _text(self._other(other_id) | {"position": str(position)}, indent=None)
            below = part[-1][0]
            await self._let_others()

    async def _blocks(self) -> AsyncIterator[bytes]:
        """Yield whom the account blocks."""
        blocked, below = self._from.replica.state.blocked, None
        while part := list(islice(blocked.descending(self._account_id, below), _EDGES_AT_ONCE)):
            for other_id, _ in part:
                yield _text(self._other(other_id), indent=None)
            below = part[-1][0]
            await self._let_others()

    def _other(self, account_id: str) -> dict[str, str]:
        other = self._from.replica.state.accounts.get(account_id)
        return {"id": account_id, "handle": "" if other is None else other.handle}

    async def _let_others(self) -> None:
        """Go on a moment later: there may be very many edges, and others wait."""
        self._note()
        await asyncio.sleep(0)

    async def _likes(self) -> AsyncIterator[bytes]:
        request = ListLikesRequest(page_size=_LIKES_AT_ONCE)
        while True:
            page = await self._from.timeline.ListLikes(request, **self._call)
            async for like in _each(page.likes):
                yield like
            self._note()
            request.cursor = page.next_cursor
            if not request.cursor:
                return

    def _note(self) -> None:
        self._progress.size_bytes = self._file.size_bytes
        self._go_on()


async def _each(messages: Iterable[Message]) -> AsyncIterator[bytes]:
    for message in messages:
        yield _json(message, indent=None)
        await asyncio.sleep(0)  # each takes a fraction of a millisecond, and others wait


def _json(message: Message, *, indent: int | None = 2) -> bytes:
    return _text(
        MessageToDict(
            message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        ),
        indent=indent,
    )


def _text(value: object, *, indent: int | None = 2) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()
