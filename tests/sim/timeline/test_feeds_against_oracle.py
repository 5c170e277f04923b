"""Random stories of people who follow, block, post, delete and like, told to an oracle as well.

The oracle knows no log, no positions, no memory and no views: it filters one list of posts by the
rules, in words as plain as the contract's. Every instance must answer as it does, page by page,
whatever part of the feed it holds in memory and whatever part in the views.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas.graph.v1.records_pb2 import AccountState
from kanvas_platform.kafka.store.space import Space
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.recent import OVERHEAD_BYTES
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.errors import AccountUnknown
from kanvas_timeline.list_feeds import FeedPage
from kanvas_timeline.testing.make import FOLLOWERS, PUBLIC
from kanvas_timeline.testing.memory_log import MemoryLog, Written
from kanvas_timeline.testing.world import World

PEOPLE = 4
RECORD = OVERHEAD_BYTES + 400
"""About what one post takes in memory."""

Line = tuple[str, str, int, bool]
"""What a reader sees of a post: its id and its author's name, its likes, whether the reader's."""


@dataclass
class OraclePost:
    id: str
    author: str
    followers_only: bool
    tags: frozenset[str] = frozenset()
    picture: str = ""
    removed: bool = False
    liked_by: set[str] = field(default_factory=set)


@dataclass
class Oracle:
    names: dict[str, str] = field(default_factory=dict)
    posts: list[OraclePost] = field(default_factory=list)
    follows: set[tuple[str, str]] = field(default_factory=set)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def may_see(self, reader: str | None, post: OraclePost) -> bool:
        if post.removed or post.author in self.gone:
            return False
        if reader == post.author:
            return True
        if (reader, post.author) in self.blocks or (post.author, reader) in self.blocks:
            return False
        return not post.followers_only or (reader, post.author) in self.follows

    def feed(self, reader: str | None, wanted: Callable[[OraclePost], bool]) -> list[Line]:
        return [
            (post.id, self.names[post.author], len(post.liked_by), reader in post.liked_by)
            for post in reversed(self.posts)
            if wanted(post) and self.may_see(reader, post)
        ]

    def home(self, reader: str) -> list[Line]:
        return self.feed(
            reader, lambda post: post.author == reader or (reader, post.author) in self.follows
        )

    def user(self, account: str, reader: str | None) -> list[Line]:
        return self.feed(reader, lambda post: post.author == account)

    def everyone(self, reader: str | None) -> list[Line]:
        return self.feed(reader, lambda post: not post.followers_only)

    def shows(self, picture: str, reader: str | None) -> bool:
        return any(post.picture == picture and self.may_see(reader, post) for post in self.posts)

    def tagged(self, tag: str, reader: str | None) -> list[Line]:
        return self.feed(reader, lambda post: not post.followers_only and tag in post.tags)


@dataclass(frozen=True)
class Caption:
    """What somebody writes, and the tags that a person finds in it."""

    text: str
    tags: frozenset[str] = frozenset()


TAGS = ("fox", "雪")
PICTURES = ("ab" * 32, "cd" * 32)
CAPTIONS = (
    Caption("A fox in the snow."),
    Caption("A #Fox in the snow.", frozenset({"fox"})),
    Caption("#fox, #雪 and another #FOX", frozenset({"fox", "雪"})),
    Caption("#foxes in #雪!", frozenset({"foxes", "雪"})),
)


class Story:
    """Does the same things to a world and to the oracle."""

    def __init__(self) -> None:
        self.world = World()
        self.oracle = Oracle()
        self.people = [self.world.account(f"p{number}") for number in range(PEOPLE)]
        self.oracle.names = {one: f"P{number}" for number, one in enumerate(self.people)}

    def do(self, act: str, one: int, other: int) -> None:
        actor, target = self.people[one % PEOPLE], self.people[other % PEOPLE]
        self.world.clock.advance(1.0)
        if act in ("leave", "stay"):
            self.turn(actor, leaves=act == "leave")
        elif actor in self.oracle.gone:
            pass  # it does nothing
        elif act.startswith("post"):
            caption = CAPTIONS[other % len(CAPTIONS)]
            picture = PICTURES[one % len(PICTURES)]
            self.post(actor, caption, picture, followers_only="followers" in act)
        elif act in ("like", "unlike", "delete"):
            if self.oracle.posts:
                self.touch(act, actor, self.oracle.posts[other % len(self.oracle.posts)])
        elif act == "rename":
            self.oracle.names[actor] = f"Name {other}"
            self.world.rename(actor, self.oracle.names[actor])
        elif actor != target:
            self.relate(act, actor, target)

    def turn(self, actor: str, *, leaves: bool) -> None:
        deleting, active = (
            AccountState.ACCOUNT_STATE_DELETING,
            AccountState.ACCOUNT_STATE_UNSPECIFIED,
        )
        self.world.turn(actor, deleting if leaves else active)
        (self.oracle.gone.add if leaves else self.oracle.gone.discard)(actor)

    def post(self, actor: str, caption: Caption, picture: str, *, followers_only: bool) -> None:
        visibility = FOLLOWERS if followers_only else PUBLIC
        post_id = self.world.post(
            actor, visibility=visibility, caption=caption.text, sha256=picture
        )
        self.oracle.posts.append(OraclePost(post_id, actor, followers_only, caption.tags, picture))

    def touch(self, act: str, actor: str, post: OraclePost) -> None:
        if act == "delete":
            if post.author in self.oracle.gone:
                return
            if not post.removed:
                self.world.delete(post.author, post.id)
            post.removed = True
        elif self.oracle.may_see(actor, post):
            self.world.like(actor, post.id, liked=act == "like")
            (post.liked_by.add if act == "like" else post.liked_by.discard)(actor)

    def relate(self, act: str, actor: str, target: str) -> None:
        edge, back = (actor, target), (target, actor)
        if act == "block":
            self.world.block(*edge)
            self.oracle.blocks.add(edge)
            self.oracle.follows -= {edge, back}
        elif act == "unblock":
            self.world.block(*edge, active=False)
            self.oracle.blocks.discard(edge)
        elif act == "unfollow":
            self.world.follow(*edge, active=False)
            self.oracle.follows.discard(edge)
        elif not self.oracle.blocks & {edge, back}:
            self.world.follow(*edge)
            self.oracle.follows.add(edge)


ACTS = [
    *["post"] * 4,
    *["post for followers"] * 2,
    *["follow"] * 4,
    "unfollow",
    "block",
    "unblock",
    "rename",
    "delete",
    "like",
    "unlike",
    "leave",
    "stay",
    "stay",
]
stories = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=60,
)


def told(acts: Iterable[tuple[str, int, int]]) -> Story:
    story = Story()
    for act, one, other in acts:
        story.do(act, one, other)
    return story


def check(world: World, story: Story, page_size: int) -> None:
    """Every feed of everyone, walked to its end, is the oracle's."""
    oracle = story.oracle
    for reader in (None, *story.people):
        everyone = partial(world.everyone, reader, page_size=page_size)
        assert walk(everyone) == oracle.everyone(reader)
        for tag in TAGS:
            tagged = partial(world.tagged, tag, reader, page_size=page_size)
            assert walk(tagged) == oracle.tagged(tag, reader)
        for picture in PICTURES:
            found = world.picture(reader, picture)
            assert (found.author_id is not None) == oracle.shows(picture, reader)
            assert not found.public or oracle.shows(picture, None)
            assert found.public or found.author_id or not oracle.shows(picture, None)
        for account in story.people:
            user = partial(world.user, account, reader, page_size=page_size)
            if account in oracle.gone:
                with pytest.raises(AccountUnknown):
                    user()
                continue
            assert walk(user) == oracle.user(account, reader)
    for person in story.people:
        home = partial(world.home, person, page_size=page_size)
        assert walk(home) == oracle.home(person)


