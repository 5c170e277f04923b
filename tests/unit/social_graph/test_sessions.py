"""Where somebody is signed in: what begins a session, what ends it, and who learns of it."""

import pytest
from google.protobuf.message import Message

from kanvas.graph.v1.records_pb2 import GraphRecord, SessionRecord
from kanvas_platform.errors import CommandIdReused
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_social_graph.domain.commands import (
    ChangePassword,
    CreateAccount,
    EndOtherSessions,
    EndSession,
    StartSession,
    UseSession,
)
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.sessions import SESSION_SECONDS, SESSIONS_MAX, USE_SECONDS
from kanvas_social_graph.errors import CredentialsWrong, PasswordWrong, SessionEnded
from tests.unit.social_graph.test_decide import HASH, World

_DAY = 86_400


@pytest.fixture
def world() -> World:
    return World()


def told(records: list[Message]) -> list[str]:
    """Return which sessions the graph says have ended."""
    return [
        record.session_ended.id
        for record in records
        if isinstance(record, GraphRecord) and record.HasField("session_ended")
    ]


def _own_end(world: World, account_id: str) -> EndSession:
    session_id = world.session(account_id)
    return EndSession(session_id, session_id)


def test_a_sign_up_begins_a_session(world: World) -> None:
    ada, session_id = new_id(), new_id()
    records = world.do(ada, CreateAccount("ada", "Ada", HASH, session_id, "Firefox", "Linux"))
    (session,) = world.state.live_sessions(ada, world.now)
    assert (session.id, session.device.app, session.device.system) == (
        session_id, "Firefox", "Linux",
    )  # fmt: skip
    assert session.expires_at.ToMilliseconds() == (world.now + SESSION_SECONDS) * 1000
    assert [type(record).__name__ for record in records] == [
        "GraphRecord", "CredentialsRecord", "SessionRecord",
    ]  # fmt: skip


def test_a_session_that_goes_on_is_not_begun_again(world: World) -> None:
    ada = world.account("ada")
    session_id = world.session(ada)
    before = world.state.live_sessions(ada, world.now)
    assert world.do(ada, StartSession(session_id, "Firefox", "Linux", HASH)) == []
    assert world.state.live_sessions(ada, world.now) == before


def test_a_session_lasts_two_weeks_however_much_it_is_used(world: World) -> None:
    ada = world.account("ada")
    session_id = world.session(ada)
    world.now += SESSION_SECONDS - 1
    world.do(ada, UseSession(session_id))
    assert world.live(ada) == [session_id]
    world.now += 1
    assert world.live(ada) == []
    with pytest.raises(SessionEnded):
        world.do(ada, UseSession(session_id))


def test_a_use_is_noted_to_the_hour(world: World) -> None:
    ada = world.account("ada")
    session_id = world.used_session(ada)
    world.now += USE_SECONDS - 1
    assert world.do(ada, UseSession(session_id)) == []
    world.now += 1
    (record,) = world.do(ada, UseSession(session_id))
    assert isinstance(record, SessionRecord)
    assert record.session.used_at.ToMilliseconds() == world.now * 1000
    assert world.do(ada, UseSession(session_id)) == []


def test_the_first_use_is_noted_at_once(world: World) -> None:
    ada = world.account("ada")
    session_id = world.session(ada)
    world.now += 1
    (record,) = world.do(ada, UseSession(session_id))
    assert isinstance(record, SessionRecord)
    assert record.session.used_at.ToMilliseconds() == world.now * 1000


def test_of_a_session_that_was_ended_no_device_stays_and_the_graph_says_that_it_ended(
    world: World,
) -> None:
    ada = world.account("ada")
    one, other = world.session(ada), world.session(ada)
    side, graph = world.do(ada, EndSession(one, other))
    assert isinstance(side, SessionRecord)
    assert not side.session.HasField("device")
    assert isinstance(graph, GraphRecord)
    assert (graph.session_ended.id, graph.session_ended.account_id) == (one, ada)
    assert graph.session_ended.expires_at == side.session.expires_at
    assert world.live(ada) == [other]
    assert [ended.id for ended in world.state.ended_sessions(world.now)] == [one]


