"""A small world on a memory log: people who follow, block, post and read, in one line each."""

from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from kanvas.feed.v1.records_pb2 import FeedRecord, Visibility
from kanvas.graph.v1.records_pb2 import AccountState, GraphRecord
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.clock import ManualClock
from kanvas_timeline.check_picture import check_picture
from kanvas_timeline.create_post import create_post
from kanvas_timeline.delete_post import delete_post
from kanvas_timeline.domain.commands import CopyGraph
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.rules import PictureAccess
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.like_post import set_like
from kanvas_timeline.list_feeds import (
    FeedPage,
    PageRequest,
    list_global_feed,
    list_home_feed,
    list_tag_feed,
    list_user_feed,
)
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.testing.make import (
    PUBLIC,
    SHA256,
    account_record,
    block_record,
    create_request,
    follow_record,
    numbered_id,
)
from kanvas_timeline.testing.memory_log import MemoryLog
from kanvas_timeline.testing.memory_store import MemoryFeedStore

T = TypeVar("T")
EVERYTHING = 1 << 40
"""A limit that the recent log never reaches."""


class World:
    """One instance of the timeline without servers.

    Attributes:
        clock: Its time, which stands still.
        state: Its folded state.
        log: Its log; also takes commands.
        store: Its views; empty until `materialise`.
        sources: Memory and views together, as reads take them.
    """

    def __init__(self, *, recent_bytes: int = EVERYTHING, space: Space | None = None) -> None:
        """Make an instance.

        Args:
            recent_bytes: Limit of its recent log.
            space: Where its state stands; None: nowhere but in memory.
        """
        self.clock = ManualClock()
        self.state = TimelineState(space or Space(), recent_bytes=recent_bytes)
        self.log = MemoryLog(self.state, self.clock)
        self.store = MemoryFeedStore()
        self.sources = Sources(replica=self.log, store=self.store, clock=self.clock)
        self._ids = 0
        self._graph_position = 0

    def new_id(self) -> str:
        """Return an id at the present time, other than all before."""
        self._ids += 1
        return numbered_id(self._ids, at=self.clock.now())

    def account(self, handle: str = "fox") -> str:
        """Make an account; return its id."""
        account_id = self.new_id()
        self.copy(account_record(account_id, handle))
        return account_id

    def rename(self, account_id: str, name: str) -> Receipt:
        """Give an account another display name."""
        known = self.state.graph.accounts[account_id]
        version = known.version + 1
        return self.copy(account_record(account_id, known.handle, name=name, version=version))

    def turn(self, account_id: str, state: AccountState.ValueType) -> Receipt:
        """Have an account deleted, kept or erased."""
        known = self.state.graph.accounts[account_id]
        record = account_record(
            account_id,
            known.handle,
            name=known.display_name,
            version=known.version + 1,
            state=state,
        )
        return self.copy(record)

    def follow(self, follower_id: str, followee_id: str, *, active: bool = True) -> Receipt:
        """Make one account follow another, or not."""
        return self.copy(follow_record(follower_id, followee_id, active=active))

    def block(self, blocker_id: str, blocked_id: str, *, active: bool = True) -> Receipt:
        """Make one account block another, or not. As in social-graph, follows end."""
        receipt = self.copy(block_record(blocker_id, blocked_id, active=active))
        if active:
            for edge in ((blocker_id, blocked_id), (blocked_id, blocker_id)):
                if edge in self.state.graph.follows:
                    receipt = self.follow(*edge, active=False)
        return receipt

    def copy(self, record: GraphRecord) -> Receipt:
        """Copy the next record of the graph."""
        previous = self._graph_position
        self._graph_position += 1
        return self.log.commit(Command.of_writer(CopyGraph(self._graph_position, previous, record)))

    def post(
        self,
        author_id: str,
        *,
        visibility: Visibility.ValueType = PUBLIC,
        caption: str = "A red fox.",
        train: bool = False,
        sha256: str = SHA256,
    ) -> str:
        """Publish a post; return its id."""
        post_id = self.new_id()
        request = create_request(
            self.new_id(),
            post_id,
            caption=caption,
            visibility=visibility,
            train=train,
            sha256=sha256,
        )
        _now(create_post(request, author_id, commands=self.log, sources=self.sources, timeout=1.0))
        return post_id

    def delete(self, author_id: str, post_id: str) -> int:
        """Delete a post; return the position."""
        return _now(
            delete_post(
                self.new_id(),
                author_id,
                post_id,
                commands=self.log,
                timeout=1.0,
            )
        )

    def like(self, account_id: str, post_id: str, *, liked: bool = True) -> int:
        """Like a post, or no longer; return the count."""
        return _now(
            set_like(
                self.new_id(),
                account_id,
                post_id,
                liked=liked,
                commands=self.log,
                sources=self.sources,
                timeout=1.0,
            )
        )

    def picture(self, reader_id: str | None, sha256: str = SHA256) -> PictureAccess:
        """Return how a reader may see a picture."""
        return _now(check_picture(sha256, reader_id, sources=self.sources, timeout=1.0))

    def materialise(self) -> None:
        """Bring the views to the end of the log, and lets the memory know."""
        _now(materialise(self.log, self.store))
        self.state.recent.materialised = self.log.position

    def write_views(self, posts: Sequence[StoredPost], reach: int) -> None:
        """Write posts to the views; the memory learns nothing of it. See `write_views`."""
        _now(write_views(self.store, posts, reach))

    def home(self, reader_id: str, *, page_size: int = 100, cursor: str = "") -> FeedPage:
        """Return a page of a home feed."""
        request = PageRequest(page_size, cursor, 0)
        return _now(list_home_feed(reader_id, request, sources=self.sources, timeout=1.0))

    def user(
        self, account_id: str, reader_id: str | None, *, page_size: int = 100, cursor: str = ""
    ) -> FeedPage:
        """Return a page of a user feed."""
        request = PageRequest(page_size, cursor, 0)
        return _now(
            list_user_feed(account_id, reader_id, request, sources=self.sources, timeout=1.0)
        )

    def everyone(
        self, reader_id: str | None, *, page_size: int = 100, cursor: str = ""
    ) -> FeedPage:
        """Return a page of the global feed."""
        request = PageRequest(page_size, cursor, 0)
        return _now(list_global_feed(reader_id, request, sources=self.sources, timeout=1.0))

    def tagged(
        self, tag: str, reader_id: str | None, *, page_size: int = 100, cursor: str = ""
    ) -> FeedPage:
        """Return a page of the feed of a tag."""
        request = PageRequest(page_size, cursor, 0)
        return _now(list_tag_feed(tag, reader_id, request, sources=self.sources, timeout=1.0))


async def materialise(log: MemoryLog, store: MemoryFeedStore) -> None:
    """Write everything in a log to a store."""
    records = [record for record in log.records(FEED.topic) if isinstance(record, FeedRecord)]
    stored = [StoredPost.from_record(record) for record in records]
    await write_views(store, [post for post in stored if post is not None], log.position)


async def write_views(store: MemoryFeedStore, posts: Sequence[StoredPost], reach: int) -> None:
    """Write posts to a store, whose marks say from then on that it holds all up to a position."""
    marks = await store.marks(timeout=1.0)
    await store.begin([view for view in marks if marks[view] is None], marks, timeout=1.0)
    await store.write(posts, timeout=1.0)
    await store.advance(await store.marks(timeout=1.0), reach, timeout=1.0)


def ids(page: FeedPage) -> list[str]:
    """Return the ids of the posts of a page."""
    return [view.post.id for view in page.posts]


def _now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that waits for nothing, so that tests read as a story."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise RuntimeError("it waited")
