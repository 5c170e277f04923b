"""Blocks that the graph has accepted and the feed has no copy of yet.

Copying takes some hundredths of a second, and longer where something is amiss. A gateway hides by
a block from the moment at which the graph accepted it from this gateway: from the one who blocked,
and from the one who is blocked as far as they come here. What other gateways serve follows with
the copy, and the answer says so.

Reads are hidden from a little longer than that, because an instance that answers them may not have
the copy that is known here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from kanvas_gateway import metrics
from kanvas_platform.observability import get_logger

_MOST = 5_000
_LAG_SECONDS = 2.0
"""For how long after the copy reads are still hidden from: the timeline answers NOT_FRESH only when
it is 1 s behind, and the answer is under way for a while."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Pair:
    blocker_id: str
    blocked_id: str


@dataclass(slots=True)
class _Ahead:
    """A block: its position in the graph's log, and when its copy was first noticed."""

    position: int
    copied_at: float | None = None


class BlocksAhead:
    """The pairs that this gateway hides from each other before the feed says so.

    Args:
        monotonic: Tells the time, in seconds.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._copied = 0
        self._pairs: dict[_Pair, _Ahead] = {}
        metrics.blocks_ahead.set_function(self._count)

    def note_copy(self, graph_position: int) -> None:
        """Note up to which position of the graph's log the feed is known here; 0 says nothing."""
        self._copied = max(self._copied, graph_position)

    def begin(self, blocker_id: str, blocked_id: str, graph_position: int) -> bool:
        """Hide two accounts from each other until the feed has the copy of a position.

        Returns:
            Whether the feed has no copy yet, so that sockets have to be told here.
        """
        self._forget()
        if len(self._pairs) >= _MOST:
            self._pairs.pop(next(iter(self._pairs)))
            _log.error("more blocks wait for the feed than can be kept", most=_MOST)
        self._pairs[_Pair(blocker_id, blocked_id)] = _Ahead(graph_position)
        return graph_position > self._copied

    def end(self, blocker_id: str, blocked_id: str) -> None:
        """Take back what `begin` did; sockets follow with the copies of both."""
        self._pairs.pop(_Pair(blocker_id, blocked_id), None)

    def hidden_from(self, account_id: str | None, *, lag: bool = True) -> frozenset[str]:
        """Return whom an account must not see besides those of whom the feed says so.

        A read asks before and after it: what was copied meanwhile may be missing from its answer.

        Args:
            account_id: Who reads; None where nobody has signed in.
            lag: Whether what the feed says may be older than its copy known here.
        """
        self._forget()
        return frozenset(
            pair.blocked_id if pair.blocker_id == account_id else pair.blocker_id
            for pair, ahead in self._pairs.items()
            if account_id in (pair.blocker_id, pair.blocked_id) and (lag or ahead.copied_at is None)
        )

    def _count(self) -> int:
        # Metrics are read in a thread of their own: it must change nothing, nor meet a change.
        copied = self._copied
        return sum(ahead.position > copied for ahead in tuple(self._pairs.values()))

    def _forget(self) -> None:
        if not self._pairs:
            return
        copied, now = self._copied, self._monotonic()
        for pair, ahead in tuple(self._pairs.items()):
            if ahead.copied_at is None and ahead.position <= copied:
                ahead.copied_at = now
            elif ahead.copied_at is not None and now - ahead.copied_at >= _LAG_SECONDS:
                self._pairs.pop(pair, None)
