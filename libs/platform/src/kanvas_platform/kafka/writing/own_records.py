"""Which records of a log the leader has written, and which somebody else has."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import Appended
from kanvas_platform.kafka.contract import State
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.writing.batch import Batch
from kanvas_platform.kafka.writing.intake import Pending
from kanvas_platform.observability import get_logger

S = TypeVar("S", bound=State)

_log = get_logger(__name__)


class OwnRecords(Generic[S]):
    """A comparison of what a term has written with what its replica has folded.

    A transaction is no proof that its records count: a stranger that may write to the topic can
    put a record with the same position before one of them, and readers ignore the later record.
    The offset at which the replica has found a position tells whose record is there.
    """

    def __init__(self, *, replica: Replica[S], service: str, on_fold: Callable[[], None]) -> None:
        """Begin to compare; `on_fold` is called for each record that the replica folds."""
        self._replica = replica
        self._service = service
        self._on_fold = on_fold
        self._known: Mapping[str, int] = replica.positions()
        self._folded: dict[tuple[str, int], int] = {}
        replica.observe(self._note)

    def close(self) -> None:
        """Compare no more."""
        self._replica.observe(None)

    @property
    def foreign(self) -> bool:
        """Whether the logs hold something that was not committed in this term."""
        return self._replica.positions() != self._known

    def displaced(self, batch: Batch[S], appended: Iterable[Appended]) -> list[Pending]:
        """Return the commands of a committed batch of which the replica lacks a record.

        Call it once the positions of the batch are applied.
        """
        lacking: dict[Pending, None] = {}
        for record, number, maker, at in zip(
            batch.records, batch.numbers, batch.makers, appended, strict=True
        ):
            folded = self._folded.pop((record.topic, number), None)
            if folded == at.offset:
                continue
            lacking[maker] = None
            if folded is not None:
                self._report(record.topic, number, folded)
        if not lacking:
            self._known = batch.positions
        return list(lacking)

    def report_foreign(self) -> None:
        """Count and log what others have written, and build on it from now on."""
        for (topic, position), offset in self._folded.items():
            self._report(topic, position, offset)
        self._folded.clear()
        self._known = self._replica.positions()

    def _note(self, topic: str, position: int, offset: int) -> None:
        self._folded[topic, position] = offset
        self._on_fold()

    def _report(self, topic: str, position: int, offset: int) -> None:
        metrics.foreign_records.labels(self._service, topic).inc()
        _log.error(
            "a record that this writer has not written stands in its log",
            service=self._service,
            topic=topic,
            position=position,
            offset=offset,
        )
