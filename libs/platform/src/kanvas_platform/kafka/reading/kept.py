"""A state that is older than its process: opening it, and whether its log is still the same."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import Broker, BrokerUnavailable
from kanvas_platform.kafka.contract import STORE_FAILURES, StoreBroken
from kanvas_platform.kafka.halting.dead_letters import Halted
from kanvas_platform.kafka.reading.checkpoint import CHECKPOINT_KEY, Checkpoint, Witness
from kanvas_platform.kafka.records.logs import RESUME_WINDOW_SECONDS
from kanvas_platform.kafka.store.flusher import Flusher
from kanvas_platform.kafka.store.folder import Format, take_folder
from kanvas_platform.kafka.store.lmdb_store import LmdbStore
from kanvas_platform.kafka.store.space import Space, Store
from kanvas_platform.observability import get_logger

_AGE_MAX: Final = RESUME_WINDOW_SECONDS - 24 * 3600.0
"""Age of a checkpoint up to which every record since is there, whatever compaction did."""

_AHEAD_MAX: Final = 3600.0
"""How far ahead of the clock a checkpoint may be. The age may be wrong by as much."""

_FETCH_SECONDS: Final = 0.5
_FETCHES: Final = 20
_END_SECONDS: Final = 60.0
_END_SECONDS_TO_REBUILD: Final = 5.0
"""The same where a mistake costs no more than a fold from the beginning."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a state stands on disk.

    Attributes:
        store: The store.
        space: The state's bytes, over the store.
        flusher: What writes them. It has to be run.
        checkpoint: Where the fold stood when they were written; None: before the first record.
        since: Unix time at which the fold from the beginning began.
        rebuild: Whether a state of another log is set aside and folded anew by itself. Else it is
            kept, and the replica stands still: it may be the only copy of what its log has lost.
    """

    store: Store
    space: Space
    flusher: Flusher
    checkpoint: Checkpoint | None
    since: float
    rebuild: bool = False

    @classmethod
    def over(
        cls,
        store: Store,
        *,
        close: Callable[[], None],
        rebuild: bool = False,
        clock: Clock,
        name: str,
    ) -> "Kept":
        """Return what stands in a store.

        Args:
            store: The store.
            close: Called when the flusher ends, whatever ends it.
            rebuild: See above.
            clock: Time.
            name: Name of the reader in logs and metrics.

        Raises:
            ValueError: Its checkpoint cannot be read, or is too old.
            StoreFailed: It cannot be read at present.
        """
        encoded = store.get(CHECKPOINT_KEY)
        checkpoint = None if encoded is None else Checkpoint.decode(encoded)
        if checkpoint is not None:
            age = clock.now() - checkpoint.whole_until
            if age > _AGE_MAX:
                raise ValueError("it is older than records are sure to be in the log")
            if age < -_AHEAD_MAX:
                raise ValueError("a clock was wrong when it was written: its age is not known")
        space = Space(store)
        flusher = Flusher(space=space, store=store, close=close, clock=clock, name=name)
        since = clock.now() if checkpoint is None else checkpoint.since
        return cls(store, space, flusher, checkpoint, since, rebuild)

    def check(self) -> None:
        """Return if nothing speaks against the store.

        Raises:
            StoreBroken: Somebody who has read it has met damage.
        """
        if self.store.condemned is not None:
            raise StoreBroken(self.store.condemned)

    def give_up(self, error: Exception) -> None:
        """Close a store of which no state could be made; it is set aside, unless it is away only.

        Else the process would end of the same bytes at each start.
        """
        if isinstance(error, StoreBroken) or not isinstance(error, STORE_FAILURES):
            self.store.condemned = f"no state can be made of it: {error!r}"
        self.flusher.give_up()

    def flush(self, checkpoint: Checkpoint) -> None:
        """Have all that has changed written together with the checkpoint of this moment."""
        self.space.set(CHECKPOINT_KEY, checkpoint.encode())
        self.flusher.freeze()


async def open_kept(folder: Path, form: Format, *, rebuild: bool, clock: Clock, name: str) -> Kept:
    """Open the state of an instance; what cannot be read on from is set aside.

    Args:
        folder: Folder of this instance alone.
        form: What the store must have been written by.
        rebuild: See `Kept`.
        clock: Time.
        name: Name of the reader in logs and metrics.

    Raises:
        FolderUnusable: The folder cannot be used.
        StoreFailed: The store cannot be read at present.
    """
    taken = await take_folder(folder, form, clock)
    while True:
        store = taken.open()

        def close(store: LmdbStore = store) -> None:
            store.close()
            if store.condemned is not None:
                taken.set_aside(store.condemned)
            taken.close()

        try:
            kept = Kept.over(store, close=close, rebuild=rebuild, clock=clock, name=name)
        except (ValueError, StoreBroken) as error:
            store.close()
            taken.set_aside(str(error))
            continue
        taken.opened()
        _log.info("state opened", folder=str(folder), empty=kept.checkpoint is None)
        return kept


class Witnesses:
    """Whether the logs are still those that a state was folded from. Asked once, at the start."""

    def __init__(self, kept: Kept | None, broker: Broker, clock: Clock) -> None:
        points = {} if kept is None or kept.checkpoint is None else kept.checkpoint.cursors
        self._missing = {t: point.witness for t, point in points.items() if point.witness}
        self._kept = kept
        self._broker = broker
        self._clock = clock
        self._patience = (
            _END_SECONDS_TO_REBUILD if kept is not None and kept.rebuild else _END_SECONDS
        )
        # Since when the broker has said that a log ends too early.
        self._early: float | None = None

    async def check(self) -> None:
        """Return if the last record of each log stands where it stood, or did once before.

        Raises:
            BrokerError: A log cannot be read, or it ends too early as yet: a broker that has just
                come back does not know the end.
            Halted: A log is another one.
            StoreBroken: The same, where the state is to be folded anew.
        """
        if not self._missing:
            return
        ends = await self._broker.ends(list(self._missing))
        for topic, witness in self._missing.items():
            if ends[topic] > witness.offset:
                if await _record_at(self._broker, topic, witness.offset) == witness:
                    continue
            elif self._is_patient():
                raise BrokerUnavailable(f"{topic} ends at {ends[topic]}, before {witness.offset}")
            self._refuse(topic, witness.offset)
        self._missing = {}

    def _is_patient(self) -> bool:
        now = self._clock.monotonic()
        self._early = now if self._early is None else self._early
        return now - self._early < self._patience

    def _refuse(self, topic: str, offset: int) -> None:
        why = (
            f"{topic} is not the log from which the kept state was folded: another record, or "
            f"none, stands at offset {offset}. If this log is right, end the instance and rename "
            "its state folder"
        )
        if self._kept is not None and self._kept.rebuild:
            self._kept.store.condemned = why
            raise StoreBroken(why)
        raise Halted(why, topic=topic, offset=offset, cause="log_replaced")


async def _record_at(broker: Broker, topic: str, offset: int) -> Witness:
    """Return what the record at or after an offset attests."""
    reader = await broker.read({topic: offset})
    try:
        for _ in range(_FETCHES):
            for raw in await reader.fetch(_FETCH_SECONDS):
                return Witness.of(raw)
    finally:
        await reader.close()
    raise BrokerUnavailable(f"{topic} could not be read at {offset}")
