"""Whether the default model paints at all: no worker takes a job while it does not."""

import asyncio

from kanvas_imagegen import metrics
from kanvas_imagegen.ports import Painter, PaintingError
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.observability import get_logger
from kanvas_platform.waiting import set_within

_log = get_logger(__name__)

_PROBE_SECONDS = 3.0
_TRUST_SECONDS = 5.0
_FIRST_PAUSE = 0.5


class ModelHealth:
    """Component that probes the default model whenever no model has shown a sign of life for 5 s.

    Every part of a picture is such a sign, so busy models are never probed. A picture that fails,
    of whichever model, is followed by a probe.
    """

    name = "model-health"

    def __init__(self, *, painter: Painter, clock: Clock) -> None:
        self._painter = painter
        self._clock = clock
        self._well = asyncio.Event()
        self._doubted = asyncio.Event()
        self._seen_at = 0.0
        self._backoff = Backoff(clock, first=_FIRST_PAUSE)

    @property
    def well(self) -> bool:
        """Whether the last that was seen of the model was good."""
        return self._well.is_set()

    async def wait_until_well(self) -> None:
        """Return once the model paints; at once while there is no doubt of it."""
        await self._well.wait()

    def beat(self) -> None:
        """Note a sign of life."""
        self._seen_at = self._clock.monotonic()
        self._backoff.reset()
        self._well.set()
        metrics.model_well.set(1)

    def doubt(self) -> None:
        """Note that a picture failed: nobody takes a job before a probe has passed."""
        self._lose()
        self._doubted.set()

    async def run(self) -> None:
        """Probe when needed, until canceled."""
        while True:
            self._doubted.clear()
            trusted = self._seen_at + _TRUST_SECONDS - self._clock.monotonic()
            if self.well and trusted > 0:
                # To be doubted ends the trust; else its end is what we wait for.
                await set_within(self._doubted, trusted, self._clock)
            elif not await self.probe():
                await self._backoff.pause()

    async def probe(self) -> bool:
        """Probe once; returns whether it passed."""
        started = self._clock.monotonic()
        try:
            await self._painter.probe(_PROBE_SECONDS)
        except PaintingError as error:
            if self.well:
                _log.warning("the model does not paint", reason=error.reason)
            metrics.probes_failed.inc()
            self._lose()
            return False
        if not self.well:
            _log.info("the model paints")
        metrics.probe_seconds.observe(self._clock.monotonic() - started)
        self.beat()
        return True

    def _lose(self) -> None:
        self._well.clear()
        metrics.model_well.set(0)
