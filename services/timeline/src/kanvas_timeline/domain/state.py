"""The state that `kanvas.feed.v1` and `kanvas.reactions.v1` fold into."""

from collections.abc import Mapping
from typing import Final, Self

from google.protobuf.message import Message

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord
from kanvas_platform.kafka.store.codecs import BYTES, ID, NOTHING, NUMBER
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Map, Order
from kanvas_timeline.domain.graph import CopiedGraph
from kanvas_timeline.domain.likes import Likes
from kanvas_timeline.domain.posts import FACTS, PostFacts, StoredPost
from kanvas_timeline.domain.recent import RecentLog

FORMAT: Final = 2
"""Version of what records fold into. A store of another version is folded anew."""


class TimelineState:
    """Everything that decisions and reads look at, as of the applied positions.

    Prefixes in the space: `k` known posts, `w` posts by author, `p` pictures, `c` what was copied;
    those of the graph, the likes and the recent log are in their classes.

    Attributes:
        space: Where it stands.
        graph: Accounts, follows and blocks.
        known: The facts of every post, by id; of those that were removed, too.
        posts_by: Posts by author that were not removed, by their place in the feeds.
        shown: How many posts show a picture, by `picture_name`; absent is 0.
        likes: Who likes what.
        recent: The recent log: what of the posts is in memory, in feed order.
    """

    def __init__(self, space: Space, *, recent_bytes: int, base: Self | None = None) -> None:
        """Make a view of the state.

        Args:
            space: Where all of it stands.
            recent_bytes: Memory that the recent log may take.
            base: The state below, of which this is a layer: it shares the recent log, and adds
                nothing there.
        """
        self.recent: RecentLog = (
            RecentLog(space, limit_bytes=recent_bytes) if base is None else base.recent
        )
        self._recent_bytes = recent_bytes
        self.graph = CopiedGraph(space)
        self.known: Map[str, PostFacts] = Map(space, b"k", ID, FACTS)
        self.posts_by: Order[str, int, str] = Order(space, b"w", ID, NUMBER, ID)
        self.shown: Map[bytes, int] = Map(space, b"p", BYTES, NUMBER)
        self.likes = Likes(space)
        self._copied: Map[None, int] = Map(space, b"c", NOTHING, NUMBER)
        self.space = space
        self._layered = base is not None

    @property
    def copied(self) -> int:
        """Position in the graph's log of the last record that was copied."""
        return self._copied.get(None, 0)

    @property
    def posts(self) -> Mapping[str, StoredPost]:
        """The newest record about each post that the recent log holds, by id."""
        return self.recent.posts

    def overlay(self) -> Self:
        """Return a layer on top of this state; what is applied to it never reaches this one."""
        return type(self)(self.space.overlay(), recent_bytes=self._recent_bytes, base=self)

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record. Notifications and training records change nothing here."""
        del topic  # the record's type says which log it is of
        self.likes.let_go()
        if isinstance(record, ReactionRecord):
            self._apply_reaction(record)
        elif isinstance(record, FeedRecord):
            self._apply_feed(record)

    def _apply_feed(self, record: FeedRecord) -> None:
        source = record.meta.source_position
        if source and source > self.copied:
            self._copied[None] = source
        match record.WhichOneof("entity"):
            case "post" | "post_removed":
                self._apply_post(record)
            case "account":
                self.graph.apply_account(record.account, record.meta.position)
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
        post_id = stored.ref.post_id
        before = self.known.get(post_id)
        after = PostFacts.of(stored.ref, None if stored.removed else record.post)
        self.known[post_id] = after
        self._show(b"" if before is None else before.picture, after.picture)
        author_id, place = after.author_id, after.created_position
        if after.removed:
            self.posts_by.remove(author_id, place)
            self.likes.end(post_id)
        else:
            self.posts_by.add(author_id, place, post_id)
        if not self._layered:
            # Last: what its memory has taken is not given back where a record cannot be folded.
            self.recent.add(stored)

    def _show(self, before: bytes, after: bytes) -> None:
        """Count the picture that a post shows now; empty where it shows none."""
        if before == after:
            return
        for picture, step in ((before, -1), (after, 1)):
            count = self.shown.get(picture, 0) + step if picture else 0
            if count:
                self.shown[picture] = count
            elif picture:
                self.shown.discard(picture)

    def _apply_reaction(self, record: ReactionRecord) -> None:
        known = self.known.get(record.post_id)
        if known is not None and known.removed:
            return  # its log is another one than that of the posts, and was read later here
        self.likes.set(
            record.post_id, record.account_id, liked=record.liked, count=record.like_count
        )
