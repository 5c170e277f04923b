"""Six people, what they can do over REST, and a model that keeps what was acknowledged to them."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kanvas_local.chaos.model import Fault, KnownPost, Promise, PromiseModel, Switch, Walk
from kanvas_local.demo.client import GaveUp, Refused, Session
from kanvas_local.demo.follower import Follower
from kanvas_platform.ids import new_id

AUTHORS = ("ada", "bert")
FOLLOWERS = ("fay", "finn")
WANDERER, OUTSIDER = "walt", "otto"
PEOPLE = (*AUTHORS, *FOLLOWERS, WANDERER, OUTSIDER)

_PROMPT = "a red fox in the snow"
_PAGE = 100
_PAGES_MAX = 200
_ASK_AGAIN_SECONDS = 0.5
_IMPATIENT_SECONDS = 3.0
_ATTEMPT_SECONDS = 9.0
"""A request has 8 s: who waits longer learns what the answer is."""
_PUT_OFF = frozenset({0, 408, 429, 503, 504})

Answer = TypeVar("Answer")
Page = Callable[[str, dict[str, str | int]], Awaitable[Any]]
"""Fetches a page of a feed; None where it was put off."""


@dataclass
class Person:
    """An account, and the session that acts for it at every gateway."""

    name: str
    handle: str
    password: str
    session: Session

    @property
    def id(self) -> str:
        """The account's id."""
        return str(self.session.account["id"])


