"""Looking at a little of the views again and again, so that a difference from the log is seen."""

import asyncio
import random
from contextlib import aclosing

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import Broker, BrokerError
from kanvas_platform.kafka.reading.stretches import Stretch, place_at, stretches
from kanvas_platform.observability import get_logger
from kanvas_timeline.audit_views import Auditor
from kanvas_timeline.domain.feeds import kind_of
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.metrics import audit_differences, audit_failures, audit_records
from kanvas_timeline.ports import Views

_log = get_logger(__name__)

_RECORDS = 32
"""Records of the log in a sample."""
_AT_ONCE = 2
_CALL_SECONDS = 5.0
_SAMPLE_SECONDS = 30.0
"""What takes longer is given up: the next sample is of another place."""


class AuditSampler:
    """Component that compares a few records at a random place of the log with the views.

    Args:
        broker: Where the log is.
        views: The views.
        clock: Time.
        seconds: From one sample to the next, on average.
    """

    name = "audit-sampler"

    def __init__(self, *, broker: Broker, views: Views, clock: Clock, seconds: float) -> None:
        self._broker = broker
        self._views = views
        self._clock = clock
        self._seconds = seconds

    async def run(self) -> None:
        """Sample until canceled."""
        while True:
            # Instances that were started together must not all look at once.
            await self._clock.sleep(self._seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            try:
                async with asyncio.timeout(_SAMPLE_SECONDS):
                    await self._sample()
            except (HistoryUnavailable, BrokerError, TimeoutError) as error:
                audit_failures.inc()
                _log.info("the views could not be compared", reason=repr(error))

    async def _sample(self) -> None:
        stretch = await self._somewhere()
        if stretch is None:
            return
        auditor = Auditor(self._views.serving, at_once=_AT_ONCE, timeout=_CALL_SECONDS)
        compared = await auditor.compare(stretch)
        audit_records.inc(compared.records)
        for difference, feed, ref in compared.findings:
            audit_differences.labels(difference).inc()
            _log.error(
                "the views differ from the log",
                difference=difference,
                where=kind_of(feed),
                post_id=ref.post_id,
                position=ref.created_position,
            )

    async def _somewhere(self) -> Stretch | None:
        broker, topic = self._broker, FEED.topic
        beginning = (await broker.beginnings([topic]))[topic]
        end = (await broker.ends([topic]))[topic]
        if beginning == end:
            return None
        offset = random.randrange(beginning, end)  # noqa: S311 - any place will do
        start = await place_at(broker, FEED, offset)
        async with aclosing(stretches(broker, FEED, start, end, most=_RECORDS)) as found:
            return await anext(found, None)
