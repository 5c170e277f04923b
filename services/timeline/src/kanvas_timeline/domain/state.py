"""The state that `kanvas.feed.v1` and `kanvas.reactions.v1` fold into."""

from typing import Self

from google.protobuf.message import Message

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord
from kanvas_platform.ids import id_time
from kanvas_platform.kafka.table import Table
from kanvas_platform.timestamps import to_seconds
from kanvas_timeline.domain.contents import ID_LEAD_SECONDS
from kanvas_timeline.domain.graph import CopiedGraph
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.recent import RecentLog

_ID_SLACK_SECONDS = 2 * ID_LEAD_SECONDS
"""The lead that an id may have, and as much again for clocks that differ between writers."""


class TimelineState:
    """Everything that decisions and reads look at, as of the applied positions.

    Attributes:
        graph: Accounts, follows and blocks.
        posts: The newest record about each post that the recent log holds, by id.
        likes: Present (post, account) pairs: who likes what.
        like_counts: How many like a post; absent is 0.
        recent: The recent log: what of the posts is in memory, in feed order.
        copied: Position in the graph's log of the last record that was copied.
    """

    def __init__(self, recent: RecentLog, base: Self | None = None) -> None:
        self.recent = recent
        self.graph: CopiedGraph = base.graph.overlay() if base else CopiedGraph()
        self.posts: Table[str, StoredPost] = base.posts.overlay() if base else recent.posts
        self.likes: Table[tuple[str, str], None] = base.likes.overlay() if base else Table()
        self.like_counts: Table[str, int] = base.like_counts.overlay() if base else Table()
        self.copied: int = base.copied if base else 0
        self._layered = base is not None

    def overlay(self) -> Self:
        """Return a layer on top of this state; what is applied to it never reaches this one.

        It shares `recent`, for its floor, and adds nothing there.
        """
        return type(self)(self.recent, self)

    def memory_decides(self, post_id: str) -> bool:
        """Return whether `posts` alone tells if a post exists; otherwise ask the views.

        True also for an id whose time is so late that its post, if there were one, would have
        been decided after everything that the memory has forgotten.
        """
        if post_id in self.posts or self.recent.floor == 0:
            return True
        return id_time(post_id) > self.recent.since + _ID_SLACK_SECONDS

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record. Notifications and training records change nothing here."""
        del topic  # the record's type says which log it is of
        if isinstance(record, ReactionRecord):
            self._apply_reaction(record)
        elif isinstance(record, FeedRecord):
            self._apply_feed(record)

    def _apply_feed(self, record: FeedRecord) -> None:
        self.copied = max(self.copied, record.meta.source_position)
        match record.WhichOneof("entity"):
            case "post" | "post_removed":
                self._apply_post(record)
            case "account":
                self.graph.apply_account(record.account)
            case "follow":
                self.graph.apply_follow(record.follow)
            case "block":
                self.graph.apply_block(record.block)
            case _:
                pass  # an entity of a later version of the contract: nothing here depends on it

    def _apply_post(self, record: FeedRecord) -> None:
        stored = StoredPost.from_record(record)
        if stored is None:  # pragma: no cover: only records about posts come here
            return
        if self._layered:
            self.posts[stored.ref.post_id] = stored
        else:
            self.recent.add(stored, to_seconds(record.meta.decided_at))

    def _apply_reaction(self, record: ReactionRecord) -> None:
        pair = (record.post_id, record.account_id)
        if record.liked:
            self.likes[pair] = None
        elif pair in self.likes:
            del self.likes[pair]
        self.like_counts[record.post_id] = record.like_count
