"""Groups of candidates, and which member holds the lease of a group."""

import asyncio

from kanvas_platform.kafka.broker.port import BrokerUnavailable
from kanvas_platform.testing.memory_broker.process import Process


class Groups:
    """The members of each group, oldest first: the first one holds the lease."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[MemoryCandidate, ...]] = {}

    def holder(self, group: str) -> "MemoryCandidate | None":
        """Return the member that holds the lease of a group."""
        return next(iter(self._members.get(group, ())), None)

    def join(self, group: str, candidate: "MemoryCandidate") -> None:
        """Make a candidate a member, if it is not one already."""
        members = self._members.get(group, ())
        self._rearrange(group, members if candidate in members else (*members, candidate))

    def leave(self, group: str, candidate: "MemoryCandidate") -> None:
        """Make a candidate a member no longer."""
        members = self._members.get(group, ())
        self._rearrange(group, tuple(one for one in members if one is not candidate))

    def expel(self, process: Process) -> None:
        """Take all candidates of a process out of their groups; they do not hear of it."""
        for group, members in self._members.items():
            self._rearrange(group, tuple(one for one in members if one.process is not process))

    def _rearrange(self, group: str, members: "tuple[MemoryCandidate, ...]") -> None:
        self._members[group] = members
        for member in members:
            member.hear()


class MemoryCandidate:
    """The `Candidate` in memory.

    Attributes:
        process: The process that wants the lease.
    """

    def __init__(self, process: Process, groups: Groups, group: str) -> None:
        self.process = process
        self._groups = groups
        self._group = group
        self._holds_lease = False
        self._changed = asyncio.Event()
        self._join()
        process.heartbeats.append(self._join)

    @property
    def holds_lease(self) -> bool:
        """See `Candidate`."""
        return self._holds_lease

    async def changed(self) -> None:
        """See `Candidate`."""
        await self._changed.wait()
        self._changed.clear()

    async def confirm(self, timeout: float) -> bool:
        """See `Candidate`."""
        try:
            async with asyncio.timeout(timeout):
                await self.process.step("confirm")
        except (BrokerUnavailable, TimeoutError):
            return False
        return self._groups.holder(self._group) is self

    async def leave(self) -> None:
        """See `Candidate`; a stopped process cannot say good-bye."""
        self.process.heartbeats.remove(self._join)
        if not self.process.stopped:
            self._groups.leave(self._group, self)

    def hear(self) -> None:
        """Learn which member holds the lease; a stopped process learns nothing."""
        if not self.process.stopped:
            self._holds_lease = self._groups.holder(self._group) is self
            self._changed.set()

    def _join(self) -> None:
        self._groups.join(self._group, self)