class Feed(Protocol):
    """A feed of one reader."""

    def __call__(self, *, cursor: str) -> FeedPage: ...


def walk(feed: Feed) -> list[Line]:
    lines: list[Line] = []
    cursor = ""
    while True:
        page = feed(cursor=cursor)
        lines += [
            (view.post.id, view.post.author.display_name, view.like_count, view.liked)
            for view in page.posts
        ]
        positions = [view.created_position for view in page.posts]
        assert positions == sorted(positions, reverse=True)
        cursor = page.next_cursor
        if not cursor:
            return lines


def replayed(
    written: Iterable[Written], *, recent_bytes: int, lag: int = 0, ahead: int = 0
) -> World:
    """Another instance that folds the same records, with views that are written beside it.

    The views lag behind the log by `lag` records about posts, and know that they do; of those,
    the `ahead` oldest have been written already, by another instance.
    """
    records = list(written)
    world = World(recent_bytes=recent_bytes)
    stored = [
        post
        for item in records
        if item.topic == FEED.topic
        for post in (StoredPost.from_record(item.record),)  # type: ignore[arg-type]
        if post is not None
    ]
    kept = max(0, len(stored) - lag)
    reach = stored[kept - 1].position if kept else 0
    world.write_views(stored[: kept + ahead], reach)
    world.state = TimelineState(Space(), recent_bytes=recent_bytes)
    world.state.recent.materialised = reach
    world.log = MemoryLog(world.state, world.clock)
    for item in records:
        world.log.fold(item)
    world.sources = type(world.sources)(replica=world.log, store=world.store, clock=world.clock)
    return world


def compacted(written: list[Written]) -> list[Written]:
    """Return the last record of each key, in order: what Kafka keeps for ever."""
    last = {(item.topic, item.key): item for item in written}
    return [item for item in written if last[item.topic, item.key] is item]


simulated = settings(max_examples=120)


@simulated
@given(stories, st.integers(1, 5))
def test_memory_alone(acts: list[tuple[str, int, int]], page_size: int) -> None:
    story = told(acts)
    check(story.world, story, page_size)


@simulated
@given(stories, st.integers(1, 5))
def test_views_alone(acts: list[tuple[str, int, int]], page_size: int) -> None:
    story = told(acts)
    world = replayed(story.world.log.written, recent_bytes=0)
    assert not world.state.posts
    check(world, story, page_size)


@simulated
@given(stories, st.integers(1, 5), st.integers(1, 20), st.integers(0, 8), st.integers(0, 8))
def test_memory_and_views(
    acts: list[tuple[str, int, int]], page_size: int, held: int, lag: int, ahead: int
) -> None:
    story = told(acts)
    # Half the ceiling at least: an instance that serves never forgets what its views lack.
    bound = max(held, lag) * RECORD
    world = replayed(story.world.log.written, recent_bytes=bound, lag=lag, ahead=min(lag, ahead))
    check(world, story, page_size)


@simulated
@given(stories, st.integers(1, 5), st.integers(0, 12))
def test_rebuilt_from_the_compacted_log(
    acts: list[tuple[str, int, int]], page_size: int, held: int
) -> None:
    story = told(acts)
    world = replayed(compacted(story.world.log.written), recent_bytes=held * RECORD)
    check(world, story, page_size)
