"""Who leads, as announced in `kanvas.leaders.v1`."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from google.protobuf.message import DecodeError

from kanvas.log.v1.record_pb2 import Leader
from kanvas_platform.clock import Clock
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import parse_id
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import Broker, OutRecord, RawRecord
from kanvas_platform.kafka.reading.read_loop import ReadLoop
from kanvas_platform.kafka.records.codec import IMPOSSIBLE, UNDECODABLE, Poison, event_headers
from kanvas_platform.kafka.records.logs import LEADERS_TOPIC
from kanvas_platform.kafka.records.position import EPOCH_MAX
from kanvas_platform.observability import get_logger

_CLOCKS_KEPT = 64

_log = get_logger(__name__)


class Leaders:
    """What the announcements of one service say, as they are read.

    An announcement is committed with the producer that it announces, so it comes after
    everything that its predecessor committed, and no predecessor can announce itself after it.
    """

    def __init__(
        self, *, broker: Broker, clock: Clock, service: str, on_change: Callable[[], None]
    ) -> None:
        """Make a reader; `run` reads.

        Args:
            broker: Where the announcements are.
            clock: Time.
            service: Whose announcements.
            on_change: Called after each announcement.
        """
        self._service = service
        self._clock = clock
        self._broker = broker
        self._on_change = on_change
        self._current = Leader()
        self._ahead: dict[str, float] = {}
        self._offset: int | None = None
        self._name = f"{service}-leaders"
        self._changed = asyncio.Event()
        self._loop = ReadLoop(
            broker=broker, clock=clock, topics=[LEADERS_TOPIC], sink=self, name=self._name
        )

    @property
    def current(self) -> Leader:
        """The last announcement; an empty one where there is none."""
        return self._current

    def clocks_of_others(self, address: str) -> list[float]:
        """Return by how many seconds other instances' clocks were ahead of the broker's.

        Measured when each announced itself last; a commit that took long makes it less.
        """
        return [ahead for other, ahead in self._ahead.items() if other != address]

    async def run(self) -> None:
        """Follow until canceled."""
        await self._loop.run()

    async def barrier(self, timeout: float) -> None:
        """Return once all announcements made before the call are known.

        Raises:
            TimeoutError: It took longer than `timeout` seconds.
        """
        await self._loop.barrier(timeout)

    async def announced(self, term: str, timeout: float) -> None:
        """Return once the announcement of a term is the last one.

        Raises:
            TimeoutError: It took longer than `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            while self._current.term != term:
                self._changed.clear()
                await self._changed.wait()

    def announcement(self, leader: Leader) -> OutRecord:
        """Return the record that announces a leader."""
        headers = event_headers(
            identifier=leader.term,
            source=f"/kanvas/{self._service}/{LEADERS_TOPIC}",
            event="kanvas.log.leader.v1",
            subject=self._service,
            time=self._clock.now(),
            trace="",
        )
        value = leader.SerializeToString()
        return OutRecord(LEADERS_TOPIC, self._service.encode(), value, headers)

    async def start(self, *, lost: bool) -> Mapping[str, int]:
        """Return where to read on: at the beginning, also where the offset was lost."""
        if self._offset is None or lost:
            self._offset = (await self._broker.beginnings([LEADERS_TOPIC]))[LEADERS_TOPIC]
        return {LEADERS_TOPIC: self._offset}

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Take note of announcements; those of other services are passed over."""
        for raw in records:
            self._offset = raw.offset + 1
            if raw.key != self._service.encode():
                continue
            try:
                leader = self._read(raw)
            except Poison as poison:
                # The next term overwrites it; there is nothing in it to keep.
                metrics.poison.labels(self._name, raw.topic, poison.reason).inc()
                _log.exception("announcement cannot be read", offset=raw.offset)
                continue
            self._current = leader
            self._note_clock(leader.address, raw)
            self._changed.set()
            self._on_change()

    def _read(self, raw: RawRecord) -> Leader:
        """Return the announcement.

        Raises:
            Poison: No instance of this service announces itself like this.
        """
        try:
            leader = Leader.FromString(raw.value or b"")
            parse_id(leader.term)
        except (DecodeError, InvalidArgument) as error:
            raise Poison(UNDECODABLE) from error
        if leader.service != self._service or not 0 <= leader.epoch <= EPOCH_MAX:
            raise Poison(IMPOSSIBLE)
        return leader

    def _note_clock(self, address: str, raw: RawRecord) -> None:
        try:
            said = datetime.fromisoformat(dict(raw.headers)["ce_time"].decode()).timestamp()
        except (KeyError, ValueError, OverflowError):
            return
        self._ahead.pop(address, None)
        self._ahead[address] = said - raw.time
        if len(self._ahead) > _CLOCKS_KEPT:
            del self._ahead[next(iter(self._ahead))]

    def applied_offset(self, topic: str, read: int) -> int:
        """Return `read`: nothing is held back."""
        return read

    def crowded(self) -> Collection[str]:
        """Return nothing: there is always room."""
        return ()

    def complete(self, now: float) -> None:
        """See Sink; announcements have no positions."""
