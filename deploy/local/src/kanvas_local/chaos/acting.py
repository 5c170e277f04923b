"""What people do while something goes wrong, and the count afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence

from kanvas_local.chaos.model import KnownPost, Promise, Sent, judge_stream, judge_walk
from kanvas_local.chaos.report import documented, judge_answers
from kanvas_local.chaos.world import AUTHORS, FOLLOWERS, OUTSIDER, WANDERER, World
from kanvas_local.demo.follower import Follower

POSTS_PER_SECOND = 5.0
HANDS = 4
ARRIVAL_SECONDS = 60.0
_LIKED_COUNTED = 15
_READ: tuple[tuple[str, str | None], ...] = (
    (OUTSIDER, AUTHORS[0]),
    (WANDERER, AUTHORS[1]),
    (WANDERER, None),
    (FOLLOWERS[0], None),
)


class Acting:
    """Everybody's habits in a world, until `enough` is set. A habit ends with a whole act."""

    def __init__(self, world: World, enough: asyncio.Event) -> None:
        self._world = world
        self._enough = enough
        self._dice = random.Random(7)  # noqa: S311 (whom to like, not a secret)

    async def run(self) -> None:
        """Act until it is enough, and wait for what is under way then."""
        self._world.begin_clock()
        async with asyncio.TaskGroup() as group:
            for hand in range(HANDS):
                group.create_task(self._post(hand))
            for every, act in (
                (1.5, self._remove),
                (0.7, self._like),
                (3.0, self._wander),
                (2.0, self._block),
                (3.0, self._sign_in),
                (6.0, self._world.sign_up),
                (4.0, self._paint),
                (1.0, self._read),
            ):
                group.create_task(self._again(every, act))

    async def _again(self, every: float, act: Callable[[], Awaitable[object]]) -> None:
        while not await self._is_enough(every):
            await act()

    async def _is_enough(self, within: float) -> bool:
        try:
            async with asyncio.timeout(within):
                await self._enough.wait()
        except TimeoutError:
            return False
        return True

    async def _post(self, hand: int) -> None:
        number = hand
        while not await self._is_enough(HANDS / POSTS_PER_SECOND):
            await self._world.post(AUTHORS[number % 2], public=number % 5 != 0)
            number += HANDS + 1

    def _choose(self) -> KnownPost | None:
        old = time.monotonic() - self._world.model.fresh_seconds
        posts = [post for post in self._world.model.standing() if post.acknowledged < old]
        return self._dice.choice(posts) if posts else None

    async def _remove(self) -> None:
        if post := self._choose():
            await self._world.remove(post)

    async def _like(self) -> None:
        if post := self._choose():
            name = self._dice.choice(FOLLOWERS)
            liked = self._world.people[name].id in (
                self._world.model.likers(post.id, time.monotonic()) or ()
            )
            await self._world.like(name, post, on=not liked)

    async def _wander(self) -> None:
        await self._world.follow(WANDERER, AUTHORS[1], on=True)
        if not await self._is_enough(2.0):
            await self._world.follow(WANDERER, AUTHORS[1], on=False)

    async def _block(self) -> None:
        author = AUTHORS[0]
        await self._world.block(author, OUTSIDER, on=True)
        blocker, blocked = self._world.people[author].id, self._world.people[OUTSIDER].id
        now = time.monotonic()
        of_author = [post for post in self._world.model.standing() if post.author == blocker]
        if of_author and self._world.model.blocks[blocker, blocked].between(now, now):
            path = f"/v1/posts/{of_author[-1].id}"
            await self._world.expect_hidden(OUTSIDER, path, "the block")
        if not await self._is_enough(1.0):
            await self._world.block(author, OUTSIDER, on=False)

    async def _sign_in(self) -> None:
        await self._world.sign_in(self._dice.choice((WANDERER, OUTSIDER, AUTHORS[1])))

    async def _paint(self) -> None:
        await self._world.paint(AUTHORS[0])

    async def _read(self) -> None:
        gateway = self._dice.choice(list(self._world.gateways))
        reader, author = self._dice.choice(
            ((FOLLOWERS[0], None), (AUTHORS[0], AUTHORS[0]), (OUTSIDER, AUTHORS[0]))
        )
        walk = await self._world.walk(reader, author, gateway)
        if walk is not None:
            self._world.faults += judge_walk(self._world.model, walk)


