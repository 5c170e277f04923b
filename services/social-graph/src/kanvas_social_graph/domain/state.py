"""The state that `kanvas.graph.v1` and `kanvas.credentials.v1` fold into."""

from typing import Final, Self

from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import Account, Block, CredentialsRecord, Follow, GraphRecord
from kanvas_platform.kafka.store.codecs import ID, ID_PAIR, NUMBER, TEXT, message
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Index, Table

FORMAT: Final = 1
"""Version of what records fold into. A store of another version is folded anew."""

_ACCOUNT: Final = message(Account)


class GraphState:
    """Accounts, credentials, follows and blocks, as of the applied positions.

    `follows` and `blocks` hold active edges only, each with the position that made it.
    `following` and `followers` hold the active follows of an account by that position: whom it
    follows, and who follows it.

    Attributes:
        space: Where all of it stands.
    """

    def __init__(self, space: Space) -> None:
        """Make a view of the state.

        Args:
            space: Where the state stands.
        """
        self.space = space
        self.accounts: Table[str, Account] = Table(space, b"a", ID, _ACCOUNT)
        self.handles: Table[str, str] = Table(space, b"h", TEXT, ID)
        self.password_hashes: Table[str, str] = Table(space, b"p", ID, TEXT)
        self.follows: Table[tuple[str, str], int] = Table(space, b"f", ID_PAIR, NUMBER)
        self.blocks: Table[tuple[str, str], int] = Table(space, b"b", ID_PAIR, NUMBER)
        self.following: Index[str, int, str] = Index(space, b"o", ID, NUMBER, ID)
        self.followers: Index[str, int, str] = Index(space, b"i", ID, NUMBER, ID)

    def overlay(self) -> Self:
        """Return a layer over this state. What is applied to the layer never reaches this state."""
        return type(self)(self.space.overlay())

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

    def blocked_either_way(self, one: str, other: str) -> bool:
        """Return whether either of two accounts blocks the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def _apply_account(self, account: Account) -> None:
        self.accounts[account.id] = account
        self.handles[account.handle] = account.id

    def _apply_follow(self, follow: Follow, position: int) -> None:
        follower_id, followee_id = edge = (follow.follower_id, follow.followee_id)
        made_at = self.follows.get(edge)
        if follow.active and made_at is None:
            self.follows[edge] = position
            self.following.add(follower_id, position, followee_id)
            self.followers.add(followee_id, position, follower_id)
        elif not follow.active and made_at is not None:
            del self.follows[edge]
            self.following.remove(follower_id, made_at)
            self.followers.remove(followee_id, made_at)

    def _apply_block(self, block: Block, position: int) -> None:
        edge = (block.blocker_id, block.blocked_id)
        if block.active:
            self.blocks[edge] = position
        elif edge in self.blocks:
            del self.blocks[edge]
