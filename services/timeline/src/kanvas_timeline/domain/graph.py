"""The part of the graph that decides what a screen may show, copied into the feed's order."""

from collections.abc import Set as AbstractSet
from typing import Self

from kanvas.feed.v1.records_pb2 import Author
from kanvas.graph.v1.records_pb2 import Account, Block, Follow
from kanvas_platform.kafka.table import Table

Edge = tuple[str, str]
_NOBODY: frozenset[str] = frozenset()


class CopiedGraph:
    """Accounts, follows and blocks as of the applied position.

    `follows` and `blocks` hold active edges only: (who, whom). Decisions look at the tables; the
    sets by account serve reads and are not kept by an overlay.
    """

    def __init__(self, base: Self | None = None) -> None:
        self.accounts: Table[str, Author] = base.accounts.overlay() if base else Table()
        self.follows: Table[Edge, None] = base.follows.overlay() if base else Table()
        self.blocks: Table[Edge, None] = base.blocks.overlay() if base else Table()
        self._following: dict[str, set[str]] | None = None if base else {}
        self._blocking: dict[str, set[str]] | None = None if base else {}
        self._blocked_by: dict[str, set[str]] | None = None if base else {}

    def overlay(self) -> Self:
        """Return a layer on top of this graph; what is applied to it never reaches this one."""
        return type(self)(self)

    def following(self, account_id: str) -> AbstractSet[str]:
        """Return whom an account follows. The set is live: copy it before you wait for anything."""
        return _members(self._following, account_id)

    def hidden_from(self, account_id: str) -> AbstractSet[str]:
        """Return whom an account blocks, and who blocks it."""
        return _members(self._blocking, account_id) | _members(self._blocked_by, account_id)

    def blocked_either_way(self, one: str, other: str) -> bool:
        """Return whether either of two accounts blocks the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def apply_account(self, account: Account) -> None:
        """Fold an account's whole new state; only what stands beside a post is kept."""
        self.accounts[account.id] = Author(
            id=account.id,
            handle=account.handle,
            display_name=account.display_name,
            version=account.version,
        )

    def apply_follow(self, follow: Follow) -> None:
        """Fold whether one account follows another."""
        edge = (follow.follower_id, follow.followee_id)
        _set(self.follows, edge, active=follow.active)
        _link(self._following, edge, active=follow.active)

    def apply_block(self, block: Block) -> None:
        """Fold whether one account blocks another."""
        edge = (block.blocker_id, block.blocked_id)
        _set(self.blocks, edge, active=block.active)
        _link(self._blocking, edge, active=block.active)
        _link(self._blocked_by, (block.blocked_id, block.blocker_id), active=block.active)


def _members(index: dict[str, set[str]] | None, account_id: str) -> AbstractSet[str]:
    if index is None:
        raise LookupError("an overlay keeps no sets by account")
    return index.get(account_id, _NOBODY)


def _set(table: Table[Edge, None], edge: Edge, *, active: bool) -> None:
    if active:
        table[edge] = None
    elif edge in table:
        del table[edge]


def _link(index: dict[str, set[str]] | None, edge: Edge, *, active: bool) -> None:
    if index is None:
        return
    who, whom = edge
    if active:
        index.setdefault(who, set()).add(whom)
    elif who in index:
        index[who].discard(whom)
        if not index[who]:
            del index[who]