async def follow(world: World, follower: Follower) -> None:
    """Keep a follower's stream open until canceled; its refusals are faults."""
    while True:
        await world.attempt(f"the stream of {follower.name}", follower.run())
        await asyncio.sleep(1.0)


async def count(world: World) -> None:
    """Compare what every gateway serves, and what every follower got, with the model."""
    await _arrived(world)
    for follower in world.followers:
        for text in follower.faults:
            lost = "lost its place" in text
            world.fault(Promise.NOTHING_LOST if lost else Promise.IN_ORDER, text)
        sent = [
            Sent(frame["event"], frame["data"]["id"], int(frame["pos"]))
            for frame in follower.events
            if frame["event"].startswith("post.")
        ]
        authors = [world.people[name].id for name in AUTHORS]
        world.faults += judge_stream(world.model, f"the stream of {follower.name}", authors, sent)
    await count_feeds(world, [*((name, name) for name in AUTHORS), *_READ])
    await _count_likes(world)
    await _count_graph(world)
    world.faults += judge_answers(world.refusals, documented())


async def count_feeds(world: World, feeds: Sequence[tuple[str, str | None]]) -> None:
    """Read feeds to their ends at each gateway: (reader, author), home without an author."""
    # What was acknowledged a moment ago may be missing for a second; the end is not in that hurry.
    await asyncio.sleep(world.model.fresh_seconds)
    for gateway in world.gateways:
        for reader, author in feeds:
            walk = await world.walk_patiently(reader, author, gateway)
            if walk is not None:
                world.faults += judge_walk(world.model, walk)


async def _arrived(world: World) -> None:
    give_up_at = time.monotonic() + ARRIVAL_SECONDS
    expected = {post.id for post in world.model.standing()}
    while time.monotonic() < give_up_at:
        if all(
            expected <= {frame["data"].get("id") for frame in follower.events}
            for follower in world.followers
        ):
            return
        await asyncio.sleep(0.5)


async def _count_likes(world: World) -> None:
    now = time.monotonic()
    liked = {post_id for _, post_id in world.model.likes}
    for post in [post for post in world.model.standing() if post.id in liked][-_LIKED_COUNTED:]:
        likers = world.model.likers(post.id, now)
        for gateway in world.gateways:
            session = world.session_at(gateway, as_=FOLLOWERS[0])
            answer = await world.attempt(f"{post.id}", session.get(f"/v1/posts/{post.id}"))
            await session.close()
            if answer is None or likers is None:
                continue
            shown = answer["post"]
            mine = world.people[FOLLOWERS[0]].id in likers
            if (shown["like_count"], shown["liked"]) != (len(likers), mine):
                told = f"{post.id} at {gateway} shows {shown['like_count']} likes"
                world.fault(Promise.NOTHING_LOST, f"{told}, and {len(likers)} were acknowledged")


async def _count_graph(world: World) -> None:
    now = time.monotonic()
    walt = world.people[WANDERER].id
    known = {
        author: world.model.follows[walt, world.people[author].id].between(now, now)
        for author in AUTHORS
    }
    for gateway in world.gateways:
        session = world.session_at(gateway, as_=WANDERER)
        path = f"/v1/accounts/{walt}/following"
        answer = await world.attempt(path, session.get(path, limit=100))
        listed = {account["id"] for account in (answer or {"accounts": []})["accounts"]}
        for author, follows in known.items():
            if answer and follows is not None and follows != (world.people[author].id in listed):
                told = f"{WANDERER} {'follows' if follows else 'does not follow'} {author}"
                world.fault(Promise.NOTHING_LOST, f"{told}, and {gateway} says otherwise")
        for account_id, handle in world.newcomers.items():
            found = await world.attempt(
                f"the account @{handle}", session.get(f"/v1/accounts/{account_id}")
            )
            if found and found["account"]["handle"] != handle:
                world.fault(Promise.NOTHING_LOST, f"the account @{handle} is {found['account']}")
        await session.close()
