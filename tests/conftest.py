"""What tests on real servers share: one stack, started once, beside a running `make run`.

The stack lies in .local/test, on ports from 9380. With KANVAS_TEST_KEEP=1 it is
left running, so that the next session starts at once; `make stop` ends it too.
Sessions that run side by side share it: the last one to leave stops it. Where
pytest-xdist plays tests by several processes, each of them has its own (ports.py).
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY
from kanvas_local.progress import ProgressLines
from kanvas_local.slices import choose_within
from kanvas_local.stack import SERVERS, SERVICES, Stack
from tests.ports import shared_stack

_SLICE_SECONDS = 120.0
# Also one that was cut short, in capitals, or without hyphens.
_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]+", re.IGNORECASE)
_ON_SERVERS = tuple(REPOSITORY / "tests" / room for room in ("integration", "e2e"))

# How long an example takes, or is made up, tells of the machine, and of what else it does. Where a
# test suppresses another check, it names this one again: the lists are not joined.
settings.register_profile("kanvas", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kanvas")


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "of the long tests, two minutes, from the one that a number chooses"
    parser.addoption("--slice", default="", help=help_text)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Call a case alike in every process: an id made just now is no part of its name."""
    return _ID.sub("id", val) if isinstance(val, str) and _ID.search(val) else None


def pytest_itemcollected(item: pytest.Item) -> None:
    if any(item.path.is_relative_to(room) for room in _ON_SERVERS):
        item.add_marker(pytest.mark.servers)


@pytest.hookimpl(trylast=True)  # after -m and -k
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    number = str(config.getoption("slice"))
    long = [item for item in items if item.get_closest_marker("long")]
    if not number or not long:
        return
    try:
        kept = choose_within(long, number, cost=_seconds, budget=_SLICE_SECONDS)
    except StackError as error:
        raise pytest.UsageError(str(error)) from error
    left = set(long) - set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def _seconds(item: pytest.Item) -> float:
    """Return how long a test takes, as its mark says."""
    mark = item.get_closest_marker("long")
    if mark is None or "seconds" not in mark.kwargs:
        raise pytest.UsageError(f"{item.nodeid}: how long? pytest.mark.long(seconds=60)")
    return float(mark.kwargs["seconds"])


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Real Kafka, Cassandra and Triton, ready.

    `stack.kafka` and `stack.triton_grpc` are "host:port", `stack.cassandra` is
    (host, port). It starts without data, but sessions may share it: give topics
    and keyspaces of your own unique names.
    """
    try:
        root, base_port = shared_stack(os.environ.get("PYTEST_XDIST_WORKER", ""))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    stack = Stack(root, base_port, instances=2, progress=ProgressLines(quiet=True))
    root.mkdir(parents=True, exist_ok=True)
    with (root / "users.lock").open("w") as users:
        if _alone(users.fileno()) and not stack.state.running:
            shutil.rmtree(stack.layout.data, ignore_errors=True)
        fcntl.flock(users, fcntl.LOCK_SH)
        stack.start()
        yield stack
        if os.environ.get("KANVAS_TEST_KEEP") != "1" and _alone(users.fileno()):
            stack.stop()


@pytest.fixture(scope="session")
def services(stack: Stack) -> Stack:
    """Give the same stack with two ready instances of every service.

    Instances whose code changed since they were started are started anew.
    """
    stack.start((*SERVERS, *SERVICES))
    return stack


def _alone(users: int) -> bool:
    """Whether no other session uses the stack; leaves the lock exclusive if so."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
