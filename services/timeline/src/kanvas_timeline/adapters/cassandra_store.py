"""The views in Cassandra; `schema/` has the tables and the rule by which they are written."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

from kanvas_platform.backoff import Backoff
from kanvas_platform.cassandra.errors import Disconnected, StatementRefused
from kanvas_platform.cassandra.session import CassandraSession, Prepared, Row, connect_when_up
from kanvas_platform.clock import Clock
from kanvas_platform.errors import DeadlineExceeded, Internal, ResourceExhausted, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.observability import get_logger
from kanvas_timeline.adapters.bucketed_feeds import newest_lines
from kanvas_timeline.concurrent_calls import Call, concurrently
from kanvas_timeline.domain.feeds import is_picture_feed
from kanvas_timeline.domain.generations import Generations
from kanvas_timeline.domain.marks import Mark, Marks
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.ports import FeedStore

_log = get_logger(__name__)

VIEWS = ("posts", "feed_lines", "feed_buckets", "picture_lines")
"""The tables. Each has a row that is its mark, so that it tells by itself what becomes of it."""

_MARKS = {
    "posts": "post_id = 00000000-0000-0000-0000-000000000000",
    "feed_lines": "feed = 'mark' AND bucket = 0 AND created_position = 0",
    "feed_buckets": "feed = 'mark' AND bucket = 0",
    "picture_lines": "feed = 'mark' AND created_position = 0",
}
"""Where the mark of a table stands: in no feed, and not where a post can be."""

_WIDTH_BITS = {"public": 16, "author": 22}
_WIDTH_BITS_OTHERWISE = 18
"""Bits of a position that count within a bucket, by the kind of feed (its name up to the colon).

