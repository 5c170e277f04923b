"""The state that `kanvas.graph.v1` and its side logs fold into."""

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import Final, Self

from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import (
    Account,
    Block,
    CredentialsRecord,
    Export,
    ExportRecord,
    ExportState,
    Follow,
    GraphRecord,
    KeptHandle,
    Session,
    SessionEnded,
    SessionRecord,
)
from kanvas_platform.kafka.store.codecs import (
    ID,
    ID_PAIR,
    NOTHING,
    NUMBER,
    NUMBER_BYTES,
    TEXT,
    Codec,
    message,
)
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Index, Map, Order, Table
from kanvas_platform.timestamps import to_seconds
from kanvas_social_graph.domain.deletion import is_active, is_deleting, is_due, is_erased
from kanvas_social_graph.domain.exports import DUE, Due, due, is_forgotten
from kanvas_social_graph.domain.sessions import SESSION_SECONDS, end_of, goes_on

FORMAT: Final = 5
"""Version of what records fold into. A store of another version is folded anew."""

_ACCOUNT: Final = message(Account)
_SESSION: Final = message(Session)
_SESSION_ENDED: Final = message(SessionEnded)
_EXPORT: Final = message(Export)

_Due = tuple[int, str]
"""Millisecond from which on an account is to be erased, and its id."""

_LAST_MILLISECOND: Final = 1 << 62


def _encode_due(due: _Due) -> bytes:
    at, account_id = due
    return NUMBER.encode(_LAST_MILLISECOND - at) + ID.encode(account_id)


def _decode_due(data: bytes) -> _Due:
    at = _LAST_MILLISECOND - NUMBER.decode(data[:NUMBER_BYTES])
    return at, ID.decode(data[NUMBER_BYTES:])


_DUE: Final[Codec[_Due]] = Codec(_encode_due, _decode_due)
"""The milliseconds up to a time far away, then an id: who is due first sorts highest."""

_DIGEST: Final[Codec[bytes]] = Codec(bytes, bytes)

_DAY: Final = 86400
_DAYS_AHEAD: Final = SESSION_SECONDS // _DAY + 1
_DAYS_BEHIND: Final = 28
_FORGOTTEN_AT_ONCE: Final = 8
"""Each end adds one entry, so with more than one a record the ends of past days get fewer."""


