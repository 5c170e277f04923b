"""A kept state is read on by the next release only if that would have folded the same bytes."""

import hashlib
from collections.abc import Sequence

from kanvas.graph.v1.records_pb2 import (
    ACCOUNT_STATE_DELETING,
    ACCOUNT_STATE_ERASED,
    EXPORT_STATE_ASKED,
    EXPORT_STATE_READY,
    Account,
    Block,
    CredentialsRecord,
    ExportRecord,
    Follow,
    GraphRecord,
    KeptHandle,
    Session,
    SessionRecord,
)
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import contents
from kanvas_social_graph.domain.state import FORMAT, GraphState

ADA, BOB, CLEO, DAN, EVE, FAY = (f"01890000-0000-7000-8000-00000000000{n}" for n in range(6))
SESSIONS = [f"01890000-0000-7000-8000-0000000000{n:02}" for n in range(10, 15)]
DAY = 86_400

Record = GraphRecord | CredentialsRecord | SessionRecord | ExportRecord

FOLDED = (5, "5f9e1d1b0ed4eecd")
"""The version of the fold, and the digest of the bytes below. Whoever changes what a record folds
into, also a record that could not be folded before, raises `FORMAT`, and puts both here."""


def records() -> Sequence[Record]:
    """Return records of all kinds: new, repeated, changed, taken back, unknown and unusable."""

    def follow(one: str, other: str, *, active: bool) -> GraphRecord:
        return GraphRecord(follow=Follow(follower_id=one, followee_id=other, active=active))

    def block(one: str, other: str, *, active: bool) -> GraphRecord:
        return GraphRecord(block=Block(blocker_id=one, blocked_id=other, active=active))

    def session(
        number: int, whose: str, *, made: int, used: int = 0, ended: int | None = None
    ) -> SessionRecord:
        """Return a record of a session; times in days."""
        record = SessionRecord(session=Session(id=SESSIONS[number], account_id=whose))
        record.session.device.app = "Firefox"
        record.session.made_at.FromSeconds(made * DAY)
        record.session.used_at.FromSeconds(max(made, used) * DAY)
        record.session.expires_at.FromSeconds((made + 14) * DAY)
        if ended is not None:
            record.session.ended_at.FromSeconds(ended * DAY)
        record.meta.created_position = 100 + number
        record.meta.decided_at.FromSeconds(max(made, used, ended or 0) * DAY)
        return record

    def export(whose: str, *, ready: bool = False, left: bool = True) -> ExportRecord:
        record = ExportRecord()
        record.export.account_id = whose
        if not left:
            return record
        record.export.state = EXPORT_STATE_READY if ready else EXPORT_STATE_ASKED
        record.export.asked_at.FromSeconds(DAY)
        if ready:
            record.export.kept_until.FromSeconds(8 * DAY)
        return record

    def leaving(who: str, day: int) -> GraphRecord:
        record = GraphRecord(account=Account(id=who, handle=f"h{who[-1]}", version=2))
        record.account.state = ACCOUNT_STATE_DELETING
        record.account.erase_at.FromSeconds(day * DAY)
        return record

    kept = KeptHandle(digest=b"digest")
    kept.until.FromSeconds(400 * DAY)
    log: list[Record] = [
        *(GraphRecord(account=Account(id=who, handle=f"h{who[-1]}")) for who in (ADA, BOB, CLEO)),
        GraphRecord(account=Account(id=ADA, handle="h0", display_name="Ada", bio="ö", version=2)),
        *(CredentialsRecord(account_id=who, password_hash="$a") for who in (ADA, BOB)),
        CredentialsRecord(account_id=BOB, password_hash="$b"),
        follow(ADA, BOB, active=True),
        follow(ADA, BOB, active=True),
        follow(ADA, CLEO, active=True),
        follow(CLEO, BOB, active=True),
        follow(ADA, CLEO, active=False),
        follow(BOB, CLEO, active=False),
        session(0, ADA, made=0),
        session(1, ADA, made=0),
        session(0, ADA, made=0, used=1),
        session(1, ADA, made=0, ended=2),
        session(2, BOB, made=1),
        session(3, BOB, made=15),  # the one before has ended by itself
        session(3, BOB, made=15, ended=16),
        session(4, CLEO, made=40, ended=40),  # those that ended long before are forgotten
        SessionRecord(session=Session(id="nobody", account_id=ADA)),
        block(ADA, CLEO, active=True),
        block(BOB, CLEO, active=True),
        block(BOB, CLEO, active=False),
        *(GraphRecord(account=Account(id=who, handle=f"h{who[-1]}")) for who in (DAN, EVE, FAY)),
        CredentialsRecord(account_id=FAY, password_hash="$f"),
        *(leaving(who, day) for who, day in ((DAN, 20), (EVE, 21), (FAY, 22))),
        GraphRecord(account=Account(id=EVE, handle="h4", version=3)),  # who keeps the account
        GraphRecord(account=Account(id=FAY, version=3, state=ACCOUNT_STATE_ERASED)),
        CredentialsRecord(account_id=FAY, kept_handle=kept),
        export(ADA),
        export(BOB),
        export(BOB, ready=True),
        export(FAY),
        export(FAY, left=False),
        export("nobody"),
        GraphRecord(),
        GraphRecord.FromString(b"\x7a\x01k"),  # of a later version of the contract
        GraphRecord(account=Account(id="nobody", handle="nobody")),
        follow("nobody", ADA, active=True),
    ]
    for position, record in enumerate(log, start=1):
        record.meta.position = position
    return log


def folded() -> Space:
    """Fold the records as a replica does: whole, or set aside."""
    space = Space()
    state = GraphState(space)
    for record in records():
        try:
            with space.whole():
                state.apply("", record)
        except ValueError:
            continue
    return space


def test_other_bytes_have_another_version() -> None:
    digest = hashlib.sha256()
    for key, value in sorted(contents(folded()).items()):
        digest.update(b"%d %b %d %b" % (len(key), key, len(value), value))
    assert (FORMAT, digest.hexdigest()[:16]) == FOLDED


def test_a_record_that_cannot_be_folded_leaves_nothing() -> None:
    state = GraphState(folded())
    assert (len(state.accounts), len(state.handles)) == (6, 5)
    assert state.handles.get("nobody") is None
