"""A kept state is read on by the next release only if that would have folded the same bytes."""

import hashlib

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord
from kanvas.graph.v1.records_pb2 import AccountState
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import MemoryStore, contents
from kanvas_timeline.domain.state import FORMAT, TimelineState
from kanvas_timeline.testing.make import FOLLOWERS, follow_record, numbered_id
from kanvas_timeline.testing.memory_log import Record, Written
from kanvas_timeline.testing.world import EVERYTHING, World

ONE, OTHER = numbered_id(501), numbered_id(502)

FOLDED = (2, "40f01eb5f8b382df")
"""The version of the fold, and the digest of the bytes below. Whoever changes what a record folds
into, also a record that could not be folded before, raises `FORMAT`, and puts both here."""


def written() -> list[Written]:
    """Return records of all kinds: new, repeated, changed, taken back, unknown and unusable."""
    world = World()
    ada, ben, cleo = (world.account(handle) for handle in ("ada", "ben", "cleo"))
    world.rename(ada, "Ada L.")
    for _ in range(2):
        world.copy(follow_record(ada, ben))
    world.follow(ben, ada)
    world.follow(ben, ada, active=False)
    world.follow(cleo, ada, active=False)
    world.block(cleo, ben)
    world.block(ada, cleo)
    world.block(ada, cleo, active=False)
    posts = [
        world.post(ada, caption="A #fox in the #snow."),
        world.post(ben, visibility=FOLLOWERS, train=True),
        world.post(ada, sha256="cd" * 32),
    ]
    for post_id in posts:
        world.like(ada, post_id)
    world.like(ada, posts[0], liked=False)
    world.delete(ada, posts[0])
    for account_id in (ada, ben, cleo):
        world.turn(account_id, AccountState.ACCOUNT_STATE_DELETING)
    world.turn(ben, AccountState.ACCOUNT_STATE_UNSPECIFIED)
    world.turn(cleo, AccountState.ACCOUNT_STATE_ERASED)
    return [*world.log.written, *unusable(), *unknown()]


def unknown() -> list[Written]:
    """Return records of a later version of the contract."""
    later: list[Record] = [
        FeedRecord(),
        FeedRecord.FromString(b"\x7a\x01k"),
        ReactionRecord(post_id=ONE, account_id=OTHER, like_count=1),
    ]
    return [Written("", "", record) for record in later]


def unusable() -> list[Written]:
    """Return records that fail where something of them is folded already."""
    records: list[Record] = [
        FeedRecord(follow=follow_record(ONE, "nobody").follow),
        ReactionRecord(post_id=ONE, account_id=OTHER, liked=True, like_count=-1),
        ReactionRecord(post_id="p", account_id=OTHER, liked=True, like_count=1),
    ]
    records[0].meta.source_position = 10_000
    return [Written("", "", record) for record in records]


def fold(space: Space, log: list[Written]) -> int:
    """Fold records as a replica does: whole, or set aside; return how many were."""
    state, refused = TimelineState(space, recent_bytes=EVERYTHING), 0
    for each in log:
        try:
            with space.whole():
                state.apply(each.topic, each.record)
        except ValueError:
            refused += 1
    return refused


def test_other_bytes_have_another_version() -> None:
    space, digest = Space(), hashlib.sha256()
    fold(space, written())
    for key, value in sorted(contents(space).items()):
        digest.update(b"%d %b %d %b" % (len(key), key, len(value), value))
    assert (FORMAT, digest.hexdigest()[:16]) == FOLDED


def test_a_record_that_cannot_be_folded_leaves_nothing() -> None:
    space = Space()
    assert fold(space, written()) == len(unusable())
    before = contents(space)
    assert fold(space, unusable()) == len(unusable())
    assert contents(space) == before


@pytest.mark.parametrize("read", range(0, len(written()), 4))
def test_a_fold_that_is_read_on_from_a_store_gives_the_same(read: int) -> None:
    whole, store = Space(), MemoryStore()
    fold(whole, written())
    first = Space(store)
    fold(first, written()[:read])
    store.write(sorted(first.freeze().changes()))
    second = Space(store)
    fold(second, written()[read:])
    assert contents(second) == contents(whole)
