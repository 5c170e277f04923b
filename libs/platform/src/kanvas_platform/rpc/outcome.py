"""How a call ended and how long it took, at both ends of the wire."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass
class CallOutcome:
    """How a call ended.

    Attributes:
        status: Name of its gRPC status. A call that nobody says more of was canceled.
    """

    status: str = "CANCELLED"


@contextlib.contextmanager
def observed(record: Callable[[str, float], None]) -> Iterator[CallOutcome]:
    """Give an outcome to fill in; at the end of the block tell status and seconds."""
    outcome = CallOutcome()
    started = time.perf_counter()
    try:
        yield outcome
    finally:
        record(outcome.status, time.perf_counter() - started)
