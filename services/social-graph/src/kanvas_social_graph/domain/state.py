"""The state that `kanvas.graph.v1` and `kanvas.credentials.v1` fold into."""

from collections.abc import Mapping
from typing import Self

from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import Account, Block, CredentialsRecord, Follow, GraphRecord
from kanvas_platform.kafka.table import Table
from kanvas_social_graph.domain.adjacency import Adjacency

Edge = tuple[str, str]
_NO_EDGES = Adjacency()


class GraphState:
    """Accounts, credentials, follows and blocks, as of the applied positions.

    `follows` and `blocks` hold active edges only, each with the position that made it. The
    adjacency lists serve reads; an overlay has none, since no decision looks at them.
    """

    def __init__(self, base: Self | None = None) -> None:
        self.accounts: Table[str, Account] = base.accounts.overlay() if base else Table()
        self.handles: Table[str, str] = base.handles.overlay() if base else Table()
        self.password_hashes: Table[str, str] = base.password_hashes.overlay() if base else Table()
        self.follows: Table[Edge, int] = base.follows.overlay() if base else Table()
        self.blocks: Table[Edge, int] = base.blocks.overlay() if base else Table()
        self._following: dict[str, Adjacency] | None = None if base else {}
        self._followers: dict[str, Adjacency] | None = None if base else {}

    def overlay(self) -> Self:
        """Return a layer over this state. What is applied to the layer never reaches this state."""
        return type(self)(self)

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record of either log."""
        del topic  # the record's type says which log it is of
        if isinstance(record, CredentialsRecord):
            self.password_hashes[record.account_id] = record.password_hash
            return
        assert isinstance(record, GraphRecord)  # noqa: S101 - the replica decodes by LogSpec
        match record.WhichOneof("entity"):
            case "account":
                self._apply_account(record.account)
            case "follow":
                self._apply_follow(record.follow, record.meta.position)
            case "block":
                self._apply_block(record.block, record.meta.position)
            case _:
                pass  # an entity of a later version of the contract: nothing here depends on it

    def following(self, account_id: str) -> Adjacency:
        """Return the edges to those that an account follows."""
        return _edges(self._following, account_id)

    def followers(self, account_id: str) -> Adjacency:
        """Return the edges to those that follow an account."""
        return _edges(self._followers, account_id)

    def blocked_either_way(self, one: str, other: str) -> bool:
        """Return whether either of two accounts blocks the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def _apply_account(self, account: Account) -> None:
        self.accounts[account.id] = account
        self.handles[account.handle] = account.id

    def _apply_follow(self, follow: Follow, position: int) -> None:
        edge = (follow.follower_id, follow.followee_id)
        made_at = self.follows.get(edge)
        if follow.active and made_at is None:
            self.follows[edge] = position
            self._link(edge, position)
        elif not follow.active and made_at is not None:
            del self.follows[edge]
            self._unlink(edge, made_at)

    def _apply_block(self, block: Block, position: int) -> None:
        edge = (block.blocker_id, block.blocked_id)
        if block.active:
            self.blocks[edge] = position
        elif edge in self.blocks:
            del self.blocks[edge]

    def _link(self, edge: Edge, position: int) -> None:
        if self._following is None or self._followers is None:
            return
        follower_id, followee_id = edge
        self._following.setdefault(follower_id, Adjacency()).add(position, followee_id)
        self._followers.setdefault(followee_id, Adjacency()).add(position, follower_id)

    def _unlink(self, edge: Edge, made_at: int) -> None:
        if self._following is None or self._followers is None:
            return
        follower_id, followee_id = edge
        self._following[follower_id].remove(made_at)
        self._followers[followee_id].remove(made_at)


def _edges(index: Mapping[str, Adjacency] | None, account_id: str) -> Adjacency:
    return _NO_EDGES if index is None else index.get(account_id, _NO_EDGES)
