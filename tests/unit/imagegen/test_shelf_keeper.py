"""The keeper of shelves: what it forgets, when, and what it does while the log refuses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from kanvas_imagegen.domain.commands import Lapse
from kanvas_imagegen.domain.state import STAYS_SECONDS
from kanvas_imagegen.shelf_keeper import LOOK_SECONDS, ShelfKeeper
from kanvas_platform.errors import Unavailable
from kanvas_platform.kafka.contract import Command
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.jobs_log import KEEP_SECONDS, JobsLog


class Keeping:
    """Three finished pictures, and a keeper that looks at them.

    Attributes:
        leads: Whether the instance leads.
        down: While True, the log refuses every command.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.log = JobsLog()
        self.log.now = self.clock.now()
        self.leads = True
        self.down = False
        for job_id in ("j1", "j2", "j3"):
            self.log.paint(job_id)

    async def submit(self, command: Command, _timeout: float) -> Any:
        assert isinstance(command.body, Lapse)
        if self.down:
            raise Unavailable("The log does not answer.")
        self.log.now = self.clock.now()
        self.log.do(command.body)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        replica: Any = SimpleNamespace(state=self.log.state)
        commands: Any = self
        keeper = ShelfKeeper(replica=replica, commands=commands, clock=self.clock)
        task = asyncio.create_task(keeper.run())
        await settle()
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await settle()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_forgets_what_was_kept_long_enough() -> None:
    keeping = Keeping()
    async with keeping.open():
        assert keeping.log.shelf() == ["j3", "j2", "j1"]
        await keeping.pass_time(KEEP_SECONDS)
        assert keeping.log.shelf() == []


async def test_forgets_what_was_published_a_day_ago() -> None:
    keeping = Keeping()
    keeping.log.publish("j2")
    async with keeping.open():
        await keeping.pass_time(STAYS_SECONDS - LOOK_SECONDS)
        assert keeping.log.get("j2").HasField("picture")
        await keeping.pass_time(LOOK_SECONDS)
        assert keeping.log.get("j2").HasField("forgotten_at")
        assert keeping.log.shelf() == ["j3", "j1"]


async def test_forgets_nothing_where_it_does_not_lead() -> None:
    keeping = Keeping()
    keeping.leads = False
    async with keeping.open():
        await keeping.pass_time(KEEP_SECONDS)
        assert keeping.log.shelf() == ["j3", "j2", "j1"]


async def test_looks_again_after_the_log_refused() -> None:
    keeping = Keeping()
    keeping.down = True
    async with keeping.open():
        await keeping.pass_time(KEEP_SECONDS)
        assert keeping.log.shelf() == ["j3", "j2", "j1"]
        keeping.down = False
        await keeping.pass_time(LOOK_SECONDS)
        assert keeping.log.shelf() == []
