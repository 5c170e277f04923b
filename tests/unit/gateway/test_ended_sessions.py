"""Whose tokens are good no more, as one process of a gateway knows it."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import SessionEnded as Ended
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_gateway import metrics
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.ended_sessions import EndedBefore, EndedSessions
from kanvas_gateway.errors import SessionEnded, SessionsUnknown
from kanvas_gateway.rest_feed import RestFeed
from kanvas_gateway.session_uses import SessionUses
from kanvas_gateway.tokens import Identity
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from kanvas_platform.testing.virtual_time import LoopClock, run

NOW = 1_790_000_000.0
TWO_WEEKS = 14 * 86_400
_begun = count()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


def ended(account_id: str = "ana", *, at: float = NOW) -> Ended:
    """Return the end of a session, each of one that began a second after the one before."""
    session = Ended(id=new_id(NOW + next(_begun)), account_id=account_id)
    session.expires_at.FromSeconds(int(at) + TWO_WEEKS)
    return session


def is_good(sessions: EndedSessions, session: Ended) -> bool:
    try:
        sessions.check(session.account_id, session.id)
    except SessionEnded:
        return False
    return True


def test_a_session_that_has_ended_is_refused_and_no_other_one(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock, complete=True)
    one, other, stranger = ended(), ended(), ended("ben")
    sessions.end(one)
    sessions.end(one)
    assert [is_good(sessions, each) for each in (one, other, stranger)] == [False, True, True]
    assert len(sessions) == 1


def test_nobody_is_let_in_while_it_is_unknown_who_has_ended(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock)
    with pytest.raises(SessionsUnknown):
        sessions.check("ana", new_id())
    sessions.complete()
    sessions.check("ana", new_id())
    sessions.lose()
    with pytest.raises(SessionsUnknown):
        sessions.check("ana", new_id())


def test_an_end_is_forgotten_an_hour_after_it_would_have_come(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock, complete=True)
    one = ended()
    sessions.end(one)
    clock.advance(TWO_WEEKS + 3599)
    sessions.end(ended("ben", at=clock.now()))
    assert not is_good(sessions, one)
    clock.advance(1)
    sessions.end(ended("cleo", at=clock.now()))
    assert is_good(sessions, one)
    assert len(sessions) == 2
    sessions.end(one)
    assert len(sessions) == 2


def test_of_an_account_that_ends_many_the_oldest_count_as_ended(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock, complete=True, most_of_one=10)
    live_before, stranger = ended(), ended("ben")
    many = [ended() for _ in range(25)]
    live_after = ended()
    for session in many:
        sessions.end(session)
    assert len(sessions) <= 10
    assert not any(is_good(sessions, session) for session in many)
    assert not is_good(sessions, live_before), "rather signed out than let in"
    assert is_good(sessions, live_after)
    assert is_good(sessions, stranger)


def test_a_floor_is_forgotten_with_what_it_stands_for(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock, complete=True, most_of_one=10)
    many = [ended() for _ in range(11)]
    for session in many:
        sessions.end(session)
    clock.advance(TWO_WEEKS + 3600)
    for _ in range(2):
        sessions.end(ended("ben", at=clock.now()))
    assert is_good(sessions, many[0])


def test_of_all_together_too_many_the_oldest_count_as_ended(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock, complete=True, most=20)
    many = [ended(f"account-{number}") for number in range(50)]
    live = ended("somebody")
    for session in many:
        sessions.end(session)
    assert len(sessions) <= 20
    assert not any(is_good(sessions, session) for session in many)
    assert is_good(sessions, live)


def test_an_account_that_ends_very_many_gives_way_before_others_do(clock: ManualClock) -> None:
    """Or a stranger could sign out everybody."""
    sessions = EndedSessions(clock=clock, complete=True, most=100, most_of_one=20)
    live_before, ends_before = ended("ben"), ended("cleo")
    sessions.end(ends_before)
    many = [ended(f"stranger-{number % 10}") for number in range(400)]
    for session in many:
        sessions.end(session)
        assert len(sessions) <= 100
    assert is_good(sessions, live_before)
    assert not any(is_good(sessions, session) for session in (ends_before, *many))


def test_where_very_many_accounts_have_given_way_what_stands_for_them_is_bounded_too(
    clock: ManualClock,
) -> None:
    sessions = EndedSessions(clock=clock, complete=True, most=100, most_of_one=6)
    many = [ended(f"stranger-{number // 8}") for number in range(1600)]
    many += [ended(f"somebody-{number}") for number in range(400)]
    for session in many:
        sessions.end(session)
        assert len(sessions) <= 100
    assert not any(is_good(sessions, session) for session in many)
    assert is_good(sessions, ended("ben"))


def _delivered(record: FeedRecord, position: int = 1) -> Delivered[FeedRecord]:
    return Delivered(record, position, 1, key="k", type="t", time=0.0, trace="")


def _lost_nothing(before: int, found: int) -> None:
    raise AssertionError((before, found))


def test_rest_learns_of_ends_and_of_copies_from_the_feed(clock: ManualClock) -> None:
    sessions, ahead = EndedSessions(clock=clock, complete=True), BlocksAhead()
    one = ended()
    ahead.begin("ana", "ben", 7)
    record = FeedRecord(session_ended=one)
    record.meta.source_position = 7
    RestFeed(ahead=ahead, ended=sessions, lose=_lost_nothing).take(_delivered(record))
    assert not is_good(sessions, one)
    assert not ahead.hidden_from("ana", lag=False)


def test_rest_asks_anew_where_a_record_of_the_feed_was_set_aside(clock: ManualClock) -> None:
    """The end of a session may have stood there."""
    lost: list[tuple[int, int]] = []
    feed = RestFeed(
        ahead=BlocksAhead(),
        ended=EndedSessions(clock=clock),
        lose=lambda before, found: lost.append((before, found)),
    )
    for position in (5, 6, 8, 9, (1 << 40) + 1):
        feed.take(_delivered(FeedRecord(), position))
    assert lost == [(6, 8)]


def test_operators_see_how_many_are_remembered(clock: ManualClock) -> None:
    sessions = EndedSessions(clock=clock, complete=True)
    for account_id in ("ana", "ana", "ben"):
        sessions.end(ended(account_id))
    (shown,) = metrics.ended_sessions.collect()
    assert [sample.value for sample in shown.samples] == [3]


class Graph:
    """Social-graph: what it tells of ends and hears of uses, or that it is away."""

    def __init__(self) -> None:
        self.parts: list[list[Ended]] = [[]]
        self.away = 0
        self.asked = 0
        self.used: list[str] = []

    async def ListEndedSessions(  # noqa: N802 - the contract's name
        self, _request: object, _context: object
    ) -> AsyncIterator[pb.ListEndedSessionsResponse]:
        self.asked += 1
        self._answer()
        for part in self.parts:
            yield pb.ListEndedSessionsResponse(ended=part)

    async def UseSession(  # noqa: N802
        self, request: pb.UseSessionRequest, _context: object
    ) -> pb.UseSessionResponse:
        self._answer()
        self.used.append(request.session_id)
        return pb.UseSessionResponse()

    def _answer(self) -> None:
        if self.away:
            self.away -= 1
            raise Unavailable("Away.")


async def _settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_ended_before_the_feed_was_read_is_asked_for_until_it_is_told(
    clock: ManualClock,
) -> None:
    graph, sessions = Graph(), EndedSessions(clock=clock)
    first, second, third = ended(), ended("ben"), ended("cleo")
    graph.parts, graph.away = [[first], [second]], 2
    before = EndedBefore(
        ended=sessions,
        graph=local_stub(SocialGraphServiceStub, graph),
        clock=clock,
        is_behind=lambda: False,
    )
    asking = asyncio.create_task(before.run())
    for _ in range(3):
        await _settle()
        clock.advance(10)
    await _settle()
    assert [is_good(sessions, each) for each in (first, second, third)] == [False, False, True]
    graph.parts.append([third])
    before.lose(4, 9)
    with pytest.raises(SessionsUnknown):
        sessions.check("ana", new_id())
    await _settle()
    assert sessions.known
    assert not is_good(sessions, third)
    assert graph.asked == 4
    asking.cancel()


def test_while_the_feed_cannot_be_read_ends_are_asked_for(clock: ManualClock) -> None:
    """A gateway that alone is cut off from Kafka must not let in for long who was signed out."""

    async def play() -> None:
        graph, sessions, behind = Graph(), EndedSessions(clock=clock), False
        before = EndedBefore(
            ended=sessions,
            graph=local_stub(SocialGraphServiceStub, graph),
            clock=LoopClock(),
            is_behind=lambda: behind,
        )
        asking = asyncio.create_task(before.run())
        await asyncio.sleep(60)
        assert (sessions.known, graph.asked) == (True, 1), "the feed tells of ends"
        one, behind, graph.away = ended(), True, 1
        graph.parts = [[one]]
        await asyncio.sleep(30)
        assert sessions.known, "it goes on with what it knows"
        assert graph.asked >= 3
        assert not is_good(sessions, one)
        asking.cancel()

    run(play())


async def test_a_use_is_told_once_an_hour_and_again_if_it_was_not_heard(
    clock: ManualClock,
) -> None:
    graph = Graph()
    uses = SessionUses(graph=local_stub(SocialGraphServiceStub, graph), clock=clock, most=2)
    ids = [new_id() for _ in range(3)]

    async def use(number: int) -> None:
        await uses.note(Identity(new_id(), ids[number], NOW))

    graph.away = 1
    await use(0)
    assert graph.used == []
    for _ in range(3):
        await use(0)
    assert graph.used == ids[:1]
    clock.advance(3600)
    await use(0)
    assert graph.used == [ids[0], ids[0]]
    await use(1)
    await use(2)  # no more than two are remembered
    await use(0)
    assert graph.used[2:] == [ids[1], ids[2], ids[0]]
