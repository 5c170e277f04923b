"""What a part of the process says of itself while it does not go on without an operator."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

Cause = Literal["poison", "hole", "log_replaced"]

_RUNBOOK: dict[Cause, str] = {
    "poison": "docs/runbook.md#poison",
    "hole": "docs/runbook.md#hole",
    "log_replaced": "docs/runbook.md#log-replaced",
}


@dataclass(frozen=True, slots=True)
class StandingStill:
    """Where a reader or a copier stands still.

    Attributes:
        reader: Its name, as in logs and metrics.
        topic: What it reads.
        offset: Kafka offset of the record that it does not go past.
        cause: Why, one of a closed set.
        since: Unix time at which it came to stand there.
        why: The same in words.
    """

    reader: str
    topic: str
    offset: int
    cause: Cause
    since: float
    why: str

    @property
    def see(self) -> str:
        """Which section of the runbook says what to do."""
        return _RUNBOOK[self.cause]

    def json(self) -> dict[str, str | int]:
        """Return it as `/readyz` shows it."""
        return {
            "reader": self.reader,
            "topic": self.topic,
            "offset": self.offset,
            "cause": self.cause,
            "since": datetime.fromtimestamp(self.since, UTC).isoformat(timespec="seconds"),
            "why": self.why,
            "see": self.see,
        }


class Standing(Protocol):
    """What may stand still: readers of logs, and what copies one into another."""

    @property
    def standing(self) -> StandingStill | None:
        """Where it stands still; None while it goes on. Cheap, never raises."""