@dataclass
class World:
    """What people do in one mishap, and what they were told.

    Every method that writes tells the model before and after. A refusal that repeating cannot
    mend becomes a fault.
    """

    gateways: Sequence[str]
    patience: float
    """For how long a client repeats a call, in seconds."""
    model: PromiseModel = field(default_factory=PromiseModel)
    faults: list[Fault] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    people: dict[str, Person] = field(default_factory=dict)
    followers: list[Follower] = field(default_factory=list)
    newcomers: dict[str, str] = field(default_factory=dict)
    """Accounts that were acknowledged while the mishap went on: id → handle."""
    longest_pause: float = 0.0
    _last: float = math.inf
    _jobs: dict[str, str] = field(default_factory=dict)

    async def settle(self) -> None:
        """Sign up, follow, and have a picture painted: before anything goes wrong.

        Raises:
            GaveUp: No gateway answered.
            Refused: A call was refused for good.
            RuntimeError: A picture was not painted.
        """
        suffix = secrets.token_hex(3)
        for name in PEOPLE:
            person = Person(
                name, f"{name}_{suffix}", secrets.token_urlsafe(12), self.session_at(*self.gateways)
            )
            await person.session.sign_up(person.handle, name.title(), person.password)
            self.people[name] = person
        for name in FOLLOWERS:
            for author in AUTHORS:
                await self.follow(name, author, on=True)
            self.followers.append(Follower(self.people[name].session, "home", name=name))
        for author in AUTHORS:
            job = await self.paint(author)
            if job is None:
                raise RuntimeError(f"no picture was painted beforehand: {self.faults}")
            self._jobs[author] = job

    async def return_to(self, before: World) -> None:
        """Sign in as the authors of a world whose connections were closed.

        Raises:
            GaveUp: No gateway answered.
            Refused: A sign-in was refused.
        """
        for name in AUTHORS:
            was = before.people[name]
            person = Person(name, was.handle, was.password, self.session_at(*self.gateways))
            await person.session.sign_in(person.handle, person.password)
            self.people[name] = person

    def lose_patience(self) -> None:
        """Repeat calls for a few seconds only, from now on: a promise is broken already."""
        self.patience = _IMPATIENT_SECONDS
        for person in self.people.values():
            person.session.patience = self.patience

    def session_at(self, *gateways: str, as_: str = "") -> Session:
        """Return a session of a person, or of nobody, at some gateways; the caller closes it."""
        token = self.people[as_].session.token if as_ else ""
        return Session(
            gateways,
            token=token,
            refusals=self.refusals,
            patience=self.patience,
            attempt_seconds=_ATTEMPT_SECONDS,
        )

    async def close(self) -> None:
        """Close every connection."""
        for person in self.people.values():
            await person.session.close()

    def fault(self, promise: Promise, evidence: str) -> None:
        """Note that a promise was broken."""
        self.faults.append(Fault(promise, evidence))

    def begin_clock(self) -> None:
        """Count pauses between acknowledgements from now on."""
        self._last = time.monotonic()

    def end_clock(self) -> None:
        """Count the time since the last acknowledgement as a pause, and no more from now on."""
        self._count_pause()
        self._last = math.inf

    def _count_pause(self) -> None:
        now = time.monotonic()
        self.longest_pause = max(self.longest_pause, now - self._last)
        self._last = now

    async def attempt(
        self, what: str, call: Awaitable[Answer], excused: Callable[[], bool] = lambda: False
    ) -> Answer | None:
        """Return the answer; None where it is a final refusal: a fault unless it is excused."""
        try:
            return await call
        except Refused as refused:
            if not excused():
                self.fault(Promise.HONEST, f"{what}: {refused}")
        except GaveUp as error:
            self.fault(Promise.IN_TIME, f"{what}: {error}")
            self.lose_patience()
        return None

    async def post(self, author: str, *, public: bool) -> None:
        """Publish a post."""
        person, post_id = self.people[author], new_id()
        known = KnownPost(post_id, person.id, public, time.monotonic())
        self.model.posts[post_id] = known
        body = {
            "id": post_id,
            "job_id": self._jobs[author],
            "caption": f"Snow day, number {len(self.model.posts)}",
            "alt_text": "A red fox stands in fresh snow.",
            "visibility": "public" if public else "followers",
        }
        answer = await self.attempt("a post", person.session.post("/v1/posts", body))
        if answer is None:
            return
        known.position = int(answer["position"])
        known.acknowledged = time.monotonic()
        if self._last < math.inf:
            self._count_pause()

    async def remove(self, post: KnownPost) -> None:
        """Delete a post, and look whether it is gone a second later."""
        author = next(person for person in self.people.values() if person.id == post.author)
        post.removal_asked = time.monotonic()
        path = f"/v1/posts/{post.id}"
        answer = await self.attempt("a deletion", author.session.delete(path))
        if answer is None:
            return
        post.removed = time.monotonic()
        await self.expect_hidden(AUTHORS[0], path, "its removal")

    async def like(self, name: str, post: KnownPost, *, on: bool) -> None:
        """Like a post or take the like back."""
        person, path = self.people[name], f"/v1/posts/{post.id}/like"
        switch = self.model.likes[person.id, post.id]
        switch.ask(on, time.monotonic())
        call = person.session.put(path) if on else person.session.delete(path)
        # Somebody may delete it meanwhile.
        gone = await self.attempt("a like", call, lambda: post.removal_asked < math.inf)
        if gone is not None:
            switch.acknowledge(time.monotonic())

    async def follow(self, name: str, other: str, *, on: bool) -> None:
        """Follow or unfollow somebody, and return once feeds show it."""
        await self._switch(self.model.follows, "follow", name, other, on)

    async def block(self, name: str, other: str, *, on: bool) -> None:
        """Block or unblock somebody, and return once it is in force."""
        await self._switch(self.model.blocks, "block", name, other, on)

    async def sign_in(self, name: str) -> None:
        """Take a new token, which every gateway must believe."""
        person = self.people[name]
        await self.attempt("a sign-in", person.session.sign_in(person.handle, person.password))

    async def sign_up(self) -> None:
        """Make an account that must be there in the end."""
        session, handle = self.session_at(*self.gateways), f"new_{secrets.token_hex(6)}"
        body = {"id": new_id(), "handle": handle, "password": secrets.token_urlsafe(12)}
        if await self.attempt("a sign-up", session.post("/v1/accounts", body)) is not None:
            self.newcomers[str(body["id"])] = handle
        await session.close()

    async def paint(self, name: str) -> str | None:
        """Have a picture painted; return its job, or None where no picture came."""
        session = self.people[name].session
        body = {"id": new_id(), "prompt": _PROMPT, "seed": secrets.randbelow(2**31)}
        queued = await self.attempt("a painting", session.post("/v1/jobs", body))
        give_up_at = time.monotonic() + self.patience
        while queued is not None:
            answer = await self.attempt("a look at a job", session.get(f"/v1/jobs/{body['id']}"))
            if answer is None:
                return None
            job = answer["job"]
            if job["state"] == "succeeded":
                return str(job["id"])
            if job["state"] in ("failed", "canceled"):
                self.refusals[f"job {job['state']} {(job['failure'] or {}).get('reason')}"] += 1
                return None
            if time.monotonic() > give_up_at:
                self.fault(Promise.IN_TIME, f"job {job['id']} is {job['state']} and does not end")
                self.lose_patience()
                return None
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
        return None

    async def expect_hidden(self, reader: str, path: str, since: str) -> None:
        """Look at every gateway whether something is hidden, once each must know of it."""
        acknowledged = time.monotonic()
        await asyncio.sleep(self.model.fresh_seconds)
        for gateway in self.gateways:
            asked = time.monotonic() - acknowledged
            status, document = await self.people[reader].session.peek(gateway, path)
            if status == 200:
                where = f"{path} was served to {reader} at {gateway}"
                self.fault(Promise.HIDDEN, f"{where}, asked {asked:.1f} s after {since}")
            elif status != 404 and status not in _PUT_OFF:
                self.fault(Promise.HONEST, f"{path}: {status} {document}")

    async def walk(self, reader: str, author: str | None, gateway: str) -> Walk | None:
        """Read a feed (home without an author) to its end at one gateway; None where put off."""
        session = self.people[reader].session

        async def page(path: str, query: dict[str, str | int]) -> Any:
            status, document = await session.peek(gateway, path, **query)
            if status != 200 and status not in _PUT_OFF:
                self.fault(Promise.HONEST, f"{path}: {status} {document}")
            return document if status == 200 else None

        return await self._walk(reader, author, gateway, page)

    async def walk_patiently(self, reader: str, author: str | None, gateway: str) -> Walk | None:
        """Read a feed as `walk` does, asking for each page until it comes with all acknowledged."""
        session = self.session_at(gateway, as_=reader)

        async def page(path: str, query: dict[str, str | int]) -> Any:
            query["at_least"] = str(self.model.top())
            return await self.attempt(f"{path} at {gateway}", session.get(path, **query))

        try:
            return await self._walk(reader, author, gateway, page)
        finally:
            await session.close()

    async def _walk(self, reader: str, author: str | None, gateway: str, page: Page) -> Walk | None:
        authors = AUTHORS if author is None else (author,)
        path = f"/v1/feeds/accounts/{self.people[author].id}" if author else "/v1/feeds/home"
        walk = Walk(
            where=f"{f'the feed of {author}' if author else 'home'} for {reader} at {gateway}",
            reader=self.people[reader].id,
            authors=frozenset(self.people[name].id for name in authors),
            home=author is None,
            began=time.monotonic(),
        )
        cursor = ""
        for _ in range(_PAGES_MAX):
            query: dict[str, str | int] = {"limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            document = await page(path, query)
            if document is None:
                return None
            walk.found += [
                (item["id"], int(item["created_position"])) for item in document["items"]
            ]
            cursor = document["next_cursor"] or ""
            if not cursor:
                walk.ended = time.monotonic()
                return walk
        self.fault(Promise.WHOLE, f"{walk.where} has more than {_PAGES_MAX} pages")
        return None

    async def _switch(
        self,
        switches: defaultdict[tuple[str, str], Switch],
        verb: str,
        name: str,
        other: str,
        on: bool,
    ) -> None:
        person, path = self.people[name], f"/v1/accounts/{self.people[other].id}/{verb}"
        switch = switches[person.id, self.people[other].id]
        switch.ask(on, time.monotonic())
        give_up_at = time.monotonic() + self.patience
        while True:
            call = person.session.put(path) if on else person.session.delete(path)
            answer = await self.attempt(f"a {verb}", call)
            if answer is None:
                return
            if answer["applied"]:
                switch.acknowledge(time.monotonic())
                return
            self.refusals["not in force yet (202)"] += 1
            if time.monotonic() > give_up_at:
                self.fault(Promise.IN_TIME, f"a {verb} is accepted and never in force")
                self.lose_patience()
                return
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
