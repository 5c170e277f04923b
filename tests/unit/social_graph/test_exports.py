"""Exports: when one may be asked for, what becomes of it, and which archives stay."""

import pytest
from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import (
    EXPORT_STATE_ASKED,
    EXPORT_STATE_FAILED,
    EXPORT_STATE_GONE,
    EXPORT_STATE_READY,
    Archive,
    Export,
    ExportRecord,
    ExportState,
)
from kanvas_platform.ids import new_id
from kanvas_social_graph.domain.commands import (
    AskExport,
    EraseAccount,
    FailExport,
    FinishExport,
    RemoveExport,
)
from kanvas_social_graph.domain.exports import archive_name, is_wanted
from kanvas_social_graph.errors import AccountDeleting, AccountUnknown, ExportTooSoon
from tests.unit.social_graph.test_decide import World

DAY = 86_400.0
WEEK = 7 * DAY


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, who: str) -> Export:
    world.do(who, AskExport(new_id(), DAY))
    return world.state.exports[who]


def finish(world: World, export: Export) -> list[Message]:
    archive = Archive(name=archive_name(export, "one"), size_bytes=7, part_bytes=4, sha256="ab")
    return world.do("", FinishExport(export.account_id, export.id, archive, WEEK))


def due(world: World, state: ExportState.ValueType) -> list[str]:
    found = [export.account_id for _, export in world.state.exports_due(state)]
    assert len(found) == world.state.count_exports(state)
    return found


def test_an_export_is_asked_for_made_and_gone(world: World) -> None:
    ada = world.account("ada")
    export = ask(world, ada)
    assert (export.state, export.asked_at.seconds) == (EXPORT_STATE_ASKED, world.now)
    assert not export.HasField("archive")

    world.now += 60
    (record,) = finish(world, export)
    assert isinstance(record, ExportRecord)
    made = world.state.exports[ada]
    assert (made.id, made.state, made.archive.size_bytes) == (export.id, EXPORT_STATE_READY, 7)
    assert made.kept_until.seconds - made.ended_at.seconds == WEEK
    assert made.ended_at.seconds - made.asked_at.seconds == 60

    world.do("", RemoveExport(ada, export.id))
    after = world.state.exports[ada]
    assert (after.state, after.kept_until) == (EXPORT_STATE_GONE, made.kept_until)
    assert not after.HasField("archive"), "nothing leads to it any more"


def test_whoever_waits_asks_in_vain_and_is_not_refused(world: World) -> None:
    ada = world.account("ada")
    export = ask(world, ada)
    assert world.do(ada, AskExport(new_id(), DAY)) == []
    assert world.state.exports[ada] == export


def test_one_may_be_asked_for_a_day(world: World) -> None:
    ada = world.account("ada")
    first = ask(world, ada)
    finish(world, first)
    world.now += DAY - 1
    with pytest.raises(ExportTooSoon) as refused:
        ask(world, ada)
    assert refused.value.retry_after == 1
    world.do("", RemoveExport(ada, first.id))
    with pytest.raises(ExportTooSoon):
        ask(world, ada)
    world.now += 1
    assert ask(world, ada).id != first.id


def test_after_one_that_failed_another_may_be_asked_for_at_once(world: World) -> None:
    ada = world.account("ada")
    export = ask(world, ada)
    world.do("", FailExport(ada, export.id))
    assert world.state.exports[ada].state == EXPORT_STATE_FAILED
    assert ask(world, ada).state == EXPORT_STATE_ASKED


def test_what_is_said_of_an_export_from_before_changes_nothing(world: World) -> None:
    ada = world.account("ada")
    first = ask(world, ada)
    world.do("", FailExport(ada, first.id))
    second = ask(world, ada)
    assert finish(world, first) == []
    assert world.do("", FailExport(ada, first.id)) == []
    assert world.do("", RemoveExport(ada, second.id)) == [], "there is no archive yet"
    finish(world, second)
    assert world.do("", FailExport(ada, second.id)) == []
    assert world.do("", RemoveExport(ada, first.id)) == []


def test_who_has_no_account_has_no_export(world: World) -> None:
    with pytest.raises(AccountUnknown):
        ask(world, new_id())
    assert world.do("", FailExport(new_id(), new_id())) == []


def test_what_is_due_first_comes_first(world: World) -> None:
    people = [world.account(handle) for handle in ("ada", "ben", "cleo")]
    exports = {}
    for who in (people[1], people[0], people[2]):
        exports[who] = ask(world, who)
        world.now += 1
    assert due(world, EXPORT_STATE_ASKED) == [people[1], people[0], people[2]]
    finish(world, exports[people[2]])
    world.now += 1
    finish(world, exports[people[1]])
    assert due(world, EXPORT_STATE_ASKED) == [people[0]]
    assert due(world, EXPORT_STATE_READY) == [people[2], people[1]]
    world.do("", FailExport(people[0], exports[people[0]].id))
    world.do("", RemoveExport(people[2], exports[people[2]].id))
    assert due(world, EXPORT_STATE_ASKED) == []
    assert due(world, EXPORT_STATE_READY) == [people[1]]


def test_an_archive_stays_only_while_a_record_needs_it(world: World) -> None:
    ada = world.account("ada")
    assert not is_wanted(f"{ada}/x/y", None)
    export = ask(world, ada)
    one, other = archive_name(export, "one"), archive_name(export, "other")
    assert is_wanted(one, export)
    assert is_wanted(other, export), "an attempt that nobody has named yet"
    assert not is_wanted(f"{ada}/{new_id()}/one", export)
    finish(world, export)
    ready = world.state.exports[ada]
    assert is_wanted(one, ready)
    assert not is_wanted(other, ready)
    world.do("", RemoveExport(ada, export.id))
    assert not is_wanted(one, world.state.exports[ada])


def test_with_its_account_an_export_is_given_up_and_forgotten(world: World) -> None:
    ada = world.account("ada")
    export = ask(world, ada)
    world.deleting(ada, grace_seconds=60.0)
    assert world.state.exports[ada].state == EXPORT_STATE_FAILED, "its posts are hidden"
    assert finish(world, export) == []
    with pytest.raises(AccountDeleting):
        ask(world, ada)
    world.now += 60
    records = world.do("", EraseAccount(ada, b"digest"))
    assert ada not in world.state.exports
    (left,) = [record.export for record in records if isinstance(record, ExportRecord)]
    assert left == Export(id=export.id, account_id=ada, state=EXPORT_STATE_GONE)


def test_an_archive_outlives_a_deletion_that_is_taken_back(world: World) -> None:
    ada = world.account("ada")
    finish(world, ask(world, ada))
    ready = world.state.exports[ada]
    world.deleting(ada, grace_seconds=60.0)
    assert world.state.exports[ada] == ready
