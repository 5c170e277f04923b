"""Which sessions have ended before their time: a token that names one is good no more.

A request asks nobody: each process of a gateway knows. It learns of ends from the feed, in its
order, and of those from before it read the feed from social-graph, once, at its start. Until then
it cannot tell, and takes no token.

Only ends of sessions that would still go on are kept, and so many at most. Where one account has
ended very many, its sessions that were begun longest ago count as ended too: identifiers sort by
time, so one identifier says which. Where all together have, the accounts that have ended most give
way first, so that a stranger who ends very many does not sign out others; only then those of all.
Those people sign in once more, and nobody is let in who should not be.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import SessionEnded as Ended
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_gateway import metrics
from kanvas_gateway.errors import SessionEnded, SessionsUnknown
from kanvas_gateway.ports import Call
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.observability import get_logger
from kanvas_platform.timestamps import to_seconds
from kanvas_platform.waiting import set_within

_MOST: Final = 100_000
_MOST_OF_ONE: Final = 200
_FEW: Final = 4
"""So many ends of one account give way with those of all only: people end as many themselves."""
_TIDIED_AT_ONCE: Final = 2
"""Accounts looked at with each end: every end adds one at most, so all get their turn."""
_LEEWAY_SECONDS: Final = 3600.0
"""How much later a token may expire than its session, as two servers' clocks differ."""
_LOOK_SECONDS: Final = 10.0
"""How often it is looked whether the feed is read, and how often is asked while it is not."""
_LOAD_SECONDS: Final = 60.0
"""So long a million ends take on a busy machine. The connection notices an instance that hangs."""

_log = get_logger(__name__)


