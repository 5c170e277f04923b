"""The operator's command `audit`: the whole log against the views, on paper."""

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing

from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import Broker, BrokerError
from kanvas_platform.kafka.reading.stretches import Place, Stretch, stretches
from kanvas_timeline.audit_views import Auditor, Compared
from kanvas_timeline.domain.audit import Finding
from kanvas_timeline.domain.feeds import kind_of
from kanvas_timeline.domain.logs import FEED
from kanvas_timeline.errors import HistoryUnavailable
from kanvas_timeline.pace import Pace
from kanvas_timeline.ports import Views

EQUAL, DIFFERENT, UNDECIDED = 0, 1, 2
"""Exit statuses."""

_RECORDS = 256
_AT_ONCE = 16
_CALL_SECONDS = 5.0
_PATIENCE_SECONDS = 60.0
"""How long views are waited for that do not answer, or have not come so far."""
_PROGRESS_SECONDS = 5.0
_SHOWN_MAX = 1_000
"""Differences that are printed; all are counted."""

Say = Callable[[str], None]


async def audit(
    *, broker: Broker, views: Views, clock: Clock, records_per_second: int, say: Say
) -> int:
    """Compare every record of the log with the views; return the exit status.

    Nothing is changed. What is committed after the call began is left out.

    Args:
        broker: Where the log is.
        views: The views.
        clock: Time.
        records_per_second: At most so many records are compared in a second.
        say: Takes the lines of the report.
    """
    report = _Report(clock, say)
    pace = Pace(clock, records_per_second)
    try:
        start = Place((await broker.beginnings([FEED.topic]))[FEED.topic], 0)
        end = (await broker.ends([FEED.topic]))[FEED.topic]
        async with aclosing(stretches(broker, FEED, start, end, most=_RECORDS)) as found:
            async for stretch in found:
                report.add(stretch, await _compared(views, stretch, clock), end)
                await pace.keep(len(stretch.entries))
    except BrokerError as error:
        say(f"Kafka does not answer: {error}")
        return UNDECIDED
    except HistoryUnavailable as error:
        say(f"The views cannot be read: {error.message}")
        return UNDECIDED
    return report.end()


async def _compared(views: Views, stretch: Stretch, clock: Clock) -> Compared:
    """Compare a stretch; where the views do not answer or lag behind it, again for a while.

    Raises:
        HistoryUnavailable: They did not answer for a minute.
    """
    backoff, end = Backoff(clock), clock.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            auditor = Auditor(views.serving, at_once=_AT_ONCE, timeout=_CALL_SECONDS)
            compared = await auditor.compare(stretch)
            if compared.through == stretch.through or clock.monotonic() > end:
                return compared
        except HistoryUnavailable:
            if clock.monotonic() > end:
                raise
        await backoff.pause()


class _Report:
    def __init__(self, clock: Clock, say: Say) -> None:
        self._clock = clock
        self._say = say
        self._told = clock.monotonic()
        self._posts = 0
        self._through = 0
        self._end = 0
        self._found: Counter[str] = Counter()

    def add(self, stretch: Stretch, compared: Compared, end: int) -> None:
        for finding in compared.findings:
            self._found[finding.difference] += 1
            if self._found.total() <= _SHOWN_MAX:
                self._say(_line(finding))
        self._posts += compared.records
        self._through = max(self._through, compared.through)
        self._end = stretch.through
        now = self._clock.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            done = stretch.entries[-1].offset / end
            self._say(f"{done:.0%}: up to position {self._through}, {self._sum()}")

    def end(self) -> int:
        self._say(f"Compared {self._posts} records about posts, up to position {self._through}.")
        self._say(f"Result: {self._sum()}.")
        if self._found:
            self._say("What to do: docs/runbooks/KanvasAuditDiffers.md")
            return DIFFERENT
        if self._through < self._end:
            self._say(f"The views have not reached position {self._end}: nothing is said of it.")
            return UNDECIDED
        return EQUAL

    def _sum(self) -> str:
        if not self._found:
            return "no difference"
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self._found.items()))
        total = self._found.total()
        return f"{total} {'difference' if total == 1 else 'differences'} ({kinds})"


def _line(finding: Finding) -> str:
    difference, feed, ref = finding
    where = kind_of(feed)
    return (
        f"{difference}: post {ref.post_id} of account {ref.author_id}, "
        f"created at position {ref.created_position}, in {where}"
    )
