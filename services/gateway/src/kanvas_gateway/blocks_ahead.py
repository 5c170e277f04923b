"""Blocks that the graph has accepted and the feed has no copy of yet.

Copying takes some hundredths of a second, and longer where something is amiss. A gateway hides by
a block from the moment at which the graph accepted it from this gateway: from the one who blocked,
and from the one who is blocked as far as they come here. What other gateways serve follows with
the copy, and the answer says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kanvas_gateway import metrics
from kanvas_platform.observability import get_logger

_MOST = 5_000

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Pair:
    blocker_id: str
    blocked_id: str


class BlocksAhead:
    """What this gateway hides before the feed says so. Call `hide_with` before anything else.

    Args:
        copied: Tells the position in the graph's log up to which the feed is known here.
    """

    _hide: Callable[[str, str], None]

    def __init__(self, *, copied: Callable[[], int]) -> None:
        self._copied = copied
        self._positions: dict[_Pair, int] = {}
        metrics.blocks_ahead.set_function(self._count)

    def hide_with(self, hide: Callable[[str, str], None]) -> None:
        """Say what hides from the sockets of an account another one.

        Apart from the constructor, because whoever does so asks `hidden_from`.
        """
        self._hide = hide

    def begin(self, blocker_id: str, blocked_id: str, graph_position: int) -> None:
        """Hide two accounts from each other until the feed has the copy of a position."""
        self._forget()
        if graph_position <= self._copied():
            return
        if len(self._positions) >= _MOST:
            self._positions.pop(next(iter(self._positions)))
            _log.error("more blocks wait for the feed than can be kept", most=_MOST)
        self._positions[_Pair(blocker_id, blocked_id)] = graph_position
        self._hide(blocker_id, blocked_id)
        self._hide(blocked_id, blocker_id)

    def end(self, blocker_id: str, blocked_id: str) -> None:
        """Take back what `begin` did; sockets follow with the copies of both."""
        self._positions.pop(_Pair(blocker_id, blocked_id), None)

    def hidden_from(self, account_id: str | None) -> frozenset[str]:
        """Return whom an account must not see besides those of whom the feed says so."""
        self._forget()
        return frozenset(
            pair.blocked_id if pair.blocker_id == account_id else pair.blocker_id
            for pair in self._positions
            if account_id in (pair.blocker_id, pair.blocked_id)
        )

    def _count(self) -> int:
        # Metrics are read in a thread of their own: it must change nothing, nor meet a change.
        copied = self._copied()
        return sum(at > copied for at in tuple(self._positions.values()))

    def _forget(self) -> None:
        if not self._positions:
            return
        copied = self._copied()
        for pair in [pair for pair, at in self._positions.items() if at <= copied]:
            self._positions.pop(pair, None)
