"""Copying the graph into the feed's order, on the instance in office."""

import asyncio
from collections.abc import Iterator, Sequence

from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.backoff import Backoff
from kanvas_platform.kafka.broker import Broker
from kanvas_platform.kafka.machine import Command
from kanvas_platform.kafka.tail import AtPosition, Delivered, Tail
from kanvas_platform.observability import bind_traceparent, get_logger
from kanvas_timeline.domain.commands import CopyGraph
from kanvas_timeline.domain.logs import GRAPH
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.errors import CopyHole
from kanvas_timeline.metrics import copy_delay, copy_failures, copy_waiting
from kanvas_timeline.office import Office
from kanvas_timeline.ports import Commands

_log = get_logger(__name__)

_WAITING_MAX = 1_000
"""Records read ahead of what is copied: the tail waits while there are so many."""
_BATCH_MAX = 200
_SUBMIT_SECONDS = 10.0


class GraphCopier:
    """Component that submits each record of `kanvas.graph.v1` to the writer, in order.

    It begins after the last position that the state has as copied, whenever this instance takes
    office and after every failure. `decide` drops what was copied before and refuses what does
    not follow on it, so nothing is lost, doubled or reordered, whatever becomes of a submission.
    """

    name = "graph-copier"

    def __init__(
        self,
        *,
        broker: Broker,
        commands: Commands,
        state: TimelineState,
        office: Office,
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._commands = commands
        self._state = state
        self._office = office
        self._clock = clock

    async def run(self) -> None:
        """Copy whenever in office, until canceled."""
        while True:
            await self._office.taken()
            copying = asyncio.create_task(self._copy(), name=f"{self.name}-term")
            losing = asyncio.create_task(self._office.lost(), name=f"{self.name}-office")
            try:
                await asyncio.wait((copying, losing), return_when=asyncio.FIRST_COMPLETED)
                if copying.done():
                    copying.result()
            finally:
                copying.cancel()
                losing.cancel()
                await asyncio.gather(copying, losing, return_exceptions=True)

    async def _copy(self) -> None:
        """Copies, and begins again after each failure, until canceled."""
        backoff = Backoff(self._clock)
        while True:
            stretch = _Stretch(self._broker, self._commands, self._state, self._clock)
            try:
                await stretch.run()
            except* CopyHole:
                copy_failures.labels("hole").inc()
                _log.error("the graph cannot be copied on: records are missing")
            except* KanvasError as failures:
                copy_failures.labels("refused").inc()
                _log.warning("copying begins anew", causes=_causes(failures))
            if stretch.progressed:
                backoff.reset()
            await backoff.pause()


class _Stretch:
    """Copying from the last copied record on, until something fails."""

    def __init__(
        self, broker: Broker, commands: Commands, state: TimelineState, clock: Clock
    ) -> None:
        self.progressed = False
        self._commands = commands
        self._clock = clock
        self._previous = state.copied
        self._after_hole: int | None = None
        self._waiting: asyncio.Queue[Delivered[GraphRecord]] = asyncio.Queue(_WAITING_MAX)
        self._tail: Tail[GraphRecord] = Tail(
            broker=broker,
            log=GRAPH,
            on_record=self._waiting.put,
            # From the last copied one, not after it: a hole is only seen from a record before it.
            start=AtPosition(max(0, state.copied - 1)),
            clock=clock,
            name=GraphCopier.name,
            on_gap=self._on_gap,
        )

    async def run(self) -> None:
        """Copies until canceled. Raises a group of KanvasError: what a submission raises."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tail.run(), name=f"{GraphCopier.name}-tail")
            group.create_task(self._submit_waiting(), name=f"{GraphCopier.name}-submit")

    def _on_gap(self, after: int, before: int) -> None:
        del after
        self._after_hole = before

    async def _submit_waiting(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < _BATCH_MAX and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            copy_waiting.set(len(batch) + self._waiting.qsize())
            async with asyncio.TaskGroup() as group:
                for delivered in self._before_hole(batch):
                    group.create_task(self._submit(delivered, self._previous))
                    self._previous = delivered.position
            self.progressed = True
            copy_waiting.set(self._waiting.qsize())
            if any(delivered.position == self._after_hole for delivered in batch):
                raise CopyHole("Positions of the graph's log are missing.")

    def _before_hole(
        self, batch: Sequence[Delivered[GraphRecord]]
    ) -> Iterator[Delivered[GraphRecord]]:
        """What is to be copied: neither copied before, nor after a hole, nor of an unknown kind."""
        for delivered in batch:
            if delivered.position == self._after_hole:
                return
            known = delivered.record.WhichOneof("entity") is not None
            if known and delivered.position > self._previous:
                yield delivered

    async def _submit(self, delivered: Delivered[GraphRecord], previous: int) -> None:
        # One command each: the copy belongs to the trace of what it copies. The writer commits
        # together what comes together.
        copy = CopyGraph(delivered.position, previous, delivered.record)
        with bind_traceparent(delivered.trace):
            await self._commands.submit(Command("", "", copy, b""), _SUBMIT_SECONDS)
        copy_delay.observe(max(0.0, self._clock.now() - delivered.time))


def _causes(failures: BaseExceptionGroup[BaseException]) -> list[str]:
    """What failed, once each, however deep in the group."""
    found: set[str] = set()
    for failure in failures.exceptions:
        if isinstance(failure, BaseExceptionGroup):
            found.update(_causes(failure))
        else:
            found.add(str(failure))
    return sorted(found)
