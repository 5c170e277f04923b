"""Copying the graph into the feed's order, on the leader."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.halting.passes import Passes
from kanvas_platform.kafka.halting.standstill import LONGEST_PAUSE, Standstill
from kanvas_platform.kafka.reading.tail import AtPosition, Delivered, Tail
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.observability import bind_traceparent, get_logger
from kanvas_platform.standing import StandingStill
from kanvas_timeline.domain.commands import CopyGraph
from kanvas_timeline.domain.logs import GRAPH
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.metrics import copy_delay, copy_failures, copy_waiting
from kanvas_timeline.read_ahead import ReadAhead

E = TypeVar("E", bound=BaseException)

_log = get_logger(__name__)

_WAITING_MAX = 1_000
"""Records read ahead of what is copied: the tail waits while there are so many."""
_BATCH_MAX = 200
_SUBMIT_SECONDS = 10.0


class _HoleMet(Exception):
    """Positions of the graph are missing before a record, and no pass covers it."""

    def __init__(self, copied: int, behind: Delivered[GraphRecord]) -> None:
        super().__init__(
            f"positions of {GRAPH.topic} between {copied} and {behind.position} are missing; "
            "nothing of the graph is copied from there on"
        )
        self.place = (behind.position, behind.offset)


class GraphCopier:
    """Component that submits each record of `kanvas.graph.v1` to the writer, in order.

    It begins after the last position that the state has as copied, whenever a term begins and
    after every failure. `decide` drops what was copied before and refuses what does
    not follow on it, so nothing is lost, doubled or reordered, whatever becomes of a submission.

    At a hole it stands still and says so, until an operator gives a pass; then it goes on behind
    the hole.
    """

    name = "graph-copier"

    def __init__(
        self,
        *,
        broker: Broker,
        commands: Commands,
        state: TimelineState,
        leadership: Leadership,
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._commands = commands
        self._state = state
        self._leadership = leadership
        self._clock = clock
        self._passes = Passes(broker)
        self._standstill = Standstill(reader=self.name, clock=clock)
        self._stretch: _Stretch | None = None
        # Position and offset of the record behind the hole at which copying stands.
        self._hole: tuple[int, int] | None = None

    @property
    def standing(self) -> StandingStill | None:
        """Where copying stands still; None while it goes on, and on a standby."""
        if self._standstill.current is not None or self._stretch is None:
            return self._standstill.current
        return self._stretch.standing

    async def run(self) -> None:
        """Copy whenever leading, until canceled."""
        while True:
            await self._leadership.taken()
            copying = asyncio.create_task(self._copy(), name=f"{self.name}-term")
            losing = asyncio.create_task(self._leadership.lost(), name=f"{self.name}-leadership")
            try:
                await asyncio.wait((copying, losing), return_when=asyncio.FIRST_COMPLETED)
                if copying.done():
                    copying.result()
            finally:
                copying.cancel()
                losing.cancel()
                await asyncio.gather(copying, losing, return_exceptions=True)

    async def _copy(self) -> None:
        """Copy, and begin again after each failure, until canceled."""
        backoff = Backoff(self._clock)
        patience = Backoff(self._clock, longest=LONGEST_PAUSE)
        try:
            while True:
                pauses = backoff

                def on_copied() -> None:
                    self._standstill.over()
                    backoff.reset()

                try:
                    self._stretch = stretch = _Stretch(
                        broker=self._broker,
                        commands=self._commands,
                        state=self._state,
                        clock=self._clock,
                        passes=self._passes,
                        known_hole=self._hole,
                    )
                    await stretch.run(on_copied)
                except* _HoleMet as holes:
                    pauses = patience
                    if self._stand_still(holes):
                        patience.reset()
                except* KanvasError as failures:
                    copy_failures.labels("refused").inc()
                    _log.warning("copying begins again", causes=_causes(failures))
                await pauses.pause()
        finally:
            self._stretch = None
            self._standstill.end()
            copy_waiting.set(0)  # of a standby: its leader has counted them since

    def _stand_still(self, holes: BaseExceptionGroup[_HoleMet]) -> bool:
        copy_failures.labels("hole").inc()
        hole = next(_leaves(holes))
        self._hole = hole.place
        return self._standstill.at(
            topic=GRAPH.topic, offset=hole.place[1], cause="hole", why=str(hole)
        )


class _Stretch:
    """Copying from the last copied record on, until something fails."""

    def __init__(
        self,
        *,
        broker: Broker,
        commands: Commands,
        state: TimelineState,
        clock: Clock,
        passes: Passes,
        known_hole: tuple[int, int] | None,
    ) -> None:
        self._commands = commands
        self._clock = clock
        self._passes = passes
        # Once it is old enough, the tail takes it for what compaction has made.
        self._known_hole = known_hole
        self._previous = state.copied
        # Positions of the records behind holes, among those that wait.
        self._behind_holes: set[int] = set()
        self._waiting: ReadAhead[Delivered[GraphRecord]] = ReadAhead(
            waiting=_WAITING_MAX, batch=_BATCH_MAX
        )
        self._tail: Tail[GraphRecord] = Tail(
            broker=broker,
            log=GRAPH,
            on_record=self._waiting.put,
            # From the last copied one, not after it: a hole is only seen from a record before it.
            start=AtPosition(max(0, state.copied - 1)),
            clock=clock,
            name=GraphCopier.name,
            on_gap=lambda _, behind: self._behind_holes.add(behind),
        )

    @property
    def standing(self) -> StandingStill | None:
        """Where reading has come to a halt; None while it goes on."""
        return self._tail.standing

    async def run(self, on_copied: Callable[[], None]) -> None:
        """Copy until canceled; call back after each batch.

        Raises:
            BaseExceptionGroup: Of _HoleMet, and of what a submission raises: KanvasError.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tail.run(), name=f"{GraphCopier.name}-tail")
            group.create_task(self._submit_waiting(on_copied), name=f"{GraphCopier.name}-submit")

    async def _submit_waiting(self, on_copied: Callable[[], None]) -> None:
        while True:
            batch = await self._waiting.take()
            copy_waiting.set(len(batch) + len(self._waiting))
            behind = await self._first_behind_hole(batch)
            wanted = batch if behind is None else batch[: batch.index(behind)]
            new = [delivered for delivered in wanted if self._to_be_copied(delivered)]
            async with asyncio.TaskGroup() as group:
                for delivered in new:
                    group.create_task(self._submit(delivered, self._previous))
                    self._previous = delivered.position
            copy_waiting.set(len(self._waiting))
            if new:
                on_copied()
            if behind is not None:
                raise _HoleMet(self._previous, behind)

    async def _first_behind_hole(
        self, batch: Sequence[Delivered[GraphRecord]]
    ) -> Delivered[GraphRecord] | None:
        """Return the first record with a hole before it that no pass covers; None without one."""
        for delivered in batch:
            known = (delivered.position, delivered.offset) == self._known_hole
            if not known and delivered.position not in self._behind_holes:
                continue
            if not await self._passes.cover(GRAPH.topic, delivered.offset):
                return delivered
            self._behind_holes.discard(delivered.position)
            _log.warning("copying on behind a hole", graph_position=delivered.position)
        return None

    def _to_be_copied(self, delivered: Delivered[GraphRecord]) -> bool:
        """Return whether a record was not copied before, and is of a kind that the feed knows."""
        known = delivered.record.WhichOneof("entity") is not None
        return known and delivered.position > self._previous

    async def _submit(self, delivered: Delivered[GraphRecord], previous: int) -> None:
        # One command each: the copy belongs to the trace of what it copies. The writer commits
        # together what comes together.
        copy = CopyGraph(delivered.position, previous, delivered.record)
        with bind_traceparent(delivered.trace):
            await self._commands.submit(Command.of_writer(copy), _SUBMIT_SECONDS)
        copy_delay.observe(max(0.0, self._clock.now() - delivered.time))


def _causes(failures: BaseExceptionGroup[KanvasError]) -> list[str]:
    """Return what failed, once each."""
    return sorted({str(failure) for failure in _leaves(failures)})


def _leaves(group: BaseExceptionGroup[E]) -> Iterator[E]:
    """Yield what is in a group, however deep."""
    for failure in group.exceptions:
        if isinstance(failure, BaseExceptionGroup):
            yield from _leaves(failure)
        else:
            yield failure
