"""From the feed's log to every open socket, in order, once, without a queue for each.

The tail appends to the ring; a *pass* hands what is new to every socket that keeps up, joined in
one write each. A socket that does not keep up (or is new, or resumes) is *behind*: it has a cursor
and is *pumped*, slice by slice, until it has caught up. So a slow client is one that resumes, and
costs no memory besides one slice and its kernel buffer.

Nothing here awaits between looking at the state and writing, so a pass is atomic: no subscription,
follow or block can change in the middle of it.
"""

import asyncio
from collections.abc import Iterable

from kanvas.feed.v1 import records_pb2 as feed
from kanvas_gateway import metrics
from kanvas_gateway.domain.audience import AudienceIndex, Reader
from kanvas_gateway.domain.feed_events import entry_of
from kanvas_gateway.domain.reading import SLICE_BYTES, SLICE_ENTRIES, RingReader, select
from kanvas_gateway.domain.ring import Entry, Ring
from kanvas_gateway.domain.session import FeedSubscription, Session
from kanvas_gateway.ports import FeedTail
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
    """The engine of the live stream.

    Args:
        tail: Where records come from; tells whether it is up to date.
        ring: Empty.
        index: Shared with whoever keeps the readers' sets.
        clock: For the hold and the coalescing.

    Attributes:
        served: Feed position up to which passes have run.
        ready: The ring was filled from the log and the end was reached once.
    """

    name = "fan-out"

    def __init__(
        self,
        *,
        tail: FeedTail,
        ring: Ring,
        index: AudienceIndex,
        clock: Clock,
    ) -> None:
        self._tail = tail
        self._ring = ring
        self._index = index
        self._reader = RingReader(ring, index)
        self._clock = clock
        self._world: dict[int, Session] = {}
        self._behind: dict[int, Session] = {}
        self._waiting: dict[FeedSubscription, Session] = {}
        self._wake = asyncio.Event()
        self._asked = asyncio.Event()
        self._became_ready = asyncio.Event()
        self._stalled = False
        self._last_pass = 0.0
        self.served = 0

    # What the tail says.

    def take(self, record: feed.FeedRecord, *, time: float, trace: str) -> None:
        """Add a record of the feed; it is sent in the next pass.

        The readers' sets must know of it before the event loop gets its turn.
        """
        entry = entry_of(record, time=time, trace=trace)
        self._ring.append(entry)
        metrics.stream_events.labels(record.WhichOneof("entity") or "none").inc()
        if self.ready:
            _log.info("feed record framed", position=entry.position, trace_id=trace or None)
        self._wake.set()

    def lose(self, found: int) -> None:
        """Say that positions were lost and that `found` is the next one to come."""
        self._ring.restart(found - 1, "POSITIONS_LOST")
        self._wake.set()

    # What sockets say.

    @property
    def ready(self) -> bool:
        """Whether the ring was filled from the log and the end was reached once."""
        return self._became_ready.is_set()

    @property
    def held(self) -> bool:
        """Whether events are kept back because nobody knows if they are up to date."""
        return not self._tail.fresh(_FRESH_SECONDS)

    @property
    def applied(self) -> int:
        """Position of the newest record in the ring."""
        return self._ring.head

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

    def subscribe(self, session: Session, subscription: FeedSubscription) -> None:
        """Serve a subscription that the session has just been given."""
        metrics.stream_subscriptions.labels(subscription.stream).inc()
        if (subscription.requested or 0) > self.served:
            self._waiting[subscription] = session
            self._asked.set()
        else:
            self._open(session)

    def unsubscribe(self, session: Session, subscription: FeedSubscription) -> None:
        """Stop serving a subscription; the session no longer has it."""
        metrics.stream_subscriptions.labels(subscription.stream).dec()
        self._waiting.pop(subscription, None)
        if subscription.stream == "global":
            self._world.pop(session.number, None)

    def leave(self, session: Session) -> None:
        """Forget a session; nothing is written to it any more."""
        session.closed = True
        for subscription in session.feeds():
            self.unsubscribe(session, subscription)
        self._behind.pop(session.number, None)

    def pause(self, session: Session) -> None:
        """Write nothing until `resume`: the transport holds what the client did not take."""
        session.paused = True
        self._fall_behind(session)

    def resume(self, session: Session) -> None:
        """Go on from where the session was paused."""
        session.paused = session.revoked = False
        self._pump_soon(session)

    def suspend(self, reader: Reader) -> None:
        """Send a reader nothing: its sets are not known."""
        for session in reader.sessions:
            self._fall_behind(session)

    def go_on(self, reader: Reader) -> None:
        """Send a reader what it missed while its sets were not known."""
        for session in reader.sessions:
            self._pump_soon(session)

    def nudge(self, session: Session) -> None:
        """Send a session its latest-only events, now or once it takes bytes again."""
        if session.closed or session.paused:
            return
        frames = _latest(session)
        if frames:
            session.write(frames)

    def identify(self, session: Session) -> None:
        """Filter a session by its reader from now on, which it has just been given."""
        self._open(session)

    def position_of(self, session: Session) -> int:
        """Return the position up to which every event was handed to the session."""
        if not session.behind:
            return self.served
        reached = [self.served]
        for subscription in session.feeds():
            if subscription.answered:
                reached.append(subscription.cursor)
            elif subscription.requested is not None:
                reached.append(subscription.requested)
        return min(reached)

    def keeps_back(self, session: Session) -> bool:
        """Say whether the session gets no events because nobody knows what it may see."""
        return self.held or (session.reader is not None and not session.reader.ready)

    # The loop.

    async def run(self) -> None:
        """Make passes, judge positions from the future, and tidy the ring; until canceled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pass_on())
            group.create_task(self._judge())
            group.create_task(self._tidy())

    async def _pass_on(self) -> None:
        await self._fill()
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._clock.sleep(self._last_pass + _COALESCE_SECONDS - self._clock.monotonic())
            await self._hold()
            while self.served < self._ring.head:
                self._pass()
                # Between passes readers and sockets may change; within one they do not.
                await asyncio.sleep(0)
                await self._hold()

    async def _fill(self) -> None:
        while self.held:
            await self._clock.sleep(_HELD_POLL_SECONDS)
        if not self._ring.head:
            self._ring.restart(self._tail.position, "POSITION_TOO_OLD")
        self.served = self._ring.head
        self._became_ready.set()
        _log.info("ring filled", position=self.served, oldest=self._ring.floor)

    async def _hold(self) -> None:
        """Wait while the tail is not fresh; returns at once, without yielding, where it is."""
        if not self._tail.fresh(_FRESH_SECONDS):
            self._stalled = True
            _log.warning("holding events: the tail is not fresh", position=self.served)
            metrics.stream_held.set(1)
            while not self._tail.fresh(_FRESH_SECONDS):
                await self._clock.sleep(_HELD_POLL_SECONDS)
            metrics.stream_held.set(0)
            _log.info("sending events again", position=self.served)
        if self._stalled:
            self._stalled = False
            for session in self._behind.values():
                self._pump_soon(session)

    async def _judge(self) -> None:
        """Find subscriptions from positions that nobody gave out, and tell them so."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            asked = list(self._waiting)
            try:
                end = await self._tail.barrier(_BARRIER_SECONDS)
            except KanvasError as error:
                _log.warning("cannot tell where the feed ends", reason=error.reason)
                await self._clock.sleep(_BARRIER_SECONDS)
                self._asked.set()
                continue
            for subscription in asked:
                if (subscription.requested or 0) > end and subscription in self._waiting:
                    subscription.unknown = True
                    self._open(self._waiting.pop(subscription))

    async def _tidy(self) -> None:
        while True:
            if self.held:
                self._wake.set()  # to be noticed also when no records come
            self._ring.forget(self._clock.now())
            oldest = self._ring.oldest_time()
            metrics.ring_bytes.set(self._ring.size)
            metrics.ring_age.set(0 if oldest is None else self._clock.now() - oldest)
            metrics.stream_lagging.set(len(self._behind))
            await self._clock.sleep(_TIDY_SECONDS)

    # A pass.

    def _pass(self) -> None:
        """Hand what is new, up to one slice, to every session that keeps up."""
        self._last_pass = self._clock.monotonic()
        if self._ring.broken_after(self.served) is not None:
            self._break()
            return
        entries = self._next_slice()
        common = b"".join([entry.world for entry in entries])
        apart = self._affected(entries)
        due = self._home_frames(entries, apart)
        # From here on a session that is paused by its write has been handed all of this pass.
        self.served = entries[-1].position
        self._write_world(common, entries, apart, due)
        for session, frames in due.items():
            self._write(session, frames)
        for session in apart:
            self._write(session, self._select(session, entries))
        self._observe(entries)
        self._open_waiting()

    def _next_slice(self) -> list[Entry]:
        entries: list[Entry] = []
        size = 0
        for entry in self._ring.after(self.served, self._ring.head):
            size += len(entry.world) + len(entry.home)
            if entries and (size > SLICE_BYTES or len(entries) >= SLICE_ENTRIES):
                break
            entries.append(entry)
        return entries

    def _affected(self, entries: Iterable[Entry]) -> dict[Session, None]:
        """Return the sessions for which the common path is not right: few, and served apart."""
        found: dict[Session, None] = {}
        for entry in entries:
            readers = self._index.hiders(entry.author_id) if entry.author_id else []
            for directed in entry.directed:
                reader = self._index.reader(directed.account_id)
                if reader is not None:
                    readers.append(reader)
            for reader in readers:
                found.update((one, None) for one in reader.sessions if not one.behind)
        return found

    def _home_frames(
        self, entries: Iterable[Entry], apart: dict[Session, None]
    ) -> dict[Session, list[bytes]]:
        due: dict[Session, list[bytes]] = {}
        for entry in entries:
            if not entry.home:
                continue
            for reader in self._index.home_readers(entry.author_id):
                for session in reader.sessions:
                    home = session.home
                    if home is None or not home.answered or session.behind or session in apart:
                        continue
                    due.setdefault(session, []).append(entry.home)
        metrics.stream_deliveries.labels("home").inc(sum(map(len, due.values())))
        return due

    def _write_world(
        self,
        common: bytes,
        entries: list[Entry],
        apart: dict[Session, None],
        due: dict[Session, list[bytes]],
    ) -> None:
        if not common:
            return
        written = 0
        for session in self._world.values():
            if session.behind or session in apart:
                continue
            frames = due.pop(session, None) if due else None
            written += 1
            if frames is None:
                session.write(common)
            else:
                data = b"".join(frames)
                metrics.stream_bytes.inc(len(data))
                session.write(common + data)
        events = sum(1 for entry in entries if entry.world)
        metrics.stream_deliveries.labels("global").inc(written * events)
        metrics.stream_bytes.inc(written * len(common))

    def _write(self, session: Session, frames: list[bytes]) -> None:
        """Write frames whose events are counted already."""
        if frames:
            data = b"".join(frames)
            metrics.stream_bytes.inc(len(data))
            session.write(data)

    def _select(self, session: Session, entries: Iterable[Entry]) -> list[bytes]:
        """Return what the rules give a session of these entries, for all its feeds."""
        frames: list[bytes] = []
        for subscription in session.feeds():
            if subscription.answered:
                chosen = select(entries, subscription.stream, session.reader, self._index)
                metrics.stream_deliveries.labels(subscription.stream).inc(len(chosen))
                frames += chosen
        return frames

    def _observe(self, entries: Iterable[Entry]) -> None:
        now = self._clock.now()
        for entry in entries:
            if entry.home or entry.directed:
                metrics.stream_seconds.observe(max(0.0, now - entry.decided))

    def _break(self) -> None:
        """What comes next is not in the ring: every session must be told, and skips ahead."""
        for reader in self._index.readers():
            self.suspend(reader)
        for session in list(self._world.values()):
            self._fall_behind(session)
        self.served = self._ring.floor
        for session in self._behind.values():
            self._pump_soon(session)
        self._open_waiting()

    def _open_waiting(self) -> None:
        reached = [one for one in self._waiting if (one.requested or 0) <= self.served]
        for subscription in reached:
            self._open(self._waiting.pop(subscription))

    # One session on its own.

    def _open(self, session: Session) -> None:
        self._fall_behind(session)
        self._pump_soon(session)

    def _fall_behind(self, session: Session) -> None:
        if session.behind or session.closed:
            return
        session.behind = True
        self._behind[session.number] = session
        for subscription in session.feeds():
            subscription.cursor = self.served

    def _pump_soon(self, session: Session) -> None:
        if not session.pumping:
            session.pumping = True
            asyncio.get_running_loop().call_soon(self._pump, session)

    def _pump(self, session: Session) -> None:
        """Hand a session its next slice, and let it keep up once there is none left."""
        session.pumping = False
        if session.closed or session.paused:
            return
        latest = _latest(session)
        frames = [latest] if latest else []
        known = session.reader is None or session.reader.ready
        if known and session.behind and not self._must_hold():
            frames += self._read_on(session)
            if all(one.cursor >= self.served for one in session.feeds() if one.answered):
                session.behind = False
                self._behind.pop(session.number, None)
            else:
                self._pump_soon(session)
        if frames:
            # The cursors have moved already: a pause within this write finds them right.
            session.write(b"".join(frames))

    def _read_on(self, session: Session) -> list[bytes]:
        frames: list[bytes] = []
        room = SLICE_BYTES
        for subscription in session.feeds():
            if subscription in self._waiting:
                continue
            found = self._reader.read_on(subscription, session.reader, until=self.served, room=room)
            frames += found.frames
            room -= found.size
            if subscription.stream == "global":
                self._world[session.number] = session
            if found.skipped:
                metrics.stream_skips.labels(found.skipped).inc()
            metrics.stream_deliveries.labels(subscription.stream).inc(found.events)
            metrics.stream_bytes.inc(found.size)
        return frames

    def _must_hold(self) -> bool:
        if self.held:
            self._stalled = True  # whoever lifts the hold pumps again
            self._wake.set()
            return True
        return False


def _latest(session: Session) -> bytes:
    frames: list[bytes] = []
    for subscription, source in list(session.jobs.items()):
        due, last = source.due(session)
        frames.append(due)
        if last:
            session.jobs.pop(subscription, None)
    return b"".join(frames)
