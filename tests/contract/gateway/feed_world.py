"""A small world for the stream's tests: its log, and who may see what at any moment."""

import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1.records_pb2 import AccountState
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas_gateway.domain.logs import FEED
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.kafka.records.codec import encode
from kanvas_platform.rpc.context import caller
from kanvas_platform.testing.memory_broker import MemoryCluster

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


def delivered(record: feed.FeedRecord) -> Delivered[feed.FeedRecord]:
    """Return a record as the tail delivers it."""
    position = record.meta.position
    return Delivered(record, position, position, key="k", type="t", time=0.0, trace=TRACE)


@dataclass
class World:
    """Writes the feed's log, and knows the sets and posts that it amounts to.

    Attributes:
        position: Of the last record.
        following: (follower, followee) pairs that hold.
        blocks: (blocker, blocked) pairs that hold.
        records: Everything written, by position.
        created: Position of the first record of each entity, by key.
        visibility: Who may see each post, as its last state says.
        versions: How often each account was written.
    """

    cluster: MemoryCluster
    position: int = 0
    following: set[tuple[str, str]] = field(default_factory=set)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    records: dict[int, feed.FeedRecord] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    visibility: dict[str, "feed.Visibility.ValueType"] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    async def post(
        self, author: str, *, public: bool = True, post: str = "", tags: Iterable[str] = ()
    ) -> str:
        """Publish a post, or a new state of one; return its id."""
        post = post or new_id()
        visibility = feed.VISIBILITY_PUBLIC if public else feed.VISIBILITY_FOLLOWERS
        self.visibility[post] = visibility
        record = feed.FeedRecord(
            post=feed.Post(
                id=post,
                author=feed.Author(id=author, handle=f"h_{author[-6:]}", display_name="A"),
                caption="A fox in the snow",
                alt_text="A red fox",
                prompt="a red fox in the snow",
                visibility=visibility,
            )
        )
        for tag in tags:
            record.post.tags.add(name=tag)
        record.post.picture.sha256 = "ab" * 32
        record.post.picture.media_type = "image/webp"
        await self.write(f"post:{post}", record)
        return post

    async def remove(self, author: str, post: str) -> None:
        """Delete a post."""
        visibility = self.visibility[post]
        removed = feed.PostRemoved(id=post, author_id=author, visibility=visibility)
        await self.write(f"post:{post}", feed.FeedRecord(post_removed=removed))

    async def profile(self, account: str, *, name: str = "A", is_gone: bool = False) -> None:
        """Sign up, change one's profile, delete the account, or keep it after all."""
        self.versions[account] = self.versions.get(account, 0) + 1
        record = feed.FeedRecord()
        record.account.id, record.account.handle = account, f"h_{account[-6:]}"
        record.account.display_name = name
        record.account.version = self.versions[account]
        if is_gone:
            record.account.state = AccountState.ACCOUNT_STATE_DELETING
        await self.write(f"account:{account}", record)

    async def follow(self, follower: str, followee: str, *, active: bool = True) -> None:
        """Follow or unfollow."""
        (self.following.add if active else self.following.discard)((follower, followee))
        record = feed.FeedRecord()
        record.follow.follower_id, record.follow.followee_id = follower, followee
        record.follow.active = active
        await self.write(f"follow:{follower}:{followee}", record)

    async def block(
        self, blocker: str, blocked: str, *, active: bool = True, source_position: int = 0
    ) -> None:
        """Block or unblock. The graph ends follows with a block; here that is left to the test."""
        (self.blocks.add if active else self.blocks.discard)((blocker, blocked))
        record = feed.FeedRecord()
        record.block.blocker_id, record.block.blocked_id = blocker, blocked
        record.block.active = active
        record.meta.source_position = source_position
        await self.write(f"block:{blocker}:{blocked}", record)

    async def end_session(self, account: str, session: str) -> None:
        """End a session."""
        record = feed.FeedRecord()
        record.session_ended.id, record.session_ended.account_id = session, account
        record.session_ended.expires_at.FromSeconds(int(time.time()) + 14 * 86_400)
        await self.write(f"session:{account}:{session}", record)

    async def write(self, key: str, record: feed.FeedRecord, *, skip: int = 0) -> None:
        """Append a record; `skip` positions are lost before it."""
        self.position += 1 + skip
        meta = record.meta
        meta.position = self.position
        meta.created_position = self.created.setdefault(key, self.position)
        meta.decided_at.GetCurrentTime()
        self.records[self.position] = record
        raw = encode(FEED, key, "kanvas.feed.test.v1", record, TRACE)
        self.cluster.put(raw.topic, raw.key, raw.value, raw.headers)

    def hidden(self, account: str) -> set[str]:
        """Return those whom the account blocks or who block it."""
        theirs = {blocker for blocker, blocked in self.blocks if blocked == account}
        return theirs | {blocked for blocker, blocked in self.blocks if blocker == account}


@dataclass
class WorldTimeline:
    """Doubles timeline's `GetAudience`, as an instance that is up to date or one that is behind.

    Attributes:
        down: Refuses every call.
        answers: How many were given.
        before_answer: Awaited between reading the sets and answering: lets the log move on.
    """

    world: World
    down: bool = False
    answers: int = 0
    before_answer: "object" = None

    async def GetAudience(  # noqa: N802 - the contract's name
        self, request: timeline.GetAudienceRequest, _: object
    ) -> AsyncIterator[timeline.GetAudienceResponse]:
        if self.down:
            raise Unavailable("The timeline is down.")
        account = caller() or ""
        answer = timeline.GetAudienceResponse(
            following_ids=[followee for one, followee in self.world.following if one == account],
            hidden_ids=self.world.hidden(account),
            position=self.world.position,
        )
        assert answer.position >= request.at_least
        if callable(self.before_answer):
            await self.before_answer()
        self.answers += 1
        yield answer
