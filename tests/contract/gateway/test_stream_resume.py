"""Whoever resumes, from wherever, gets everything they may see: checked against an oracle.

The oracle is written from docs/api/stream.md, over the records of the world; it shares nothing
with the code that it judges.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1 import records_pb2 as graph
from kanvas_platform.ids import new_id
from kanvas_platform.testing.memory_broker import MemoryCluster
from tests.contract.gateway.feed_world import World
from tests.contract.gateway.live_stream import Live, make_tokens, running_live

PEOPLE = [new_id() for _ in range(4)]

person = st.integers(0, len(PEOPLE) - 1)
tags = st.sets(st.sampled_from(["fox", "snow"]))
act = st.one_of(
    st.tuples(st.just("post"), person, st.booleans(), tags),
    st.tuples(st.just("edit"), person, st.integers(0, 9), st.booleans(), tags),
    st.tuples(st.just("remove"), person, st.integers(0, 9)),
    st.tuples(st.just("profile"), person),
    st.tuples(st.just("follow"), person, person, st.booleans()),
    st.tuples(st.just("block"), person, person, st.booleans()),
)


USER, TAG, CHANGED = "user:", "tag:", "following.changed"


class History:
    """Plays acts into a world, leaving out those that no service would allow."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.posts: list[tuple[str, str]] = []  # (author, post), those that are not removed

    async def play(self, acts: list[tuple[Any, ...]]) -> None:
        for name, *arguments in acts:
            await getattr(self, name)(*arguments)

    async def post(self, author: int, public: bool, tags: set[str]) -> None:
        post = await self.world.post(PEOPLE[author], public=public, tags=tags)
        self.posts.append((PEOPLE[author], post))

    async def edit(self, author: int, which: int, public: bool, tags: set[str]) -> None:
        mine = [post for owner, post in self.posts if owner == PEOPLE[author]]
        if mine:
            post = mine[which % len(mine)]
            await self.world.post(PEOPLE[author], post=post, public=public, tags=tags)

    async def remove(self, author: int, which: int) -> None:
        mine = [post for owner, post in self.posts if owner == PEOPLE[author]]
        if mine:
            post = mine[which % len(mine)]
            self.posts.remove((PEOPLE[author], post))
            await self.world.remove(PEOPLE[author], post)

    async def profile(self, account: int) -> None:
        await self.world.profile(PEOPLE[account])

    async def follow(self, one: int, other: int, active: bool) -> None:
        blocked = PEOPLE[other] in self.world.hidden(PEOPLE[one])
        if one != other and not (active and blocked):
            await self.world.follow(PEOPLE[one], PEOPLE[other], active=active)

    async def block(self, one: int, other: int, active: bool) -> None:
        if one == other:
            return
        if active:
            for pair in ((one, other), (other, one)):
                if (PEOPLE[pair[0]], PEOPLE[pair[1]]) in self.world.following:
                    await self.world.follow(PEOPLE[pair[0]], PEOPLE[pair[1]], active=False)
        await self.world.block(PEOPLE[one], PEOPLE[other], active=active)


def expected(world: World, stream: str, account: str | None, after: int) -> list[tuple[int, str]]:
    """Say which (position, event) a replay from `after` holds, the world being at rest."""
    hidden = world.hidden(account) if account else set()
    newest = {_subject_of(record): position for position, record in world.records.items()}
    found: list[tuple[int, str]] = []
    for position, record in sorted(world.records.items()):
        subject = _subject_of(record)
        if position <= after or (subject and newest[subject] != position):
            continue
        event = ""
        match record.WhichOneof("entity"):
            case "follow" if record.follow.follower_id == account:
                event = {"home": "home.changed", USER + record.follow.followee_id: CHANGED}.get(
                    stream, ""
                )
            case "block" if account in (record.block.blocker_id, record.block.blocked_id):
                event = _block_event(record.block, stream, account, hidden)
            case "post" | "post_removed":
                event = _post_event(world, record, stream, account, hidden)
            case "account" if record.meta.created_position != position:
                event = _profile_event(world, record.account.id, stream, account, hidden)
        if event:
            found.append((position, event))
    return found


