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
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Self

from kanvas_platform.kafka.table import Table


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


class FairQueue:
    """The waiting jobs of all owners. To take a job costs time linear in the owners who wait."""

    def __init__(self) -> None:
        self._lanes: Table[str, _Lane] = Table()
        self._clock = 0
        self._length = 0

    def overlay(self) -> Self:
        """Return a layer over this queue that never touches it."""
        layer = type(self)()
        layer._lanes = self._lanes.overlay()  # noqa: SLF001 (another of our own class)
        layer._clock = self._clock  # noqa: SLF001
        layer._length = self._length  # noqa: SLF001
        return layer

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Ticket]:
        """Iterate over the waiting jobs, in no particular order."""
        for lane in self._lanes.values():
            yield from lane.tickets

    def waiting_of(self, owner_id: str) -> int:
        """Return how many jobs of an owner wait."""
        lane = self._lanes.get(owner_id)
        return 0 if lane is None else len(lane.tickets)

    def join(self, ticket: Ticket) -> None:
        """Let a job wait. One that comes back takes its old place among its owner's jobs."""
        lane = self._lanes.get(ticket.owner_id) or _Lane(self._clock, ())
        tickets = list(lane.tickets)
        insort(tickets, ticket, key=attrgetter("order"))
        self._lanes[ticket.owner_id] = _Lane(lane.tag, tuple(tickets))
        self._length += 1

    def next_due(self, now: float) -> Ticket | None:
        """Return the job that is to be taken next, or None where none waits that is due."""
        candidates = (
            (lane.tag + ticket.cost, ticket.order, ticket)
            for lane in self._lanes.values()
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
        self._clock = max(self._clock, finish)
        self._store(owner_id, _Lane(finish, lane.tickets))

    def leave(self, owner_id: str, job_id: str) -> None:
        """Remove a job that will not be painted; nobody is charged."""
        lane, _ = self._remove(owner_id, job_id)
        self._store(owner_id, lane)

    def positions(self) -> dict[str, int]:
        """Return how many jobs stand before each waiting one, were no other to arrive."""
        heads = [
            (lane.tag + lane.tickets[0].cost, lane.tickets[0].order, owner_id, lane.tickets, 0)
            for owner_id, lane in self._lanes.items()
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
        lane = self._lanes[owner_id]
        ticket = next(ticket for ticket in lane.tickets if ticket.job_id == job_id)
        rest = tuple(other for other in lane.tickets if other.job_id != job_id)
        self._length -= 1
        return _Lane(lane.tag, rest), ticket

    def _store(self, owner_id: str, lane: _Lane) -> None:
        # An owner with nothing waiting is forgotten: their tag is never above the clock.
        if lane.tickets:
            self._lanes[owner_id] = lane
        else:
            del self._lanes[owner_id]
