"""The part of the graph that decides what a screen may show, copied into the feed's order."""

from collections import OrderedDict
from collections.abc import Set as AbstractSet
from typing import Final

from kanvas.feed.v1.records_pb2 import Author
from kanvas.graph.v1.records_pb2 import ACCOUNT_STATE_ERASED, Account, Block, Follow
from kanvas_platform.kafka.store.codecs import ID, NOTHING, NUMBER, message
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Map, Order

Edge = tuple[str | None, str]
"""Who, and whom. Nobody (None) has an edge to anybody."""

_DECODED_IDS: Final = 400_000
"""How many ids are kept decoded, with 20 more for each set: 150 bytes each, so some 60 MB."""
_SET_AS_IDS: Final = 20

_AUTHOR: Final = message(Author)


class Edges:
    """Active edges of one kind, by who has them.

    The sets that readers ask for are kept decoded, up to a bound, until the account's edges change.
    """

    def __init__(self, space: Space, prefix: bytes) -> None:
        self._edges: Order[str, str, None] = Order(space, prefix, ID, ID, NOTHING)
        self._decoded: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._size = 0

    def __contains__(self, edge: Edge) -> bool:
        who, whom = edge
        if who is None:
            return False
        decoded = self._decoded.get(who)
        return self._edges.has(who, whom) if decoded is None else whom in decoded

    def of(self, account_id: str) -> AbstractSet[str]:
        """Return whom an account has an edge to."""
        decoded = self._decoded.get(account_id)
        if decoded is None:
            decoded = frozenset(whom for whom, _ in self._edges.descending(account_id))
            self._decoded[account_id] = decoded
            self._size += len(decoded) + _SET_AS_IDS
            while self._size > _DECODED_IDS and len(self._decoded) > 1:
                self._forget(next(iter(self._decoded)))
        else:
            self._decoded.move_to_end(account_id)
        return decoded

    def set(self, who: str, whom: str, *, active: bool) -> None:
        """Fold whether there is an edge."""
        # Before it changes: should the record fail halfway, the set is decoded anew.
        self._forget(who)
        if active:
            self._edges.add(who, whom, None)
        else:
            self._edges.remove(who, whom)

    def _forget(self, account_id: str) -> None:
        decoded = self._decoded.pop(account_id, None)
        if decoded is not None:
            self._size -= len(decoded) + _SET_AS_IDS


class CopiedGraph:
    """Accounts, follows and blocks as of the applied position.

    Prefixes in the space: `a` accounts, `f` follows, `b` blocks, `d` blocks by who is blocked, `g`
    accounts that are gone.

    Attributes:
        accounts: What stands beside a post of each; of an erased one, the id and the version.
        gone: The accounts that are being deleted or are erased, with the number of that
            `kanvas.graph.v1.AccountState`.
        follows: Who follows whom.
        blocks: Who blocks whom.
    """

    def __init__(self, space: Space) -> None:
        self.accounts: Map[str, Author] = Map(space, b"a", ID, _AUTHOR)
        self.gone: Map[str, int] = Map(space, b"g", ID, NUMBER)
        self.erased: Order[None, int, str] = Order(space, b"v", NOTHING, NUMBER, ID)
        self.follows = Edges(space, b"f")
        self.blocks = Edges(space, b"b")
        self._blocked_by = Edges(space, b"d")

    def following(self, account_id: str) -> AbstractSet[str]:
        """Return whom an account follows now. The set does not change with the graph."""
        return self.follows.of(account_id)

    def hidden_from(self, account_id: str) -> AbstractSet[str]:
        """Return whom an account blocks, and who blocks it.

        Questions about this account's blocks are quick from then on, until they change.
        """
        return self.blocks.of(account_id) | self._blocked_by.of(account_id)

    def blocked_either_way(self, one: str, other: str) -> bool:
        """Return whether either of two accounts blocks the other."""
        return (one, other) in self.blocks or (one, other) in self._blocked_by

    def is_erased(self, account_id: str) -> bool:
        """Return whether nothing of an account is to stay."""
        return self.gone.get(account_id) == ACCOUNT_STATE_ERASED

    def apply_account(self, account: Account, position: int) -> None:
        """Fold an account's whole new state; only what stands beside a post is kept."""
        self.accounts[account.id] = Author(
            id=account.id,
            handle=account.handle,
            display_name=account.display_name,
            version=account.version,
        )
        if account.state:
            self.gone[account.id] = account.state
        else:
            self.gone.discard(account.id)
        if account.state == ACCOUNT_STATE_ERASED:
            self.erased.add(None, position, account.id)

    def apply_follow(self, follow: Follow) -> None:
        """Fold whether one account follows another."""
        self.follows.set(follow.follower_id, follow.followee_id, active=follow.active)

    def apply_block(self, block: Block) -> None:
        """Fold whether one account blocks another."""
        self.blocks.set(block.blocker_id, block.blocked_id, active=block.active)
        self._blocked_by.set(block.blocked_id, block.blocker_id, active=block.active)