def test_nobody_ends_or_uses_the_session_of_somebody_else(world: World) -> None:
    ada, eve = world.account("ada"), world.account("eve")
    session_id = world.session(ada)
    assert world.do(eve, EndSession(session_id, world.session(eve))) == []
    for body in (
        EndOtherSessions(session_id),
        UseSession(session_id),
        ChangePassword(session_id, HASH, "$other"),
    ):
        with pytest.raises(SessionEnded):
            world.do(eve, body)
    with pytest.raises(CommandIdReused):
        world.do(eve, StartSession(session_id, "", "", HASH))
    with pytest.raises(CommandIdReused):
        world.do(new_id(), CreateAccount("mal", "Mal", HASH, session_id))
    assert world.live(ada) == [session_id]


def test_all_others_end_but_none_of_another_account(world: World) -> None:
    ada, ben = world.account("ada"), world.account("ben")
    mine, *others = (world.session(ada) for _ in range(3))
    his = world.session(ben)
    assert sorted(told(world.do(ada, EndOtherSessions(mine)))) == sorted(others)
    assert (world.live(ada), world.live(ben)) == ([mine], [his])


def test_what_has_ended_ends_nothing_more(world: World) -> None:
    """Whoever holds a token that is good no more does not sign out its owner."""
    ada = world.account("ada")
    stolen, own = world.session(ada), world.session(ada)
    world.do(ada, EndSession(stolen, own))
    assert world.do(ada, EndSession(stolen, stolen)) == [], "asked again"
    for body in (
        EndSession(own, stolen),
        EndOtherSessions(stolen),
        ChangePassword(stolen, HASH, "$other"),
    ):
        with pytest.raises(SessionEnded):
            world.do(ada, body)
    assert world.live(ada) == [own]


def test_a_changed_password_ends_the_other_sessions_in_the_same_transaction(world: World) -> None:
    ada = world.account("ada")
    mine, other = world.session(ada), world.session(ada)
    assert told(world.do(ada, ChangePassword(mine, HASH, "$new"))) == [other]
    assert world.state.password_hashes[ada] == "$new"
    assert world.live(ada) == [mine]


def test_a_password_that_was_changed_after_it_was_shown_does_nothing(world: World) -> None:
    ada = world.account("ada")
    mine = world.session(ada)
    world.do(ada, ChangePassword(mine, HASH, "$new"))
    with pytest.raises(CredentialsWrong):
        world.do(ada, StartSession(new_id(), "", "", HASH))
    with pytest.raises(PasswordWrong):
        world.do(ada, ChangePassword(mine, HASH, "$newer"))
    assert world.state.password_hashes[ada] == "$new"


def test_one_session_too_many_ends_the_one_that_was_not_used_for_longest(world: World) -> None:
    ada = world.account("ada")
    first, second, *_ = [world.used_session(ada) for _ in range(SESSIONS_MAX)]
    world.now += USE_SECONDS
    world.do(ada, UseSession(first))
    session_id = new_id()
    records = world.do(ada, StartSession(session_id, "", "", HASH))
    assert told(records) == [second]
    assert len(world.live(ada)) == SESSIONS_MAX
    assert {first, session_id} <= set(world.live(ada))


def test_a_program_that_signs_in_for_every_run_ends_no_page(world: World) -> None:
    ada = world.account("ada")
    pages = [world.used_session(ada) for _ in range(2)]
    runs = []
    for _ in range(2 * SESSIONS_MAX):
        world.now += 60
        runs.append(world.session(ada))
    assert world.live(ada) == [*reversed(runs[-(SESSIONS_MAX - 2) :]), *reversed(pages)]


