"""Cassandra dies, hangs and comes late: statements say so, and work again when it does.

On a Cassandra of its own, so that it disturbs nobody.
"""

import asyncio
import signal
from collections.abc import Iterator

import psutil
import pytest

from kanvas_local.stack import Stack
from kanvas_platform.cassandra.session import CassandraSession, Prepared, connect_when_up
from kanvas_platform.clock import SystemClock
from kanvas_platform.errors import DeadlineExceeded, Unavailable
from tests.patience import PATIENCE_SECONDS
from tests.ports import FirstPort

_SELECT = "SELECT cluster_name FROM system.local"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a stack of which only Cassandra is ever started."""
    stack = Stack(tmp_path_factory.mktemp("stack"), FirstPort.CASSANDRA_OUTAGE, instances=1)
    yield stack
    stack.stop()


def kill(stack: Stack, number: signal.Signals) -> int:
    (name,) = (name for name in stack.state.units if name == "cassandra")
    return stack.kill(name, number)


async def until_answered(session: CassandraSession, select: Prepared) -> None:
    """Repeat as a caller does, until there is an answer."""
    while True:
        try:
            assert len(await session.execute(select)) == 1
        except (Unavailable, DeadlineExceeded):
            await asyncio.sleep(0.1)
        else:
            return


async def test_it_is_waited_for_and_survived(own: Stack) -> None:
    with pytest.raises(Unavailable):
        await CassandraSession.connect([own.cassandra], "system")

    connecting = asyncio.create_task(
        connect_when_up([own.cassandra], "system", clock=SystemClock(), to_migrate="nothing")
    )
    await asyncio.to_thread(own.start, ["cassandra"])
    session = await connecting
    select = await session.prepare(_SELECT)
    await until_answered(session, select)

    # It hangs: calls end at their deadline.
    kill(own, signal.SIGSTOP)
    with pytest.raises(DeadlineExceeded):
        await session.execute(select, timeout=0.3)
    kill(own, signal.SIGCONT)
    await until_answered(session, select)

    # It dies: calls fail at once. It is restarted by its supervisor, knows no prepared statement
    # any more, and is found again.
    psutil.wait_procs([psutil.Process(kill(own, signal.SIGKILL))], timeout=PATIENCE_SECONDS)
    with pytest.raises((Unavailable, DeadlineExceeded)):
        await session.execute(select, timeout=0.5)
    await until_answered(session, select)
    await session.close()
