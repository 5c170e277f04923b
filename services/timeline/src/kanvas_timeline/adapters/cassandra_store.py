"""The views in Cassandra; `schema/` has the tables and the rule by which they are written."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

from kanvas_platform.cassandra.session import Cassandra, Prepared, Row, connect_when_up
from kanvas_platform.clock import Clock
from kanvas_platform.errors import DeadlineExceeded, ResourceExhausted, Unavailable
from kanvas_platform.kafka.backoff import Backoff
from kanvas_platform.observability import get_logger
from kanvas_timeline.adapters.bucketed_feeds import Call, newest_lines
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.errors import HistoryUnavailable

_log = get_logger(__name__)

VIEWS = ("posts", "feeds")

PUBLIC = "public"
_PUBLIC_WIDTH_BITS = 16
_AUTHOR_WIDTH_BITS = 22
"""Bits of a position that count within a bucket. Rows are stored by them: never change these.

A bucket of the public feed has at most 65,536 rows of about 60 bytes. One of an author may span
4 million positions, of which even the busiest author makes a small part.
"""

_CONCURRENCY = 128
"""Statements that one call sends at a time: it must leave room for others."""

_KNOWN_BUCKETS_MAX = 100_000
_RETRY_SECONDS = 2.0


STATEMENTS = {
    "write_post": (
        "INSERT INTO posts (post_id, author_id, created_position, position, content)"
        " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?"
    ),
    "write_line": (
        "INSERT INTO feed_lines (feed, bucket, created_position, post_id, author_id)"
        " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?"
    ),
    "write_bucket": "INSERT INTO feed_buckets (feed, bucket) VALUES (?, ?) USING TIMESTAMP ?",
    "write_progress": "INSERT INTO view_progress (name, position) VALUES (?, ?) USING TIMESTAMP ?",
    "read_progress": "SELECT name, position FROM view_progress",
    "read_post": (
        "SELECT post_id, author_id, created_position, position, content FROM posts"
        " WHERE post_id = ?"
    ),
    "read_lines": (
        "SELECT created_position, post_id, author_id FROM feed_lines"
        " WHERE feed = ? AND bucket = ? AND created_position < ? LIMIT ?"
    ),
    "read_buckets": "SELECT bucket FROM feed_buckets WHERE feed = ? AND bucket < ? LIMIT ?",
}


@dataclass(frozen=True)
class _Statements:
    """What `STATEMENTS` names, prepared."""

    write_post: Prepared
    write_line: Prepared
    write_bucket: Prepared
    write_progress: Prepared
    read_progress: Prepared
    read_post: Prepared
    read_lines: Prepared
    read_buckets: Prepared

    @classmethod
    async def prepare(cls, session: Cassandra) -> Self:
        return cls(**{name: await session.prepare(cql) for name, cql in STATEMENTS.items()})


class CassandraFeedStore:
    """Implements `FeedStore`; a component that connects when it is run.

    Until it has connected, and while the database is away, every call raises HistoryUnavailable.
    """

    name = "feed-store"

    def __init__(
        self, *, contact_points: Sequence[tuple[str, int]], keyspace: str, clock: Clock
    ) -> None:
        self._contact_points = contact_points
        self._keyspace = keyspace
        self._clock = clock
        self._session: Cassandra | None = None
        self._statements: _Statements | None = None
        self._known_buckets: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """Connects, however long that takes, and holds the connection until canceled.

        Raises StatementRefused where the schema is missing: `migrate` has to come first.
        """
        self._session = await connect_when_up(
            self._contact_points, self._keyspace, clock=self._clock
        )
        try:
            self._statements = await self._prepare(self._session)
            await asyncio.Event().wait()
        finally:
            self._statements = None
            await self._session.close()

    async def materialised(self, *, timeout: float) -> int:
        """See the port."""
        rows = await self._ask(self._ready().read_progress, (), timeout)
        positions: dict[str, int] = {row.name: row.position for row in rows}
        return min(positions.get(name, 0) for name in VIEWS)

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        """See the port."""
        await _concurrently(write for stored in posts for write in self._writes(stored, timeout))

    async def advance(self, position: int, *, timeout: float) -> None:
        """See the port."""
        statement = self._ready().write_progress
        await _concurrently(
            partial(self._ask, statement, (name, position), timeout, position) for name in VIEWS
        )

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        """See the port."""
        statement = self._ready().read_post
        found: dict[str, StoredPost] = {}

        async def read(post_id: str) -> None:
            for row in await self._ask(statement, (UUID(post_id),), timeout):
                found[post_id] = _stored_post(row)

        await _concurrently(partial(read, post_id) for post_id in post_ids)
        return found

    async def by_authors(
        self, author_ids: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        """See the port."""
        feeds = [_author_feed(author_id) for author_id in author_ids]
        return await self._newest(feeds, _AUTHOR_WIDTH_BITS, before, limit, timeout)

    async def public(self, before: int, limit: int, *, timeout: float) -> Sequence[Ref]:
        """See the port."""
        return await self._newest([PUBLIC], _PUBLIC_WIDTH_BITS, before, limit, timeout)

    async def _newest(
        self, feeds: Sequence[str], width_bits: int, before: int, limit: int, timeout: float
    ) -> Sequence[Ref]:
        statements = self._ready()

        async def read_index(feed: str, below: int, most: int) -> list[int]:
            rows = await self._ask(statements.read_buckets, (feed, below, most), timeout)
            return [row.bucket for row in rows]

        async def read_bucket(feed: str, bucket: int) -> list[Ref]:
            rows = await self._ask(statements.read_lines, (feed, bucket, before, limit), timeout)
            return [Ref(row.created_position, str(row.post_id), str(row.author_id)) for row in rows]

        return await newest_lines(
            feeds,
            top=(before - 1) >> width_bits,
            limit=limit,
            read_index=read_index,
            read_bucket=read_bucket,
            concurrently=_concurrently,
        )

    def _writes(self, stored: StoredPost, timeout: float) -> Iterator[Call]:
        yield partial(self._write_post, stored, timeout)
        if stored.removed:
            return  # its lines stay: nothing is ever deleted from a feed
        feed = _author_feed(stored.ref.author_id)
        yield partial(self._write_line, feed, _AUTHOR_WIDTH_BITS, stored, timeout)
        if stored.public:
            yield partial(self._write_line, PUBLIC, _PUBLIC_WIDTH_BITS, stored, timeout)

    async def _write_post(self, stored: StoredPost, timeout: float) -> None:
        ref, position = stored.ref, stored.position
        post_id, author_id = UUID(ref.post_id), UUID(ref.author_id)
        row = (post_id, author_id, ref.created_position, position, stored.content)
        await self._ask(self._ready().write_post, row, timeout, position)

    async def _write_line(
        self, feed: str, width_bits: int, stored: StoredPost, timeout: float
    ) -> None:
        statements, ref, position = self._ready(), stored.ref, stored.position
        bucket = ref.created_position >> width_bits
        row = (feed, bucket, ref.created_position, UUID(ref.post_id), UUID(ref.author_id))
        await self._ask(statements.write_line, row, timeout, position)
        if (feed, bucket) in self._known_buckets:
            return
        await self._ask(statements.write_bucket, (feed, bucket), timeout, position)
        if len(self._known_buckets) >= _KNOWN_BUCKETS_MAX:
            self._known_buckets.clear()
        self._known_buckets.add((feed, bucket))

    async def _prepare(self, session: Cassandra) -> _Statements:
        backoff = Backoff(self._clock)
        while True:
            try:
                return await _Statements.prepare(session)
            except (Unavailable, DeadlineExceeded) as error:
                _log.warning("cannot prepare statements yet", reason=error.message)
                await backoff.pause()

    def _ready(self) -> _Statements:
        if self._statements is None:
            raise _unavailable()
        return self._statements

    async def _ask(
        self,
        statement: Prepared,
        params: Sequence[object],
        timeout: float,
        timestamp: int | None = None,
    ) -> list[Row]:
        if self._session is None:
            raise _unavailable()
        try:
            return await self._session.execute(
                statement, params, timestamp=timestamp, timeout=timeout
            )
        except (Unavailable, DeadlineExceeded, ResourceExhausted) as error:
            raise _unavailable() from error


async def _concurrently(calls: Iterable[Call]) -> None:
    """Makes all calls; when one fails, cancels the others and raises HistoryUnavailable."""
    room = asyncio.Semaphore(_CONCURRENCY)

    async def run(call: Call) -> None:
        async with room:
            await call()

    try:
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(run(call))
    except* HistoryUnavailable as failures:
        first = failures
    else:
        return
    raise _unavailable() from first


def _author_feed(author_id: str) -> str:
    return f"author:{author_id}"


def _stored_post(row: Row) -> StoredPost:
    ref = Ref(row.created_position, str(row.post_id), str(row.author_id))
    return StoredPost.from_row(ref, row.position, row.content)


def _unavailable() -> HistoryUnavailable:
    return HistoryUnavailable("Older posts cannot be read now.", retry_after=_RETRY_SECONDS)