class GraphState:
    """Accounts, credentials, sessions, follows, blocks and exports, as of the applied positions.

    `follows` and `blocks` hold active edges only, each with the position that made it.
    `following` and `followers` hold the active follows of an account by that position: whom it
    follows, and who follows it. `blocked` and `blockers` hold whom an account blocks, and who
    blocks it, by id.

    `sessions` holds those that were not ended, and `sessions_of` those of an account by the
    position that made them. One that has ended by itself is there until a record says so: whoever
    reads looks at the time. `ended` holds, by the day on which they would have ended by themselves,
    those that were ended.

    `deleting` holds the accounts that are being deleted, those that are due first above. The handle
    of an erased account is not among `handles`: `kept_handles` has its digest, and until when.
    `erased` holds the accounts that are erased, by the position that said so.

    `exports` holds the newest export of each account.

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
        self.blocked: Order[str, str, None] = Order(space, b"q", ID, ID, NOTHING)
        self.blockers: Order[str, str, None] = Order(space, b"r", ID, ID, NOTHING)
        self.following: Index[str, int, str] = Index(space, b"o", ID, NUMBER, ID)
        self.followers: Index[str, int, str] = Index(space, b"i", ID, NUMBER, ID)
        self.sessions: Table[str, Session] = Table(space, b"s", ID, _SESSION)
        self.sessions_of: Index[str, int, str] = Index(space, b"d", ID, NUMBER, ID)
        self.deleting: Order[None, _Due, None] = Order(space, b"g", NOTHING, _DUE, NOTHING)
        self.erased: Order[None, int, str] = Order(space, b"v", NOTHING, NUMBER, ID)
        self.kept_handles: Map[bytes, int] = Map(space, b"k", _DIGEST, NUMBER)
        self.ended: Index[int, int, SessionEnded] = Index(
            space, b"e", NUMBER, NUMBER, _SESSION_ENDED
        )
        self.exports: Table[str, Export] = Table(space, b"x", ID, _EXPORT)
        self._exports_due: Index[int, Due, None] = Index(space, b"u", NUMBER, DUE, NOTHING)

    def overlay(self) -> Self:
        """Return a layer over this state. What is applied to the layer never reaches this state."""
        return type(self)(self.space.overlay())

    def apply(self, topic: str, record: Message) -> None:
        """Fold one record of any of the logs."""
        del topic  # the record's type says which log it is of
        if isinstance(record, CredentialsRecord):
            self._apply_credentials(record)
            return
        if isinstance(record, SessionRecord):
            self._apply_session(record)
            return
        if isinstance(record, ExportRecord):
            self._apply_export(record.export)
            return
        assert isinstance(record, GraphRecord)  # noqa: S101 - the replica decodes by LogSpec
        match record.WhichOneof("entity"):
            case "account":
                self._apply_account(record.account, record.meta.position)
            case "follow":
                self._apply_follow(record.follow, record.meta.position)
            case "block":
                self._apply_block(record.block, record.meta.position)
            case _:
                pass  # an end of a session, which its own log says too, or an entity of later days

    def blocked_either_way(self, one: str, other: str) -> bool:
        """Return whether either of two accounts blocks the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def is_active(self, account_id: str) -> bool:
        """Return whether there is an account, and nobody has asked for its deletion."""
        account = self.accounts.get(account_id)
        return account is not None and is_active(account)

    def keeps_handle(self, digest: bytes, now: float) -> bool:
        """Return whether a handle was an erased account's, and nobody may have it at a time."""
        return now * 1000 < self.kept_handles.get(digest, 0)

    def due(self, now: float, *, most: int) -> Sequence[Account]:
        """Return so many of the accounts that are to be erased at a Unix time, the first ones."""
        waiting = (
            self.accounts[account_id] for (_, account_id), _ in self.deleting.descending(None)
        )
        return list(islice(takewhile(lambda account: is_due(account, now), waiting), most))

    def live_sessions(self, account_id: str, now: float) -> list[Session]:
        """Return the sessions of an account that go on at a Unix time, the newest first."""
        return [session for session in self.sessions_by(account_id) if goes_on(session, now)]

    def expired_sessions(self, account_id: str, now: float) -> list[Session]:
        """Return those of an account that have ended by themselves, which no record says yet."""
        return [session for session in self.sessions_by(account_id) if not goes_on(session, now)]

    def sessions_by(self, account_id: str) -> Iterator[Session]:
        """Iterate over the sessions of an account that no record has ended, the newest first."""
        for _, session_id in self.sessions_of.descending(account_id):
            session = self.sessions.get(session_id)
            if session is not None and session.account_id == account_id:
                yield session

    def live_session(self, account_id: str, session_id: str, now: float) -> Session | None:
        """Return a session of an account, if it goes on at a Unix time."""
        session = self.sessions.get(session_id)
        if session is None or session.account_id != account_id or not goes_on(session, now):
            return None
        return session

    def ended_sessions(self, now: float) -> Iterator[SessionEnded]:
        """Yield what was ended and would not have ended by itself before a Unix time.

        Some that would have, on that day or the day before, are among them. Use the iterator up, or
        drop it, before the next `await`.
        """
        for day in self.days_of_ends(now):
            for _, ended in self.ended.descending(day):
                yield ended

    def days_of_ends(self, now: float) -> range:
        """Return the groups of `ended` that may hold what had not ended by itself at a time."""
        today = int(now) // _DAY
        return range(today - 1, today + _DAYS_AHEAD + 1)

    def exports_due(self, state: ExportState.ValueType) -> Iterator[tuple[Due, Export]]:
        """Yield the exports in a state, and when each is due, the one that is due first before all.

        Use the iterator up, or drop it, before the next `await`.
        """
        for one, _ in self._exports_due.descending(state):
            yield one, self.exports[one.account_id]

    def count_exports(self, state: ExportState.ValueType) -> int:
        """Return how many exports are in a state in which something is due."""
        return self._exports_due.count(state)

    def _apply_session(self, record: SessionRecord) -> None:
        session, rank = record.session, record.meta.created_position
        decided = to_seconds(record.meta.decided_at)
        if not session.HasField("ended_at"):
            self.sessions[session.id] = session
            self.sessions_of.add(session.account_id, rank, session.id)
            return
        if session.id in self.sessions:
            del self.sessions[session.id]
            self.sessions_of.remove(session.account_id, rank)
        day = int(to_seconds(session.expires_at)) // _DAY
        self.ended.add(day, record.meta.position, end_of(session))
        self._forget_ended(int(decided) // _DAY)

    def _forget_ended(self, today: int) -> None:
        """Forget some of the ends that nobody need remember on the day of a record."""
        for day in range(max(0, today - _DAYS_BEHIND), today - 1):
            if self.ended.count(day):
                oldest = list(islice(self.ended.descending(day), _FORGOTTEN_AT_ONCE))
                for rank, _ in oldest:
                    self.ended.remove(day, rank)
                return

    def _apply_account(self, account: Account, position: int) -> None:
        before = self.accounts.get(account.id)
        if before is not None:
            if is_deleting(before):
                self.deleting.remove(None, _due(before))
            if before.handle != account.handle:
                self.handles.discard(before.handle)
        self.accounts[account.id] = account
        if is_deleting(account):
            self.deleting.add(None, _due(account), None)
        if is_erased(account):
            self.erased.add(None, position, account.id)
        if account.handle:
            self.handles[account.handle] = account.id

    def _apply_credentials(self, record: CredentialsRecord) -> None:
        if not record.HasField("kept_handle"):
            self.password_hashes[record.account_id] = record.password_hash
            return
        self.password_hashes.discard(record.account_id)
        self._keep_handle(record.kept_handle)

    def _keep_handle(self, kept: KeptHandle) -> None:
        self.kept_handles[kept.digest] = round(to_seconds(kept.until) * 1000)

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
        blocker_id, blocked_id = edge = (block.blocker_id, block.blocked_id)
        if block.active:
            self.blocks[edge] = position
            self.blocked.add(blocker_id, blocked_id, None)
            self.blockers.add(blocked_id, blocker_id, None)
        elif edge in self.blocks:
            del self.blocks[edge]
            self.blocked.remove(blocker_id, blocked_id)
            self.blockers.remove(blocked_id, blocker_id)

    def _apply_export(self, export: Export) -> None:
        before = self.exports.get(export.account_id)
        if before is not None and (was := due(before)) is not None:
            self._exports_due.remove(before.state, was)
        if is_forgotten(export):
            self.exports.discard(export.account_id)
            return
        self.exports[export.account_id] = export
        if (now := due(export)) is not None:
            self._exports_due.add(export.state, now, None)


def _due(account: Account) -> _Due:
    return max(0, round(to_seconds(account.erase_at) * 1000)), account.id
