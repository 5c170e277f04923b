"""A clock that is set does not decide when the driver does something."""

import sys
import threading
import time
from collections.abc import Iterator

import pytest
from cassandra.cluster import Cluster
from cassandra.connection import Timer, TimerManager

from kanvas_platform.cassandra.steady_time import use_steady_time

_TWO_DAYS = 2 * 86_400
_LONG = 20.0

_TIME_OF_DAY = {
    "cassandra.timestamps",  # of writes that name no timestamp: ours all do
    "cassandra.query",  # how long a trace took; nobody asks for traces
    "cassandra.util",  # turns dates into numbers
    "cassandra.cqltypes",  # likewise
    "cassandra.datastax.insights.reporter",  # reports to a vendor's server, which ours is not
}


@pytest.fixture(autouse=True)
def _steady() -> None:
    use_steady_time()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = Cluster(["127.0.0.1"])  # connects to nobody before it is told to
    yield cluster
    cluster.shutdown()


def test_what_was_planned_while_the_clock_was_ahead_is_done_when_it_is_due(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    right = time.time
    with monkeypatch.context() as ahead:
        ahead.setattr(time, "time", lambda: right() + _TWO_DAYS)
        cluster.scheduler.schedule(0.2, done.set)
    assert done.wait(_LONG)


def test_a_clock_that_jumps_ahead_ends_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    timers = TimerManager()
    timers.add_timer(Timer(_LONG, lambda: ended.append("too slow")))
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + _TWO_DAYS)
    timers.service_timeouts()
    assert ended == []


def test_no_part_of_the_driver_that_waits_looks_at_the_time_of_day() -> None:
    looking = {
        name
        for name, module in sys.modules.items()
        if name.startswith("cassandra.") and getattr(module, "time", None) is time
    }
    assert looking <= _TIME_OF_DAY
