"""What was acknowledged, kept outside of Kanvas, and what a reader must therefore see and must not.

Times are of the monotonic clock, in seconds. Between the moment at which something was asked for
and the moment at which it was acknowledged nobody can know whether it is in force, so nothing is
demanded then.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

FRESH_SECONDS = 1.0
"""An answer includes whatever was acknowledged so long before it was asked for.

On a quiet machine; a `Model` may allow more.
"""


class Promise(StrEnum):
    """What Kanvas promises. The values stand in reports."""

    NOTHING_LOST = "nothing acknowledged is lost"
    NOTHING_TWICE = "nothing is there twice, or unasked"
    IN_ORDER = "feeds and streams keep the order"
    WHOLE = "a feed never ends early without a word"
    HIDDEN = "what is removed or blocked is not served"
    HONEST = "every answer is a documented one"
    IN_TIME = "writes go on in time"
    HEALED = "the stack is whole again by itself"


@dataclass(frozen=True)
class Fault:
    """A promise that was broken, and what shows it."""

    promise: Promise
    evidence: str


@dataclass
class KnownPost:
    """A post that somebody asked for."""

    id: str
    author: str
    public: bool
    asked: float
    position: int = 0
    acknowledged: float = math.inf
    removal_asked: float = math.inf
    removed: float = math.inf


@dataclass
class _Change:
    on: bool
    asked: float
    acknowledged: float = math.inf


class Switch:
    """Something that is on or off, such as a follow; off at first."""

    def __init__(self) -> None:
        self._changes: list[_Change] = []

    def ask(self, on: bool, at: float) -> None:
        """Note that a change was asked for; ask for one at a time."""
        self._changes.append(_Change(on, at))

    def acknowledge(self, at: float) -> None:
        """Note that the last change is in force."""
        self._changes[-1].acknowledged = at

    def between(self, since: float, until: float) -> bool | None:
        """Return what it was during all of that time; None where nobody can know."""
        value = False
        for change in self._changes:
            if change.acknowledged <= since:
                value = change.on
            elif change.asked < until:
                return None
        return value


class PromiseModel:
    """Everything that was asked for and acknowledged in one world."""

    def __init__(self, fresh_seconds: float = FRESH_SECONDS) -> None:
        self.fresh_seconds = fresh_seconds
        self.posts: dict[str, KnownPost] = {}
        self.follows: defaultdict[tuple[str, str], Switch] = defaultdict(Switch)
        self.blocks: defaultdict[tuple[str, str], Switch] = defaultdict(Switch)
        self.likes: defaultdict[tuple[str, str], Switch] = defaultdict(Switch)

    def standing(self) -> list[KnownPost]:
        """Return the posts that are acknowledged and whose removal nobody has asked for."""
        return [
            post
            for post in self.posts.values()
            if post.acknowledged < math.inf and post.removal_asked == math.inf
        ]

    def top(self) -> int:
        """Return the highest position that was acknowledged."""
        return max((post.position for post in self.posts.values()), default=0)

    def likers(self, post_id: str, at: float) -> set[str] | None:
        """Return who likes a post at a time; None where nobody can know."""
        found = set()
        for (person, liked), switch in self.likes.items():
            if liked == post_id:
                on = switch.between(at, at)
                if on is None:
                    return None
                if on:
                    found.add(person)
        return found

    def shows(self, walk: Walk, post: KnownPost) -> bool | None:
        """Return whether a walk must (True) or must not (False) have found a post; None: either."""
        since, until = walk.began - self.fresh_seconds, walk.ended
        if post.removed <= since or post.asked >= until:
            return False
        entitled = self._entitled(walk, post, since, until)
        if entitled is False:
            return False
        if post.acknowledged > since or post.removal_asked < until:
            return None
        return entitled

    def _entitled(self, walk: Walk, post: KnownPost, since: float, until: float) -> bool | None:
        if walk.reader == post.author:
            return True
        follows = self.follows[walk.reader, post.author].between(since, until)
        blocks = [
            self.blocks[pair].between(since, until)
            for pair in ((walk.reader, post.author), (post.author, walk.reader))
        ]
        if True in blocks:
            return False
        needs_follow = walk.home or not post.public
        if needs_follow and follows is not True:
            return follows
        return None if None in blocks else True


@dataclass
class Walk:
    """A feed read from the newest page to the last: `found` are ids with their positions."""

    where: str
    reader: str
    authors: frozenset[str]
    home: bool
    began: float
    ended: float = math.inf
    found: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """An event of a stream."""

    event: str
    post: str
    position: int


def judge_walk(model: PromiseModel, walk: Walk) -> list[Fault]:
    """Return what a feed that was read to its very end shows to be broken."""
    faults = list(_order(walk.where, [(found, -position) for found, position in walk.found]))
    found = {post_id for post_id, _ in walk.found}
    faults += _repeated(walk.where, [post_id for post_id, _ in walk.found])
    for post_id in sorted(found - set(model.posts)):
        faults.append(
            Fault(Promise.NOTHING_TWICE, f"{walk.where} has {post_id}, which nobody asked for")
        )
    missing: list[KnownPost] = []
    for post in model.posts.values():
        if post.author not in walk.authors:
            continue
        shown = model.shows(walk, post)
        if shown is False and post.id in found:
            why = "was removed" if post.removed < walk.began else "is hidden from this reader"
            faults.append(Fault(Promise.HIDDEN, f"{walk.where} serves {post.id}, which {why}"))
        if shown and post.id not in found:
            missing.append(post)
    return faults + list(_missing(walk, missing))


def _missing(walk: Walk, missing: list[KnownPost]) -> Iterator[Fault]:
    if not missing:
        return
    last = min((position for _, position in walk.found), default=math.inf)
    early = [post for post in missing if post.position < last]
    if early:
        yield Fault(
            Promise.WHOLE,
            f"{walk.where} ended after {len(walk.found)} posts, {len(early)} too early; "
            f"the first that is missing is {early[0].id} at {early[0].position}",
        )
    for post in missing:
        if post.position >= last:
            yield Fault(
                Promise.NOTHING_LOST,
                f"{walk.where} lacks the acknowledged post {post.id} at {post.position}",
            )


def judge_stream(
    model: PromiseModel, name: str, authors: Iterable[str], sent: list[Sent]
) -> list[Fault]:
    """Return what the stream of a follower of `authors` shows to be broken."""
    followed = set(authors)
    created = [event for event in sent if event.event == "post.created"]
    removed = {event.post: event.position for event in sent if event.event == "post.removed"}
    faults = list(_order(name, [(event.post, event.position) for event in sent]))
    faults += _repeated(name, [event.post for event in created])
    for event in created:
        post = model.posts.get(event.post)
        if post is None:
            faults.append(
                Fault(Promise.NOTHING_TWICE, f"{name} got {event.post}, which nobody asked for")
            )
        elif post.position and post.position != event.position:
            faults.append(
                Fault(
                    Promise.IN_ORDER,
                    f"{name} got {post.id} at {event.position}, acknowledged at {post.position}",
                )
            )
        if event.position > removed.get(event.post, math.inf):
            faults.append(Fault(Promise.HIDDEN, f"{name} got {event.post} after its removal"))
    arrived = {event.post for event in created}
    for post in model.posts.values():
        if post.author not in followed or post.acknowledged == math.inf:
            continue
        if post.removal_asked == math.inf and post.id not in arrived:
            faults.append(Fault(Promise.NOTHING_LOST, f"{name} never got {post.id}"))
        if post.removed < math.inf and post.id in arrived and post.id not in removed:
            faults.append(
                Fault(Promise.NOTHING_LOST, f"{name} never heard that {post.id} was removed")
            )
    return faults


def _order(where: str, places: list[tuple[str, float]]) -> Iterator[Fault]:
    for (before, low), (after, high) in pairwise(places):
        if high < low:
            yield Fault(Promise.IN_ORDER, f"{where} has {after} at {abs(high)} behind {before}")


def _repeated(where: str, ids: list[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for post_id in ids:
        if post_id in seen:
            yield Fault(Promise.NOTHING_TWICE, f"{where} has {post_id} twice")
        seen.add(post_id)
