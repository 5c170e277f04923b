"""The seam between the sets that are fetched and the changes that the log brings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.domain.audience import AudienceIndex, Viewer
from kanvas_gateway.stream.audiences import Audiences
from kanvas_gateway.stream.ring import Entry, Ring
from kanvas_gateway.stream.socket import Socket
from kanvas_platform.errors import Unavailable
from kanvas_platform.rpc.context import caller
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub


@dataclass
class Timeline:
    """Answers when the test says so."""

    asked: list[tuple[str | None, int]] = field(default_factory=list)
    answers: asyncio.Queue[Sequence[timeline.GetAudienceResponse | Exception]] = field(
        default_factory=asyncio.Queue
    )

    async def GetAudience(  # noqa: N802 - the contract's name
        self, request: timeline.GetAudienceRequest, _: object
    ) -> AsyncIterator[timeline.GetAudienceResponse]:
        self.asked.append((caller(), request.at_least))
        parts = await self.answers.get()
        for part in parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def answer(self, position: int, following: str = "", hidden: str = "") -> None:
        self.answers.put_nowait([part(position, following, hidden)])


def part(position: int, following: str = "", hidden: str = "") -> timeline.GetAudienceResponse:
    return timeline.GetAudienceResponse(
        following_ids=following.split(), hidden_ids=hidden.split(), position=position
    )


def is_ready(viewer: Viewer[Socket]) -> bool:
    return viewer.ready


class Bench:
    def __init__(self) -> None:
        self.index: AudienceIndex[Socket] = AudienceIndex()
        self.timeline = Timeline()
        self.clock = ManualClock()
        self.ring = Ring(max_bytes=1 << 20, max_age=60.0)
        self.ring.restart(10, "POSITION_TOO_OLD")
        self.suspended: list[Viewer[Socket]] = []
        self.gone_on: list[Viewer[Socket]] = []
        self.ahead = BlocksAhead(monotonic=self.clock.monotonic)
        self.audiences = Audiences(
            index=self.index,
            timeline=local_stub(TimelineServiceStub, self.timeline),
            clock=self.clock,
            ring=self.ring,
            service=self,
            ahead=self.ahead,
        )

    def suspend(self, viewer: Viewer[Socket]) -> None:
        self.suspended.append(viewer)

    def go_on(self, viewer: Viewer[Socket]) -> None:
        self.gone_on.append(viewer)

    def apply(self, record: feed.FeedRecord, position: int) -> None:
        record.meta.position = position
        if position > self.ring.head:
            self.ring.append(Entry(position, 0.0))
        self.audiences.apply(record)

    def join(self) -> tuple[Socket, Viewer[Socket]]:
        socket = Socket(1, lambda _: None, lambda: None)
        self.audiences.join(socket, "ana")
        assert socket.viewer is not None
        return socket, socket.viewer

    def follow(self, position: int, *, active: bool = True) -> None:
        record = feed.FeedRecord()
        record.follow.follower_id, record.follow.followee_id = "ana", "ben"
        record.follow.active = active
        self.apply(record, position)

    def block(self, position: int, *, active: bool = True) -> None:
        record = feed.FeedRecord()
        record.block.blocker_id, record.block.blocked_id = "ben", "ana"
        record.block.active = active
        self.apply(record, position)

    async def turn(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    task = asyncio.create_task(bench.audiences.run())
    yield bench
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_asks_for_sets_no_older_than_the_moment_of_asking(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    assert bench.timeline.asked == [("ana", 10)]
    assert not is_ready(viewer)
    bench.timeline.answer(10, following="ben", hidden="cleo")
    await bench.turn()
    assert is_ready(viewer)
    assert bench.index.follows(viewer, "ben")
    assert viewer.hidden == {"cleo"}
    assert bench.gone_on == [viewer]


async def test_hides_besides_only_whom_the_log_has_not_said_yet(bench: Bench) -> None:
    """Whom it has may have been let in again, and nothing would say so once more."""
    _, viewer = bench.join()
    await bench.turn()
    bench.ahead.begin("ben", "ana", 7)
    bench.ahead.begin("dora", "ana", 5)
    bench.ahead.note_copy(5)
    bench.timeline.answer(10, hidden="cleo")
    await bench.turn()
    assert viewer.hidden == {"ben", "cleo"}


async def test_changes_above_the_fetched_position_are_applied(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    bench.follow(11)
    bench.block(12)
    bench.timeline.answer(10)
    await bench.turn()
    assert bench.index.follows(viewer, "ben")
    assert viewer.hidden == {"ben"}


async def test_changes_at_or_below_the_fetched_position_are_in_it_already(bench: Bench) -> None:
    """The timeline was ahead: it knew of a follow and of its end. The log brings them later."""
    _, viewer = bench.join()
    await bench.turn()
    bench.follow(11)
    bench.timeline.answer(12)
    await bench.turn()
    assert not bench.index.follows(viewer, "ben")
    bench.follow(12, active=False)
    bench.follow(13)
    assert bench.index.follows(viewer, "ben")


async def test_an_older_change_never_undoes_a_newer_set(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    bench.timeline.answer(20, following="ben")
    await bench.turn()
    bench.follow(15, active=False)
    assert bench.index.follows(viewer, "ben")


async def test_a_lifted_block_asks_again_and_holds_meanwhile(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    bench.timeline.answer(10, hidden="ben")
    await bench.turn()
    bench.block(11, active=False)
    assert not is_ready(viewer)
    assert bench.suspended == [viewer, viewer]
    await bench.turn()
    assert bench.timeline.asked[-1] == ("ana", 11)
    bench.timeline.answer(11, hidden="ben")  # ana blocks ben, too
    await bench.turn()
    assert is_ready(viewer)
    assert viewer.hidden == {"ben"}


async def test_sets_that_are_too_old_are_not_used(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    bench.timeline.answer(9, following="ben")
    await bench.turn()
    assert not is_ready(viewer)
    bench.clock.advance(1)
    await bench.turn()
    bench.timeline.answer(10)
    await bench.turn()
    assert is_ready(viewer)
    assert not bench.index.follows(viewer, "ben")


async def test_tries_again_while_the_timeline_is_down(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    for _ in range(5):
        bench.timeline.answers.put_nowait([Unavailable("down")])
        await bench.turn()
        bench.clock.advance(5)
        await bench.turn()
    bench.timeline.answer(10)
    await bench.turn()
    assert is_ready(viewer)
    assert len(bench.timeline.asked) == 6


async def test_sets_may_come_in_parts(bench: Bench) -> None:
    _, viewer = bench.join()
    bench.timeline.answers.put_nowait(
        [part(10, following="ben"), part(10, following="dora"), part(10, hidden="cleo")]
    )
    await bench.turn()
    assert is_ready(viewer)
    assert bench.index.follows(viewer, "ben")
    assert bench.index.follows(viewer, "dora")
    assert viewer.hidden == {"cleo"}


async def test_parts_that_break_off_are_no_sets(bench: Bench) -> None:
    _, viewer = bench.join()
    bench.timeline.answers.put_nowait([part(10, following="ben"), Unavailable("down")])
    await bench.turn()
    assert not is_ready(viewer)
    bench.timeline.answer(10, following="dora")
    bench.clock.advance(5)
    await bench.turn()
    assert is_ready(viewer)
    assert bench.index.follows(viewer, "dora")
    assert not bench.index.follows(viewer, "ben")


async def test_more_changes_than_it_keeps_ask_for_newer_sets(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    for position in range(11, 1_200):
        bench.follow(position, active=bool(position % 2))
    bench.timeline.answer(10)
    await bench.turn()
    assert not is_ready(viewer)
    bench.clock.advance(1)
    await bench.turn()
    assert bench.timeline.asked[-1][1] > 1_000
    bench.timeline.answer(1_199)
    await bench.turn()
    assert is_ready(viewer)


async def test_lost_positions_make_all_sets_doubtful(bench: Bench) -> None:
    _, viewer = bench.join()
    await bench.turn()
    bench.timeline.answer(10, following="ben")
    await bench.turn()
    bench.ring.restart(30, "POSITIONS_LOST")
    bench.audiences.reload()
    assert not is_ready(viewer)
    await bench.turn()
    assert bench.timeline.asked[-1] == ("ana", 30)


async def test_a_reader_is_kept_for_a_minute(bench: Bench) -> None:
    socket, viewer = bench.join()
    await bench.turn()
    bench.timeline.answer(10, following="ben")
    await bench.turn()
    bench.audiences.leave(socket)
    bench.follow(11, active=False)  # still followed from the log
    again, same = bench.join()
    assert same is viewer
    assert not bench.index.follows(viewer, "ben")
    bench.audiences.leave(again)
    for _ in range(14):
        bench.clock.advance(5)
        await bench.turn()
    assert bench.index.viewer("ana") is None


async def test_whoever_left_before_the_sets_came_is_forgotten(bench: Bench) -> None:
    socket, _ = bench.join()
    bench.audiences.leave(socket)
    await bench.turn()
    assert bench.timeline.asked == []
    assert bench.index.viewer("ana") is None
