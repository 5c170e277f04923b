"""A kept state is read on by the next release only if that would have folded the same bytes."""

import hashlib
from collections.abc import Sequence

from kanvas.graph.v1.records_pb2 import Account, Block, CredentialsRecord, Follow, GraphRecord
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import contents
from kanvas_social_graph.domain.state import FORMAT, GraphState

ADA, BOB, CLEO = (f"01890000-0000-7000-8000-00000000000{n}" for n in range(3))

FOLDED = (1, "7ff0c6d95eae9d0b")
"""The version of the fold, and the digest of the bytes below. Whoever changes what a record folds
into, also a record that could not be folded before, raises `FORMAT`, and puts both here."""


def records() -> Sequence[GraphRecord | CredentialsRecord]:
    """Return records of all kinds: new, repeated, changed, taken back, unknown and unusable."""

    def follow(one: str, other: str, *, active: bool) -> GraphRecord:
        return GraphRecord(follow=Follow(follower_id=one, followee_id=other, active=active))

    def block(one: str, other: str, *, active: bool) -> GraphRecord:
        return GraphRecord(block=Block(blocker_id=one, blocked_id=other, active=active))

    log: list[GraphRecord | CredentialsRecord] = [
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
        block(ADA, CLEO, active=True),
        block(BOB, CLEO, active=True),
        block(BOB, CLEO, active=False),
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
    assert (len(state.accounts), len(state.handles)) == (3, 3)
    assert state.handles.get("nobody") is None