def test_of_what_has_ended_by_itself_nothing_stays_with_the_next_session(world: World) -> None:
    ada = world.account("ada")
    for _ in range(3):
        world.session(ada)
    world.now += SESSION_SECONDS
    records = world.do(ada, StartSession(new_id(), "Firefox", "Linux", HASH))
    assert told(records) == []
    ended = [one.session for one in records if isinstance(one, SessionRecord)][1:]
    assert [(one.HasField("ended_at"), one.HasField("device")) for one in ended] == [
        (True, False)
    ] * 3
    assert len(world.state.sessions) == world.state.sessions_of.count(ada) == 1


def test_ends_are_told_until_they_would_have_come_and_then_forgotten(world: World) -> None:
    ada = world.account("ada")
    for _ in range(3):
        world.do(ada, _own_end(world, ada))
    world.now += SESSION_SECONDS - 1
    assert len(list(world.state.ended_sessions(world.now))) == 3
    world.now += 3 * _DAY
    assert list(world.state.ended_sessions(world.now)) == []
    last = world.session(ada)
    world.do(ada, EndSession(last, last))
    days = range(int(world.now) // _DAY - 20, int(world.now) // _DAY + 20)
    assert sum(world.state.ended.count(day) for day in days) == 1


def test_many_ends_of_a_day_are_forgotten_a_few_at_a_time(world: World) -> None:
    """A record must not hold up all others."""
    ada = world.account("ada")
    for _ in range(20):
        world.do(ada, _own_end(world, ada))
    day = (int(world.now) + SESSION_SECONDS) // _DAY
    world.now += SESSION_SECONDS + 3 * _DAY
    left = []
    for _ in range(4):
        world.do(ada, _own_end(world, ada))
        left.append(world.state.ended.count(day))
    assert left == [12, 4, 0, 0]


def test_records_that_contradict_each_other_stop_nothing(world: World) -> None:
    """Two accounts with one session: nobody writes that, and a log is read whatever is in it."""
    ada, eve = world.account("ada"), world.account("eve")
    session_id = world.session(ada)
    session = world.state.sessions[session_id]
    session.account_id = eve
    record = SessionRecord(session=session)
    record.meta.position = record.meta.created_position = 99
    world.state.apply("", record)
    assert (world.live(ada), world.live(eve)) == ([], [session_id])
    world.do(eve, EndSession(session_id, session_id))
    assert world.session(ada) in world.live(ada)


def test_a_session_with_the_id_of_one_that_has_ended_takes_the_place_of_no_record(
    world: World,
) -> None:
    """Or compaction would forget the end, and whoever starts later would let a thief in again."""
    ada, eve = world.account("ada"), world.account("eve")
    session_id = world.session(ada)
    kept: dict[str, Message] = {}
    for actor, body in (
        (ada, EndSession(session_id, session_id)),
        (eve, StartSession(session_id, "", "", HASH)),
        (eve, EndSession(session_id, session_id)),
    ):
        for draft in decide(world.state, Command(new_id(), actor, body, b""), world.now):
            kept[f"{draft.log.topic} {draft.key}"] = draft.record
        world.do(actor, body)
    ends = [record for record in kept.values() if isinstance(record, GraphRecord)]
    assert [one.session_ended.account_id for one in ends] == [ada, eve]
    states = [record for record in kept.values() if isinstance(record, SessionRecord)]
    assert [one.session.account_id for one in states] == [ada, eve]


def test_a_batch_leaves_the_state_below_alone(world: World) -> None:
    ada = world.account("ada")
    session_id = world.session(ada)
    batch = world.state.overlay()
    for draft in decide(
        batch, Command(new_id(), ada, EndSession(session_id, session_id), b""), world.now
    ):
        batch.apply(draft.log.topic, draft.record)
    assert session_id not in batch.sessions
    assert world.live(ada) == [session_id]
