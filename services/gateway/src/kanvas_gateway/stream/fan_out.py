"""The loop of the live stream: from the ring to every socket, in order, without a queue for each.

A *pass* hands what is new to every socket that keeps up, joined in one write each
(`deliveries.py`); `catch_up.py` serves the others. Nothing awaits between looking at the state and
writing, so a pass is atomic: no subscription, follow or block can change in the middle of it.
"""

import asyncio

from kanvas_gateway import metrics
from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.ports import FeedTail
from kanvas_gateway.stream.catch_up import CatchUp
from kanvas_gateway.stream.deliveries import Deliveries, choose_deliveries, take_slice
from kanvas_gateway.stream.keeping_up import KeepingUp
from kanvas_gateway.stream.ring import Entry, Ring
from kanvas_gateway.stream.socket import Socket
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.observability import get_logger

_COALESCE_SECONDS = 0.005
_FRESH_SECONDS = 1.0
_HELD_POLL_SECONDS = 0.02
_BARRIER_SECONDS = 5.0
_TIDY_SECONDS = 5.0

_log = get_logger(__name__)


class FanOut:
    """Component that sends what comes into the ring.

    Args:
        tail: Tells whether the ring is up to date.
        ring: What `news` speaks of.
        news: Set when the ring has changed.
        index: Who follows whom, and who is hidden from whom.
        keeping_up: The sockets that passes serve.
        catch_up: Serves the others.
        clock: For the hold and the coalescing.
    """

    name = "fan-out"

    def __init__(
        self,
        *,
        tail: FeedTail,
        ring: Ring,
        news: asyncio.Event,
        index: AudienceIndex[Socket],
        keeping_up: KeepingUp,
        catch_up: CatchUp,
        clock: Clock,
    ) -> None:
        self._tail = tail
        self._ring = ring
        self._news = news
        self._index = index
        self._keeping_up = keeping_up
        self._catch_up = catch_up
        self._clock = clock
        self._became_ready = asyncio.Event()
        self._stalled = False
        self._last_pass = 0.0

    @property
    def ready(self) -> bool:
        """Whether the ring was filled from the log and the end was reached once."""
        return self._became_ready.is_set()

    @property
    def held(self) -> bool:
        """Whether events are kept back because nobody knows if they are up to date."""
        return not self._tail.fresh(_FRESH_SECONDS)

    @property
    def served(self) -> int:
        """Feed position up to which passes have run."""
        return self._keeping_up.served

    @property
    def oldest(self) -> int:
        """Oldest position from which a subscription can resume."""
        return self._ring.floor

    @property
    def ring_bytes(self) -> int:
        """Bytes that the ring holds."""
        return self._ring.size

    async def wait_ready(self) -> None:
        """Return once `ready`."""
        await self._became_ready.wait()

    def keeps_back(self, socket: Socket) -> bool:
        """Say whether the socket gets no events because nobody knows what it may see."""
        return self.held or (socket.viewer is not None and not socket.viewer.ready)

    async def run(self) -> None:
        """Make passes, serve who is behind, and tidy the ring; until canceled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pass_on())
            group.create_task(self._pump_on())
            group.create_task(self._judge())
            group.create_task(self._tidy())

    async def _pass_on(self) -> None:
        await self._fill()
        while True:
            await self._news.wait()
            self._news.clear()
            await self._clock.sleep(self._last_pass + _COALESCE_SECONDS - self._clock.monotonic())
            await self._hold()
            while self._keeping_up.served < self._ring.head:
                self._pass()
                # Between passes viewers and sockets may change; within one they do not.
                await asyncio.sleep(0)
                await self._hold()

    async def _pump_on(self) -> None:
        """Serve the sockets that are behind, a slice each before any gets its next one."""
        while True:
            await self._catch_up.wanted.wait()
            held = self.held
            self._catch_up.pump(held=held)
            if held:
                self._stalled = True
                self._news.set()
            await asyncio.sleep(0)

    async def _fill(self) -> None:
        while self.held:
            await self._clock.sleep(_HELD_POLL_SECONDS)
        if not self._ring.head:
            self._ring.restart(self._tail.position, "POSITION_TOO_OLD")
        self._keeping_up.served = self._ring.head
        self._became_ready.set()
        _log.info("ring filled", position=self.served, oldest=self._ring.floor)

    async def _hold(self) -> None:
        """Wait while the tail is not fresh; return at once, without yielding, where it is."""
        if self.held:
            self._stalled = True
            _log.warning("holding events: the tail is not fresh", position=self.served)
            metrics.stream_held.set(1)
            while not self._tail.fresh(_FRESH_SECONDS):
                await self._clock.sleep(_HELD_POLL_SECONDS)
            metrics.stream_held.set(0)
            _log.info("sending events again", position=self.served)
        if self._stalled:
            self._stalled = False
            self._catch_up.pump_all()

    async def _judge(self) -> None:
        """Find subscriptions from positions that nobody gave out, and tell them so."""
        while True:
            await self._catch_up.asked.wait()
            self._catch_up.asked.clear()
            asked = self._catch_up.waiting()
            try:
                end = await self._tail.barrier(_BARRIER_SECONDS)
            except KanvasError as error:
                _log.warning("cannot tell where the feed ends", reason=error.reason)
                await self._clock.sleep(_BARRIER_SECONDS)
                self._catch_up.asked.set()
                continue
            self._catch_up.refuse_beyond(end, asked)

    async def _tidy(self) -> None:
        while True:
            if self.held:
                self._news.set()  # to be noticed also when no records come
            self._ring.forget(self._clock.now())
            oldest = self._ring.oldest_time()
            metrics.ring_bytes.set(self._ring.size)
            metrics.ring_age.set(0 if oldest is None else self._clock.now() - oldest)
            metrics.stream_lagging.set(len(self._catch_up))
            await self._clock.sleep(_TIDY_SECONDS)

    def _pass(self) -> None:
        """Hand what is new, up to one slice, to every socket that keeps up."""
        self._last_pass = self._clock.monotonic()
        if self._ring.broken_after(self.served) is not None:
            self._skip()
            return
        entries = take_slice(self._ring.after(self.served, self._ring.head), self._keeping_up)
        made = choose_deliveries(entries, self._keeping_up, self._index)
        # From here on a socket that is paused by its write has been handed all of this pass.
        self._keeping_up.served = entries[-1].position
        made.write()
        self._observe(entries, made)
        self._catch_up.open_reached()

    def _skip(self) -> None:
        """Go on where the ring begins: every socket is told what it has lost."""
        self._catch_up.fall_behind_all()
        self._keeping_up.served = self._ring.floor
        self._catch_up.pump_all()
        self._catch_up.open_reached()

    def _observe(self, entries: list[Entry], made: Deliveries) -> None:
        for label, events in made.events.items():
            metrics.stream_deliveries.labels(label).inc(events)
        metrics.stream_bytes.inc(made.size)
        now = self._clock.now()
        for entry in entries:
            if entry.told or entry.directed:
                metrics.stream_seconds.observe(max(0.0, now - entry.decided))
            _log.info("feed record sent", position=entry.position, trace_id=entry.trace or None)