def _post_event(
    world: World, record: feed.FeedRecord, stream: str, account: str | None, hidden: set[str]
) -> str:
    author = record.post.author.id or record.post_removed.author_id
    trusted = author == account or (account, author) in world.following
    if author in hidden or (stream == "home" and not trusted):
        return ""
    if stream.startswith(USER) and stream != USER + author:
        return ""
    sees_all = trusted and (stream == "home" or stream.startswith(USER))
    created = record.meta.created_position == record.meta.position
    if record.HasField("post_removed"):
        public = record.post_removed.visibility == feed.VISIBILITY_PUBLIC
        return "post.removed" if sees_all or public else ""
    tagged = not stream.startswith(TAG) or stream in {TAG + tag.name for tag in record.post.tags}
    public = record.post.visibility == feed.VISIBILITY_PUBLIC
    if tagged and (public or sees_all):
        return "post.created" if created else "post.updated"
    return "" if created else "post.removed"


def _block_event(block: graph.Block, stream: str, account: str | None, hidden: set[str]) -> str:
    [other] = {block.blocker_id, block.blocked_id} - {account}
    if stream.startswith(USER) and stream != USER + other:
        return ""
    if block.active:
        return "author.hidden"
    return "" if other in hidden else "author.shown"


def _profile_event(
    world: World, changed: str, stream: str, account: str | None, hidden: set[str]
) -> str:
    followed = changed == account or (account, changed) in world.following
    elsewhere = stream.startswith(USER) and stream != USER + changed
    if changed in hidden or elsewhere or (stream == "home" and not followed):
        return ""
    return "author.changed"


def _subject_of(record: feed.FeedRecord) -> str:
    return record.post.id or record.post_removed.id or record.account.id


async def _replay(
    live: Live, stream: str, account: str | None, after: int
) -> list[tuple[int, str]]:
    client, answer = await live.subscribed(stream, account, from_=after)
    assert answer["state"] == "resumed"
    assert answer["position"] == str(after)
    events = await client.events(answer["replayed"])
    await client.socket.close()
    return [(int(event["pos"]), event["event"]) for event in events]


@asynccontextmanager
async def _live() -> AsyncIterator[Live]:
    with tempfile.TemporaryDirectory() as folder:
        async with running_live(make_tokens(Path(folder))) as start:
            yield await start(World(MemoryCluster()))


def _run(scenario: Callable[[Live], Awaitable[None]]) -> None:
    async def main() -> None:
        async with _live() as live:
            await scenario(live)

    asyncio.run(main())


@settings(max_examples=25)
@given(acts=st.lists(act, min_size=1, max_size=25), account=person)
def test_a_replay_from_every_position_is_what_the_oracle_says(
    acts: list[tuple[Any, ...]], account: int
) -> None:
    async def scenario(live: Live) -> None:
        await History(live.world).play(acts)
        await live.served()
        for after in range(live.world.position + 1):
            for stream, who in (
                ("global", None),
                ("global", PEOPLE[account]),
                ("home", PEOPLE[account]),
                (USER + PEOPLE[1], None),
                (USER + PEOPLE[1], PEOPLE[account]),
                ("tag:fox", None),
                ("tag:fox", PEOPLE[account]),
            ):
                found = await _replay(live, stream, who, after)
                assert found == expected(live.world, stream, who, after), (stream, who, after)

    _run(scenario)


@settings(max_examples=25)
@given(
    before=st.lists(act, max_size=10),
    rounds=st.lists(
        st.tuples(st.lists(st.tuples(st.just("post"), person, st.booleans(), tags), max_size=6),
                  st.integers(0, 6)),
        min_size=1, max_size=6,
    ),
)  # fmt: skip
def test_whoever_reconnects_misses_nothing_and_gets_nothing_twice(
    before: list[tuple[Any, ...]], rounds: list[tuple[list[tuple[Any, ...]], int]]
) -> None:
    async def scenario(live: Live) -> None:
        history = History(live.world)
        await history.play(before)
        start = position = live.world.position
        seen: list[str] = []
        for acts, patience in rounds:
            client, answer = await live.subscribed("home", PEOPLE[0], from_=position)
            assert answer["state"] == "resumed"
            await history.play(acts)
            entitled = len(expected(live.world, "home", PEOPLE[0], position))
            # Hangs up somewhere in the middle, with events on their way.
            for event in await client.events(min(patience, entitled)):
                seen.append(event["id"])
                position = int(event["pos"])
            await client.socket.close()
        await live.served()
        seen += [str(at) for at, _ in await _replay(live, "home", PEOPLE[0], position)]
        assert seen == [str(at) for at, _ in expected(live.world, "home", PEOPLE[0], start)]

    _run(scenario)