Rows are stored by them: never change these. A bucket of the public feed has at most 65,536 rows of
about 60 bytes. One of an author may span 4 million positions, of which even the busiest author
makes a small part. One of a tag has at most 262,144 rows, if every record is a post with that tag.
"""

_concurrently = partial(concurrently, at_once=128)
"""Statements that one call sends at a time: it must leave room for others."""

_KNOWN_BUCKETS_MAX = 100_000
_RETRY_SECONDS = 2.0
_MIGRATION_SECONDS = 60.0
_TO_MIGRATE = "`python -m kanvas_timeline migrate` (`make run` does)"

STATEMENTS = {
    "write_post": (
        "INSERT INTO posts (post_id, author_id, created_position, position, content)"
        " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?"
    ),
    "write_line": (
        "INSERT INTO feed_lines (feed, bucket, created_position, post_id, author_id)"
        " VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?"
    ),
    "write_picture_line": (
        "INSERT INTO picture_lines (feed, created_position, post_id, author_id)"
        " VALUES (?, ?, ?, ?) USING TIMESTAMP ?"
    ),
    "write_bucket": "INSERT INTO feed_buckets (feed, bucket) VALUES (?, ?) USING TIMESTAMP ?",
    "read_post": (
        "SELECT post_id, author_id, created_position, position, content FROM posts"
        " WHERE post_id = ?"
    ),
    "read_lines": (
        "SELECT created_position, post_id, author_id FROM feed_lines"
        " WHERE feed = ? AND bucket = ? AND created_position < ? LIMIT ?"
    ),
    "read_picture_lines": (
        "SELECT created_position, post_id, author_id FROM picture_lines"
        " WHERE feed = ? AND created_position < ? LIMIT ?"
    ),
    "read_buckets": "SELECT bucket FROM feed_buckets WHERE feed = ? AND bucket < ? LIMIT ?",
}

# A mark is moved by whoever saw where it was, and by nobody else: see `domain.marks`.
MARK_STATEMENTS = {
    view: {
        "read": f"SELECT life, reach FROM {view} WHERE {row}",  # noqa: S608 - of constants
        "make": f"{write} WHERE {row} IF life = null",
        "move": f"{write} WHERE {row} IF life = ? AND reach = ?",
    }
    for view, row in _MARKS.items()
    for write in (f"UPDATE {view} SET life = ?, reach = ?",)  # noqa: S608 - as above
}

GENERATION_STATEMENTS = {
    "read": "SELECT serving, building, retiring FROM generations WHERE name = 'views'",
    "make": (
        "INSERT INTO generations (name, serving, building, retiring) VALUES ('views', ?, ?, ?)"
        " IF NOT EXISTS"
    ),
    "move": (
        "UPDATE generations SET serving = ?, building = ?, retiring = ? WHERE name = 'views'"
        " IF serving = ? AND building = ? AND retiring = ?"
    ),
}


@dataclass(frozen=True)
class _RowStatements:
    """What moves one row under conditions, prepared: a mark, or that of the generations."""

    read: Prepared
    make: Prepared
    move: Prepared


@dataclass(frozen=True)
class _Statements:
    """What `STATEMENTS`, `MARK_STATEMENTS` and `GENERATION_STATEMENTS` name, prepared."""

    write_post: Prepared
    write_line: Prepared
    write_picture_line: Prepared
    write_bucket: Prepared
    read_post: Prepared
    read_lines: Prepared
    read_picture_lines: Prepared
    read_buckets: Prepared
    marks: Mapping[str, _RowStatements]
    generations: _RowStatements

    @classmethod
    async def prepare(cls, session: CassandraSession) -> Self:
        async def prepare_all(cqls: Mapping[str, str]) -> dict[str, Prepared]:
            return {name: await session.prepare(cql) for name, cql in cqls.items()}

        marks = {
            view: _RowStatements(**await prepare_all(cqls))
            for view, cqls in MARK_STATEMENTS.items()
        }
        generations = _RowStatements(**await prepare_all(GENERATION_STATEMENTS))
        return cls(**await prepare_all(STATEMENTS), marks=marks, generations=generations)


async def mark_new_views(
    contact_points: Sequence[tuple[str, int]], keyspace: str, clock: Clock
) -> None:
    """Give a mark to each table that has none.

    Raises:
        KanvasError: The database cannot be reached, or refuses; see `CassandraSession`.
    """
    session = await CassandraSession.connect(contact_points, keyspace)
    try:
        for cqls in MARK_STATEMENTS.values():
            make = await session.prepare(cqls["make"])
            await session.apply(make, _new_mark(clock), timeout=_MIGRATION_SECONDS)
    finally:
        await session.close()


class CassandraFeedStore:
    """Implements `FeedStore`; a component that connects when it is run.

    Until it has connected, and while the database or the views are away, every call raises
    HistoryUnavailable.
    """

    name = "feed-store"

    def __init__(
        self, *, contact_points: Sequence[tuple[str, int]], keyspace: str, clock: Clock
    ) -> None:
        self._contact_points = contact_points
        self._keyspace = keyspace
        self._clock = clock
        self._session: CassandraSession | None = None
        self._statements: _Statements | None = None
        self._ended = asyncio.Event()
        self._known_buckets: set[tuple[str, int]] = set()
        self._buckets_life: str | None = None

    async def run(self) -> None:
        """Connect, however long that takes, and hold the connection until canceled.

        Where no node can be reached or a statement fails for good, connect again: the tables or
        their keyspace may be gone. They are waited for.
        """
        backoff = Backoff(self._clock)
        while True:
            self._session = await connect_when_up(
                self._contact_points, self._keyspace, clock=self._clock, to_migrate=_TO_MIGRATE
            )
            try:
                self._statements = await self._prepare(self._session)
                self._ended.clear()
                await self._ended.wait()
            except Disconnected as error:
                _log.warning("the connection was lost", reason=error.message)
            except StatementRefused as error:
                _log.warning(
                    f"tables of the views are missing in the keyspace {self._keyspace}: "
                    f"run {_TO_MIGRATE}",
                    reason=error.message,
                )
            finally:
                self._statements = None
                await self._session.close()
            await backoff.pause()

    @property
    def serving(self) -> FeedStore:
        """See the port `Views`: alone, it is the only set."""
        return self

    async def generations(self, *, timeout: float) -> Generations | None:
        """See `GenerationStore`."""
        rows = await self._ask(self._ready().generations.read, (), timeout)
        return Generations(*rows[0]) if rows else None

    async def note(self, generations: Generations, *, timeout: float) -> None:
        """See `GenerationStore`."""
        await self._apply(self._ready().generations.make, generations, timeout)

    async def change(self, known: Generations, becomes: Generations, *, timeout: float) -> bool:
        """See `GenerationStore`."""
        return await self._apply(self._ready().generations.move, (*becomes, *known), timeout)

    async def marks(self, *, timeout: float) -> Marks:
        """See the port."""
        found: dict[str, Mark | None] = dict.fromkeys(VIEWS)

        async def read(view: str, statement: Prepared) -> None:
            for row in await self._ask(statement, (), timeout):
                if row.life is not None:
                    found[view] = Mark(str(row.life), row.reach)

        marks = self._ready().marks.items()
        await _concurrently(partial(read, view, statements.read) for view, statements in marks)
        self._trust_buckets_of(found["feed_buckets"])
        return found

    async def begin(self, views: Collection[str], found: Marks, *, timeout: float) -> None:
        """See the port."""
        await _concurrently(partial(self._begin, view, found[view], timeout) for view in views)

    async def _begin(self, view: str, mark: Mark | None, timeout: float) -> None:
        statements = self._ready().marks[view]
        life, beginning = _new_mark(self._clock)
        if mark is None:
            await self._apply(statements.make, (life, beginning), timeout)
        else:
            old = (UUID(mark.life), mark.reach)
            await self._apply(statements.move, (life, mark.reach, *old), timeout)

    async def write(self, posts: Sequence[StoredPost], *, timeout: float) -> None:
        """See the port."""
        await _concurrently(write for stored in posts for write in self._writes(stored, timeout))

    async def advance(self, known: Marks, position: int, *, timeout: float) -> bool:
        """See the port."""
        moved: list[bool] = []

        async def move(view: str, mark: Mark) -> None:
            life, statement = UUID(mark.life), self._ready().marks[view].move
            change = (life, position, life, mark.reach)
            moved.append(await self._apply(statement, change, timeout))

        if None in known.values():
            return False
        await _concurrently(
            partial(move, view, mark)
            for view, mark in known.items()
            if mark is not None and mark.reach < position
        )
        if not all(moved):
            self._known_buckets.clear()  # what was written may be gone
        return all(moved)

    async def posts(self, post_ids: Collection[str], *, timeout: float) -> Mapping[str, StoredPost]:
        """See the port."""
        statement = self._ready().read_post
        found: dict[str, StoredPost] = {}

        async def read(post_id: str) -> None:
            for row in await self._ask(statement, (UUID(post_id),), timeout):
                found[post_id] = _stored_post(row)

        await _concurrently(partial(read, post_id) for post_id in post_ids)
        return found

    async def newest(
        self, feeds: Collection[str], before: int, limit: int, *, timeout: float
    ) -> Sequence[Ref]:
        """See the port."""
        by_width: dict[int, list[str]] = {}
        found: set[Ref] = set()
        for feed in feeds:
            if is_picture_feed(feed):
                found.update(await self._newest_showing(feed, before, limit, timeout))
            else:
                by_width.setdefault(_width_bits(feed), []).append(feed)
        for width_bits, alike in by_width.items():
            found.update(await self._newest(alike, width_bits, before, limit, timeout))
        return sorted(found, reverse=True)[:limit]

    async def _newest(
        self, feeds: Sequence[str], width_bits: int, before: int, limit: int, timeout: float
    ) -> Sequence[Ref]:
        statements = self._ready()

        async def read_index(feed: str, below: int, most: int) -> list[int]:
            rows = await self._ask(statements.read_buckets, (feed, below, most), timeout)
            return [row.bucket for row in rows]

        async def read_bucket(feed: str, bucket: int) -> list[Ref]:
            rows = await self._ask(statements.read_lines, (feed, bucket, before, limit), timeout)
            return [_ref(row) for row in rows]

        return await newest_lines(
            feeds,
            top=(before - 1) >> width_bits,
            limit=limit,
            read_index=read_index,
            read_bucket=read_bucket,
            concurrently=_concurrently,
        )

    async def _newest_showing(
        self, feed: str, before: int, limit: int, timeout: float
    ) -> Sequence[Ref]:
        statement = self._ready().read_picture_lines
        rows = await self._ask(statement, (feed, before, limit), timeout)
        return [_ref(row) for row in rows]

    def _writes(self, stored: StoredPost, timeout: float) -> Iterator[Call]:
        yield partial(self._write_post, stored, timeout)
        # Lines stay when a post is removed or leaves a feed: nothing is ever deleted from one.
        for feed in stored.feeds:
            write = self._write_picture_line if is_picture_feed(feed) else self._write_line
            yield partial(write, feed, stored, timeout)

    async def _write_post(self, stored: StoredPost, timeout: float) -> None:
        ref, position = stored.ref, stored.position
        post_id, author_id = UUID(ref.post_id), UUID(ref.author_id)
        row = (post_id, author_id, ref.created_position, position, stored.content)
        await self._ask(self._ready().write_post, row, timeout, position)

    async def _write_line(self, feed: str, stored: StoredPost, timeout: float) -> None:
        statements, ref, position = self._ready(), stored.ref, stored.position
        bucket = ref.created_position >> _width_bits(feed)
        row = (feed, bucket, ref.created_position, UUID(ref.post_id), UUID(ref.author_id))
        await self._ask(statements.write_line, row, timeout, position)
        if (feed, bucket) in self._known_buckets:
            return
        await self._ask(statements.write_bucket, (feed, bucket), timeout, position)
        if len(self._known_buckets) >= _KNOWN_BUCKETS_MAX:
            self._known_buckets.clear()
        self._known_buckets.add((feed, bucket))

    async def _write_picture_line(self, feed: str, stored: StoredPost, timeout: float) -> None:
        ref, position = stored.ref, stored.position
        row = (feed, ref.created_position, UUID(ref.post_id), UUID(ref.author_id))
        await self._ask(self._ready().write_picture_line, row, timeout, position)

    async def _prepare(self, session: CassandraSession) -> _Statements:
        backoff = Backoff(self._clock)
        while True:
            try:
                return await _Statements.prepare(session)
            except Disconnected:
                raise
            except (Unavailable, DeadlineExceeded) as error:
                _log.warning("cannot prepare statements yet", reason=error.message)
                await backoff.pause()

    def _trust_buckets_of(self, mark: Mark | None) -> None:
        """Forget which buckets were written, if that was in another life of their table."""
        life = None if mark is None else mark.life
        if life is None or life != self._buckets_life:
            self._known_buckets.clear()
        self._buckets_life = life

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
        with self._telling() as session:
            return await session.execute(statement, params, timestamp=timestamp, timeout=timeout)

    async def _apply(self, statement: Prepared, params: Sequence[object], timeout: float) -> bool:
        with self._telling() as session:
            return await session.apply(statement, params, timeout=timeout)

    @contextmanager
    def _telling(self) -> Iterator[CassandraSession]:
        """Lend the session, and tell of what goes wrong with it as the port promises."""
        if self._session is None:
            raise _unavailable()
        try:
            yield self._session
        except Internal as error:
            # The tables are not what they were when the statements were prepared.
            _log.warning("a statement failed for good: connecting anew", reason=error.message)
            self._ended.set()
            raise _unavailable() from error
        except Disconnected as error:
            self._ended.set()  # to connect anew tells whether the keyspace is missing
            raise _unavailable() from error
        except (Unavailable, DeadlineExceeded, ResourceExhausted) as error:
            raise _unavailable() from error


def _new_mark(clock: Clock) -> tuple[UUID, int]:
    return UUID(new_id(clock.now())), 0


def _width_bits(feed: str) -> int:
    return _WIDTH_BITS.get(feed.partition(":")[0], _WIDTH_BITS_OTHERWISE)


def _ref(row: Row) -> Ref:
    return Ref(row.created_position, str(row.post_id), str(row.author_id))


def _stored_post(row: Row) -> StoredPost:
    return StoredPost.from_row(_ref(row), row.position, row.content)


def _unavailable() -> HistoryUnavailable:
    return HistoryUnavailable("Older posts cannot be read now.", retry_after=_RETRY_SECONDS)