@dataclass(slots=True)
class _OfAccount:
    """The ended sessions of an account.

    Attributes:
        until: By id, Unix time up to which a token may name it.
        floor: This id and those below it count as ended.
        floor_until: Unix time up to which a token may name one of them.
    """

    until: dict[str, float] = field(default_factory=dict)
    floor: str = ""
    floor_until: float = 0.0

    @property
    def size(self) -> int:
        """How many entries it takes."""
        return len(self.until) + bool(self.floor)

    def has_ended(self, session_id: str) -> bool:
        """Return whether a session has ended, or counts as ended."""
        return session_id in self.until or session_id <= self.floor

    def forget_half(self) -> None:
        """Have the floor stand for the half that began first."""
        for session_id in sorted(self.until)[: len(self.until) // 2 + 1]:
            self.floor = max(self.floor, session_id)
            self.floor_until = max(self.floor_until, self.until.pop(session_id))

    def tidy(self, now: float) -> None:
        """Forget what no token names any more."""
        for session_id in [one for one, until in self.until.items() if until <= now]:
            del self.until[session_id]
        if self.floor_until <= now:
            self.floor = ""


class EndedSessions:
    """The sessions that have ended, as far as this process knows.

    Args:
        clock: Tells which need not be known any more.
        complete: Whether all are known that count, without being told so by `complete`.
        most: How many are kept.
        most_of_one: How many of one account.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        complete: bool = False,
        most: int = _MOST,
        most_of_one: int = _MOST_OF_ONE,
    ) -> None:
        self._clock = clock
        self._complete = complete
        self._most = most
        self._most_of_one = most_of_one
        self._accounts: OrderedDict[str, _OfAccount] = OrderedDict()
        self._count = 0
        self._floor = ""

    @property
    def known(self) -> bool:
        """Whether all that have ended are known, up to where the feed has come."""
        return self._complete

    def __len__(self) -> int:
        return self._count

    def complete(self) -> None:
        """Note that all are known that ended before the feed was read."""
        self._complete = True

    def lose(self) -> None:
        """Note that some may be missing: positions of the feed are lost."""
        self._complete = False

    def end(self, ended: Ended) -> None:
        """Take the tokens of a session for no good from now on; a second time does nothing."""
        until, now = to_seconds(ended.expires_at) + _LEEWAY_SECONDS, self._clock.now()
        if until <= now:
            return
        account = self._accounts.setdefault(ended.account_id, _OfAccount())
        self._count -= account.size
        account.until[ended.id] = until
        if account.size > self._most_of_one:
            account.forget_half()
        self._count += account.size
        self._tidy(min(_TIDIED_AT_ONCE, len(self._accounts)), now)
        if self._count > self._most:
            self._make_room(now)
        metrics.ended_sessions.set(self._count)

    def check(self, account_id: str, session_id: str) -> None:
        """Refuse a session that has ended.

        Raises:
            SessionEnded: It has.
            SessionsUnknown: That cannot be told yet.
        """
        if not self._complete:
            raise SessionsUnknown("This gateway has just started. Try again.", retry_after=1.0)
        account = self._accounts.get(account_id)
        if session_id <= self._floor or (account is not None and account.has_ended(session_id)):
            raise SessionEnded("You were signed out here. Sign in again.")

    def _tidy(self, accounts: int, now: float) -> None:
        """Forget what no token names any more, of the accounts whose turn it is."""
        for _ in range(accounts):
            account_id, account = self._accounts.popitem(last=False)
            self._count -= account.size
            account.tidy(now)
            self._count += account.size
            if account.size:
                self._accounts[account_id] = account

    def _make_room(self, now: float) -> None:
        self._tidy(len(self._accounts), now)
        enough = self._most * 3 // 4
        while self._count > enough and self._shorten_longest(enough):
            pass
        if self._count <= enough:
            return
        _log.error("more sessions have ended than can be kept", most=self._most)
        ids = sorted(
            one
            for account in self._accounts.values()
            for one in (*account.until, account.floor)
            if one
        )
        self._floor = max(self._floor, ids[len(ids) // 2])
        for account in self._accounts.values():
            for session_id in [one for one in account.until if one <= self._floor]:
                del account.until[session_id]
            if account.floor <= self._floor:
                account.floor = ""
        self._count = sum(account.size for account in self._accounts.values())
        self._tidy(len(self._accounts), now)

    def _shorten_longest(self, enough: int) -> bool:
        """Have the accounts with the most ends give way; False where none has more than a few."""
        longest = max(account.size for account in self._accounts.values())
        if longest <= _FEW:
            return False
        for account in self._accounts.values():
            if account.size > max(_FEW, longest // 2):
                self._count -= account.size
                account.forget_half()
                self._count += account.size
                if self._count <= enough:
                    break
        return True


class EndedBefore:
    """Component that asks social-graph which sessions ended before the feed was read here.

    What it is told and what the feed brings overlap: the feed is read from some time before the
    start. So it does not matter which of them comes first. While the feed cannot be read here, it
    asks now and then: others may read it, and end sessions.

    Args:
        ended: Is told.
        graph: Is asked.
        clock: For pauses, and for the time between two looks.
        is_behind: Tells whether the feed was not read to its end lately.
    """

    name = "ended-sessions"

    def __init__(
        self,
        *,
        ended: EndedSessions,
        graph: SocialGraphServiceStub,
        clock: Clock,
        is_behind: Callable[[], bool],
    ) -> None:
        self._is_behind = is_behind
        self._ended = ended
        self._graph = graph
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._clock = clock
        self._backoff = Backoff(clock, longest=2.0)

    def lose(self, before: int, found: int) -> None:
        """Ask once more: positions of the feed are missing between two."""
        if self._ended.known:
            _log.warning("ends of sessions may be lost", before=before, found=found)
        self._ended.lose()
        self._wanted.set()

    async def run(self) -> None:
        """Ask at the start, whenever something was lost, and while behind; until canceled."""
        while True:
            await self._until_wanted()
            lost = self._wanted.is_set()
            self._wanted.clear()
            try:
                await self._ask()
            except KanvasError as error:
                _log.warning("cannot ask which sessions have ended", reason=error.reason)
                if lost:
                    self._wanted.set()
                await self._backoff.pause()
                continue
            self._backoff.reset()
            if not self._wanted.is_set():
                self._ended.complete()

    async def _until_wanted(self) -> None:
        while not await set_within(self._wanted, _LOOK_SECONDS, self._clock):
            if self._is_behind():
                return

    async def _ask(self) -> None:
        request = pb.ListEndedSessionsRequest()
        parts = self._graph.ListEndedSessions(request, **Call(None, _LOAD_SECONDS))
        try:
            async for part in parts:
                for ended in part.ended:
                    self._ended.end(ended)
        finally:
            parts.cancel()
