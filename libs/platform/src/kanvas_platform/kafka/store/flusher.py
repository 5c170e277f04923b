"""Writing what has changed, in a thread, a layer at a time."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Final

from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.contract import STORE_FAILURES, StoreBroken
from kanvas_platform.kafka.store.space import Entry, Layer, Space, Store
from kanvas_platform.observability import get_logger

_CHANGES_SOON: Final = 50_000
_SECONDS: Final = 10.0
_IDLE_SECONDS: Final = 60.0
_CHANGES_MAX: Final = 500_000
_BYTES_MAX: Final = 64 * 1024 * 1024
_SORTED_AT_ONCE: Final = 2_000
_LONGEST_PAUSE: Final = 10.0
_KEY: Final = itemgetter(0)

_log = get_logger(__name__)


class Flusher:
    """What writes the layers of a space to its store, each with the checkpoint of its moment.

    Attributes:
        name: Name of the component.
    """

    def __init__(
        self, *, space: Space, store: Store, close: Callable[[], None], clock: Clock, name: str
    ) -> None:
        """Make a flusher; `run` writes.

        Args:
            space: What is written.
            store: What it is written to.
            close: Called when `run` ends, whatever ends it.
            clock: Time.
            name: Name of the reader in logs and metrics.
        """
        self.name = f"{name}-flusher"
        self._space = space
        self._store = store
        self._close = close
        self._clock = clock
        self._reader = name
        self._flushed = clock.monotonic()
        self._written = self._flushed  # when what is on disk was frozen
        self._frozen: Layer | None = None
        self._asked = asyncio.Event()

    @property
    def due(self) -> bool:
        """Whether a layer should be frozen now. Cheap: asked after each record."""
        if self._frozen is not None:
            return False
        changes = len(self._space.unwritten)
        if changes >= _CHANGES_SOON:
            return True
        age = self._clock.monotonic() - self._flushed
        # Also when nothing has changed: the checkpoint says until when nothing was missing.
        return age >= (_SECONDS if changes else _IDLE_SECONDS)

    @property
    def crowded(self) -> bool:
        """Whether so much waits to be written that nothing more should be read."""
        unwritten = self._space.unwritten
        return len(unwritten) >= _CHANGES_MAX or unwritten.size >= _BYTES_MAX

    def freeze(self) -> None:
        """Have everything that has changed written. Call it between two records, when `due`."""
        self._frozen = self._space.freeze()
        self._flushed = self._clock.monotonic()
        self._asked.set()

    def give_up(self) -> None:
        """Close the store without writing, where `run` is never called."""
        self._close()

    async def run(self) -> None:
        """Write until canceled; then finish the write that is under way.

        Raises:
            StoreBroken: The store is damaged, or may be.
        """
        with (
            metrics.shown(metrics.unwritten, self._reader, lambda: self._space.unwritten.size),
            metrics.shown(
                metrics.written_age,
                self._reader,
                lambda: self._clock.monotonic() - self._written,
            ),
            ThreadPoolExecutor(1, thread_name_prefix=self.name) as thread,
        ):
            try:
                while True:
                    await self._asked.wait()
                    self._asked.clear()
                    assert self._frozen is not None  # noqa: S101 - `freeze` has asked
                    await self._write(thread, self._frozen)
                    self._space.settle()
                    self._frozen = None
            finally:
                thread.shutdown()
                self._close()

    async def _write(self, thread: ThreadPoolExecutor, layer: Layer) -> None:
        backoff = Backoff(self._clock, longest=_LONGEST_PAUSE)
        loop = asyncio.get_running_loop()
        while True:
            began = self._clock.monotonic()
            try:
                size = await loop.run_in_executor(thread, self._write_sorted, layer)
            except StoreBroken:
                raise
            except STORE_FAILURES as error:
                metrics.flushes.labels(self._reader, "failed").inc()
                _log.error("the state cannot be written", reader=self._reader, error=repr(error))
                await backoff.pause()
                continue
            metrics.flushes.labels(self._reader, "written").inc()
            metrics.flush_seconds.labels(self._reader).observe(self._clock.monotonic() - began)
            metrics.store_bytes.labels(self._reader).set(size)
            self._written = self._flushed
            return

    def _write_sorted(self, layer: Layer) -> int:
        self._store.write(_sorted(layer))
        return self._store.size


def _sorted(layer: Layer) -> Iterator[Entry]:
    """Return the changes in the order of their keys.

    Sorted in small parts: a sort holds the interpreter, and so the event loop, until it is done.
    """
    changes = iter(layer.changes())
    parts = iter(lambda: sorted(islice(changes, _SORTED_AT_ONCE), key=_KEY), [])
    return merge(*parts, key=_KEY)
