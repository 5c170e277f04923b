"""Which job is next: fair across owners by cost, first come first served within each.

Self-clocked fair queueing (Golestani, 1994). Each owner who waits has a *tag*: how far their
service has come, in units of cost. The next job is the one that would finish first, which is the
lowest `tag + cost`; taking it moves the queue's own clock, and its owner's tag, to that finish. An
owner who begins to wait starts at the clock, so nobody saves up for later by staying away, and
nobody is pushed back without end by newcomers: each job taken moves the clock. For two owners who
both wait all the time, the cost served to one never exceeds that served to the other by more than
the sum of their two dearest jobs. `docs/adr/0013-leases-and-the-scheduler.md` says why this and not
a round robin with quanta.

Everything is a function of the records folded so far: the next leader has folded the same records
and goes on where the last one stopped. Compaction leaves only the last record of a job: an instance
that starts later does not see that the older jobs were taken. An owner who has waited without a
break since before the compacted records (a week and more) is then put at the clock, like an owner
who begins to wait, and comes later than otherwise by about the cost of one of their jobs. Which
jobs wait, and in which order those of one owner do, is the same on every instance.
"""

import heapq
import json
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Final

from kanvas_platform.kafka.store.codecs import NAME, NOTHING, Codec
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Count, Index, Table


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job that waits.

    Attributes:
        order: Position at which the job was accepted; earlier ones of an owner go first.
        cost: What it will use of the machine, in any unit that all jobs share.
        not_before: Unix time in seconds before which it is passed over.
    """

    job_id: str
    owner_id: str
    order: int
    cost: int
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class _Lane:
    """The jobs of one owner, by order; never empty in the table."""

    tag: int
    tickets: tuple[Ticket, ...]

    def first_due(self, now: float) -> Ticket | None:
        return next((ticket for ticket in self.tickets if ticket.not_before <= now), None)


_LANES_MAX: Final = 1100
"""No more lanes than this are ever there: as many as jobs may wait (`decide.MOST_WAITING`)."""


def _encode_lane(lane: _Lane) -> bytes:
    tickets = [
        (one.job_id, one.owner_id, one.order, one.cost, one.not_before) for one in lane.tickets
    ]
    return json.dumps((lane.tag, tickets), separators=(",", ":")).encode()


@lru_cache(maxsize=_LANES_MAX)
def _decode_lane(data: bytes) -> _Lane:
    tag, tickets = json.loads(data)
    return _Lane(tag, tuple(Ticket(*fields) for fields in tickets))


_LANE: Final[Codec[_Lane]] = Codec(_encode_lane, _decode_lane)
"""JSON: the tag, and a list for each ticket. Costs are of any size, since strangers' are.

Whoever asks who is next reads all lanes, most of which are as they were: so they are remembered."""

_COST: Final[Codec[int]] = Codec(lambda cost: str(cost).encode(), int)
"""Decimal digits."""


class FairQueue:
    """The waiting jobs of all owners. To take a job costs time linear in the owners who wait."""

    def __init__(self, space: Space) -> None:
        self._lanes: Index[None, str, _Lane] = Index(space, b"q", NOTHING, NAME, _LANE)
        self._clock: Table[None, int] = Table(space, b"c", NOTHING, _COST)
        self._waiting = Count(space, b"w")

    def __len__(self) -> int:
        return self._waiting.number

    def __iter__(self) -> Iterator[Ticket]:
        """Iterate over the waiting jobs, in no particular order."""
        for _, lane in self._lanes.descending(None):
            yield from lane.tickets

    def waiting_of(self, owner_id: str) -> int:
        """Return how many jobs of an owner wait."""
        lane = self._lanes.get(None, owner_id)
        return 0 if lane is None else len(lane.tickets)

    def join(self, ticket: Ticket) -> None:
        """Let a job wait. One that comes back takes its old place among its owner's jobs."""
        lane = self._lanes.get(None, ticket.owner_id) or _Lane(self._clock.get(None, 0), ())
        tickets = list(lane.tickets)
        insort(tickets, ticket, key=attrgetter("order"))
        self._lanes.add(None, ticket.owner_id, _Lane(lane.tag, tuple(tickets)))
        self._waiting.add(1)

    def next_due(self, now: float) -> Ticket | None:
        """Return the job that is to be taken next, or None where none waits that is due."""
        candidates = (
            (lane.tag + ticket.cost, ticket.order, ticket)
            for _, lane in self._lanes.descending(None)
            if (ticket := lane.first_due(now)) is not None
        )
        best = min(candidates, key=lambda candidate: candidate[:2], default=None)
        return None if best is None else best[2]

    def next_due_at(self) -> float | None:
        """Return the Unix time at which some job is due, past or to come; None where none waits."""
        return min((ticket.not_before for ticket in self), default=None)

    def take(self, owner_id: str, job_id: str) -> None:
        """Remove a job that is now being painted, and charge its owner for it."""
        lane, ticket = self._remove(owner_id, job_id)
        finish = lane.tag + ticket.cost
        self._clock[None] = max(self._clock.get(None, 0), finish)
        self._store(owner_id, _Lane(finish, lane.tickets))

    def leave(self, owner_id: str, job_id: str) -> None:
        """Remove a job that will not be painted; nobody is charged."""
        lane, _ = self._remove(owner_id, job_id)
        self._store(owner_id, lane)

    def positions(self) -> dict[str, int]:
        """Return how many jobs stand before each waiting one, were no other to arrive."""
        heads = [
            (lane.tag + lane.tickets[0].cost, lane.tickets[0].order, owner_id, lane.tickets, 0)
            for owner_id, lane in self._lanes.descending(None)
        ]
        heapq.heapify(heads)
        found: dict[str, int] = {}
        while heads:
            finish, _, owner_id, tickets, index = heads[0]
            found[tickets[index].job_id] = len(found)
            if index + 1 < len(tickets):
                following = tickets[index + 1]
                head = (finish + following.cost, following.order, owner_id, tickets, index + 1)
                heapq.heapreplace(heads, head)
            else:
                heapq.heappop(heads)
        return found

    def _remove(self, owner_id: str, job_id: str) -> tuple[_Lane, Ticket]:
        lane = self._lanes.get(None, owner_id)
        assert lane is not None  # noqa: S101 - only what waits is removed
        ticket = next(ticket for ticket in lane.tickets if ticket.job_id == job_id)
        rest = tuple(other for other in lane.tickets if other.job_id != job_id)
        self._waiting.add(-1)
        return _Lane(lane.tag, rest), ticket

    def _store(self, owner_id: str, lane: _Lane) -> None:
        # An owner with nothing waiting is forgotten: their tag is never above the clock.
        if lane.tickets:
            self._lanes.add(None, owner_id, lane)
        else:
            self._lanes.remove(None, owner_id)
