"""Where the servers of tests listen, and where the shared stack of a process lies.

Several processes may play tests on servers at once (pytest-xdist): each has a shared stack of its
own. A test whose servers are its own takes a range that nobody else has: one file is played by
one process. Fixed ports lie below those that the kernel gives away (32768 and on), so that no
connection of somebody else takes one.
"""

import os
import socket
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from enum import IntEnum, unique
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from kanvas_local.layout import REPOSITORY
from kanvas_local.ports import HOST

STACK_PORTS: Final = 40
"""How many a stack takes, from its first one."""
PROCESSES_MAX: Final = 4
_SEARCHED: Final = range(26_000, 32_400)


@unique
class FirstPort(IntEnum):
    """The first port of each range."""

    SHARED = 9380
    """Of the first process; those of the others follow."""
    CASSANDRA_OUTAGE = 9540
    KAFKA_KILLED = 9580
    SUPERVISOR = 11480
    RESTART = 11580
    FULL_DISK = 11680
    LOST_TABLES = 11780
    FIRST_RUN = 12080
    LOST_FOLDER = 12580
    KEPT_STATE = 12680
    ERASURE = 12780
    BELONGINGS = 12980


def process_number(worker: str) -> int:
    """Return which of the processes that play tests this one is, from 0 on.

    Args:
        worker: Its name at pytest-xdist, such as `gw1`; empty where one process plays all.

    Raises:
        ValueError: There are more than have ports.
    """
    number = int(worker.removeprefix("gw") or 0)
    if number >= PROCESSES_MAX:
        raise ValueError(
            f"{worker} has no ports: at most {PROCESSES_MAX} processes play tests on servers "
            f"(-n {PROCESSES_MAX})"
        )
    return number


def shared_stack(worker: str) -> tuple[Path, int]:
    """Return the folder and the first port of the stack that the tests of a process share."""
    number = process_number(worker)
    name = f"test-{number + 1}" if number else "test"
    return REPOSITORY / ".local" / name, FirstPort.SHARED + STACK_PORTS * number


def searched_ports(worker: str) -> range:
    """Return the first ports of ranges among which a process looks for a free one.

    No other process looks at these: two that look at the same moment would find the same.
    """
    share = len(_SEARCHED) // PROCESSES_MAX
    own = _SEARCHED[share * process_number(worker) :][:share]
    return own[::STACK_PORTS]


def free_base(offsets: Collection[int] = (0,)) -> int:
    """Return a number from which the ports at these offsets are free, and asked for by no one else.

    Raises:
        RuntimeError: There is none.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    for base in islice(_bases(worker), len(searched_ports(worker))):
        with ExitStack() as probes:
            try:
                for offset in offsets:
                    probes.enter_context(socket.socket()).bind((HOST, base + offset))
            except OSError:
                continue
        return base
    raise RuntimeError("no free ports")


@cache
def _bases(worker: str) -> Iterator[int]:
    """Go on from the last one: a server that was given its ports may not have taken them yet."""
    return cycle(searched_ports(worker))
