"""A state folded from a log and its side logs, on every instance, always."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar

from kanvas_platform.clock import Clock
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import Broker, RawRecord
from kanvas_platform.kafka.contract import (
    STORE_FAILURES,
    OnApplied,
    State,
    StoreBroken,
    StoreFailed,
)
from kanvas_platform.kafka.halting.dead_letters import DeadLetters
from kanvas_platform.kafka.reading.checkpoint import Checkpoint
from kanvas_platform.kafka.reading.created import Created
from kanvas_platform.kafka.reading.kept import Kept, Witnesses
from kanvas_platform.kafka.reading.log_cursor import LogCursor
from kanvas_platform.kafka.reading.log_reader import LogReader
from kanvas_platform.kafka.reading.read_loop import ReadLoop
from kanvas_platform.kafka.reading.tail import find_again
from kanvas_platform.kafka.reading.window import AHEAD_SECONDS, CommandWindow
from kanvas_platform.kafka.records.codec import IMPOSSIBLE, LogEntry, Poison
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.records.position import may_follow
from kanvas_platform.kafka.records.seek import last_before
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.observability import get_logger

S = TypeVar("S", bound=State)

_HELD_MAX = 5000
_YIELD_EVERY = 100
_MARKERS_SECONDS = 10.0
"""How long the markers of a transaction may take to reach all its logs."""

_Read = tuple[RawRecord, LogEntry | Poison]

OnFold = Callable[[str, int, int], None]
"""Called with topic, position and offset of a record that was folded; must not raise."""

_log = get_logger(__name__)


class Replica(LogReader, Generic[S]):
    """The fold of a main log and its side logs into a state.

    Besides the state it keeps what the writer needs to go on where the log ends: the last
    position of each log, the position at which each key first appeared, and the commands of the
    last day.

    Attributes:
        state: The folded state. It changes only while the event loop runs `run`.
        main: The main log.
        commands: The commands that are remembered for repeats.
    """

    def __init__(
        self,
        *,
        broker: Broker,
        main: LogSpec,
        sides: Sequence[LogSpec],
        state: Callable[[Space], S],
        clock: Clock,
        on_applied: OnApplied | None = None,
        kept: Kept | None = None,
        name: str,
    ) -> None:
        """Make a replica; `run` folds.

        Args:
            broker: Where the logs are.
            main: The main log.
            sides: Its side logs.
            state: Makes the state: a view of the one space in which all that is folded stands.
            clock: Time.
            on_applied: Called after each record that was folded.
            kept: Where the state stands on disk; None: it is folded from the beginning, in memory.
            name: Name of the reader in logs and metrics, unique in the process.
        """
        space = Space() if kept is None else kept.space
        self.state = state(space)
        self.main = main
        self.commands = CommandWindow(main.topic, space=None if kept is None else kept.space)
        dead_letters = DeadLetters(broker=broker, reader=name)
        self._cursors = {
            log.topic: LogCursor(
                log=log,
                clock=clock,
                dead_letters=dead_letters,
                reader=name,
                on_gap=None,
                on_stale=partial(self._note_stale, log.topic),
                # A side log never leads: what is copied again there comes with the main log.
                copies=log is main,
            )
            for log in (main, *sides)
        }
        if kept is not None and kept.checkpoint is not None:
            for topic, point in kept.checkpoint.cursors.items():
                self._cursors[topic].restore(point)
            self.commands.restore(kept.checkpoint.window)
            dead_letters.restore(kept.checkpoint.letters)
        self._sink = _Fold(
            broker=broker,
            main=main.topic,
            dead_letters=dead_letters,
            kept=kept,
            space=space,
            cursors=self._cursors,
            state=self.state,
            commands=self.commands,
            clock=clock,
            on_applied=on_applied,
            name=name,
        )
        loop = ReadLoop(
            broker=broker, clock=clock, topics=list(self._cursors), sink=self._sink, name=name
        )
        super().__init__(name=name, cursor=self._cursors[main.topic], loop=loop)

    def positions(self) -> dict[str, int]:
        """Return the applied position of each log, by topic."""
        return {topic: cursor.position.value for topic, cursor in self._cursors.items()}

    def created_position(self, topic: str, key: str) -> int | None:
        """Return the position at which a key first appeared in a log, if it has."""
        return self._sink.created.get(topic, key)

    def observe(self, on_fold: OnFold | None) -> None:
        """Call back for each record that is folded from now on; None ends it."""
        self._sink.on_fold = on_fold

    async def applied(self, positions: Mapping[str, int], timeout: float) -> None:
        """Return once all the given positions, by topic, are applied.

        Raises:
            TimeoutError: They were not applied in time.
        """
        async with asyncio.timeout(timeout):
            for topic, position in positions.items():
                await self._cursors[topic].position.reach(position, timeout)

    def _note_stale(self, topic: str, entry: LogEntry) -> None:
        """Tell a record that is read once more from one whose position a foreign one has taken."""
        cursor = self._cursors[topic]
        displaced = self.commands.displace(topic, entry.meta)
        lost_copy = entry.meta.source_position > cursor.source.value
        # What was there before this process was is told by those that saw it come.
        if not (displaced or lost_copy) or not self.ready:
            return
        metrics.displaced_records.labels(self.name, topic).inc()
        _log.error(
            "a record is displaced: another one has taken its position",
            reader=self.name,
            topic=topic,
            offset=entry.offset,
            position=entry.meta.position,
            command=entry.meta.command_id,
            source_position=entry.meta.source_position,
        )


class _Fold(Generic[S]):
    """A sink that applies records: of the main log at once, of side logs when it is their turn."""

    def __init__(
        self,
        *,
        broker: Broker,
        main: str,
        dead_letters: DeadLetters,
        kept: Kept | None,
        space: Space,
        cursors: Mapping[str, LogCursor],
        state: S,
        commands: CommandWindow,
        clock: Clock,
        on_applied: OnApplied | None,
        name: str,
    ) -> None:
        self._space = space
        self.created = Created(space)
        self.on_fold: OnFold | None = None
        self._broker = broker
        self._main = main
        self._dead_letters = dead_letters
        self._kept = kept
        self._witnesses = Witnesses(kept, broker, clock)
        self._cursors = cursors
        self._sides = [topic for topic in cursors if topic != main]
        self._state = state
        self._commands = commands
        self._clock = clock
        self._on_applied = on_applied
        self._name = name
        self._held: dict[str, deque[_Read]] = {topic: deque() for topic in self._sides}
        # Since when the first record of a side log has waited for the main log.
        self._waits: dict[str, float] = {}
        # When the newest record was appended, by the broker's clock.
        self._appended = (
            0.0 if kept is None or kept.checkpoint is None else kept.checkpoint.appended
        )

    async def start(self, *, lost: bool) -> Mapping[str, int]:
        await self._witnesses.check()
        beginnings = await self._broker.beginnings(list(self._cursors))
        offsets: dict[str, int] = {}
        for topic, cursor in self._cursors.items():
            if cursor.offset is None:
                cursor.offset = beginnings[topic]
            elif lost and cursor.position.value:
                cursor.offset = await find_again(self._broker, cursor.log, cursor.position.value)
            elif lost:
                cursor.offset = beginnings[topic]
            offsets[topic] = cursor.offset
        # What was held was never gone past, and is read again; how long it waited says nothing.
        for held in self._held.values():
            held.clear()
        self._waits.clear()
        return offsets

    async def take(self, records: Sequence[RawRecord]) -> None:
        for count, raw in enumerate(records, start=1):
            self._appended = max(self._appended, raw.time)
            entry = self._cursors[raw.topic].read(raw)
            if raw.topic == self._main:
                await self._fold(raw, entry)
            else:
                self._held[raw.topic].append((raw, entry))
            self._flush()
            if count % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
        for topic in self._sides:
            await self._release(topic)
        self._flush()
        # Not by the own clock alone: one jump of it ahead would forget a day of commands.
        self._commands.expire(min(self._clock.now(), self._appended + AHEAD_SECONDS))
        metrics.window_size.labels(self._name).set(len(self._commands))

    def applied_offset(self, topic: str, read: int) -> int:
        held = self._held.get(topic)
        return held[0][0].offset if held else read

    def crowded(self) -> Collection[str]:
        if self._kept is not None and self._kept.flusher.crowded:
            return list(self._cursors)
        return [topic for topic, held in self._held.items() if len(held) >= _HELD_MAX]

    def complete(self, now: float) -> None:
        for cursor in self._cursors.values():
            cursor.complete(now)

    async def _release(self, topic: str) -> None:
        """Fold the held records of a side log that the main log has caught up with."""
        held = self._held[topic]
        count = 0
        while held:
            raw, entry = held[0]
            if isinstance(entry, LogEntry) and entry.meta.main_position > self._main_position:
                if not await self._is_beyond(topic, entry.meta.main_position):
                    break
                entry = Poison(IMPOSSIBLE)
            await self._fold(raw, entry)
            self._waits.pop(topic, None)
            held.popleft()
            count += 1
            if count % _YIELD_EVERY == 0:
                await asyncio.sleep(0)

    async def _is_beyond(self, topic: str, main_position: int) -> bool:
        """Tell whether a record waits for a position that its transaction cannot have had.

        A transaction becomes readable in one log a moment before it does in the other. What has
        waited for longer is compared with the end of the main log itself: a replica that waited for
        ever would never be fresh again.
        """
        if not may_follow(main_position, self._main_position):
            return True
        now = self._clock.monotonic()
        if now - self._waits.setdefault(topic, now) < _MARKERS_SECONDS:
            return False
        self._waits[topic] = now
        end = (await self._broker.ends([self._main]))[self._main]
        last = await last_before(self._broker, self._cursors[self._main].log, end)
        return last.position < main_position

    async def _fold(self, raw: RawRecord, read: LogEntry | Poison) -> None:
        cursor = self._cursors[raw.topic]
        entry = await cursor.admit(raw, read)
        if entry is None:
            return
        if entry.passed_over:
            cursor.applied(raw, entry)
            return
        try:
            with self._space.whole():
                self._state.apply(raw.topic, entry.record)
                self.created.note(raw.topic, entry.key, entry.meta.created_position)
        except StoreBroken:
            raise
        except STORE_FAILURES as error:
            raise StoreFailed(
                f"{raw.topic}@{raw.offset} cannot be folded now: {error!r}"
            ) from error
        except Exception:  # noqa: BLE001 - whatever else it is, the log goes on
            _log.exception("record cannot be folded", reader=self._name, topic=raw.topic)
            await cursor.reject(raw, "apply")
            return
        self._commands.add(raw.topic, entry.meta)
        cursor.applied(raw, entry)
        if self.on_fold is not None:
            self.on_fold(raw.topic, entry.meta.position, raw.offset)
        if self._on_applied is not None:
            self._on_applied(raw.topic, entry.record)

    @property
    def _main_position(self) -> int:
        return self._cursors[self._main].position.value

    def _flush(self) -> None:
        """Have what has changed written, where it is time: here it belongs to one checkpoint."""
        if self._kept is None:
            return
        self._kept.check()
        if not self._kept.flusher.due:
            return
        checkpoint = Checkpoint(
            since=self._kept.since,
            appended=self._appended,
            cursors={topic: cursor.point() for topic, cursor in self._cursors.items()},
            window=self._commands.point,
            letters=self._dead_letters.tally,
        )
        self._kept.flush(checkpoint)
