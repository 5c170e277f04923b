"""The eraser: whom it finds, in which steps, and what it does where something goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from prometheus_client import REGISTRY

from kanvas_platform.eraser import LOOK_SECONDS, PAUSE_SECONDS, Eraser
from kanvas_platform.errors import Unavailable
from kanvas_platform.kafka.contract import Command
from kanvas_platform.testing.clock import ManualClock

_STEP = 3


class Erasing:
    """Erased accounts with numbered keys, and an eraser that takes a few at a time.

    Attributes:
        accounts: Position and id of each erased account.
        keys: What is left of each.
        asked: The commands that were taken, in order.
        down: While True, every command is refused.
        deaf: An account of which nothing goes.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.accounts: list[tuple[int, str]] = []
        self.keys: dict[str, list[int]] = {}
        self.asked: list[tuple[str, tuple[int, ...]]] = []
        self.leads = True
        self.down = False
        self.deaf = ""
        commands: Any = self
        self.eraser = Eraser(
            commands=commands, accounts=self, belongings=self.belongings, clock=self.clock
        )

    def add(self, account_id: str, keys: int) -> None:
        self.accounts.append((len(self.accounts) + 1, account_id))
        self.keys[account_id] = list(range(keys))

    async def before(self, position: int | None) -> Sequence[tuple[int, str]]:
        newest_first = reversed(self.accounts)
        return [one for one in newest_first if position is None or one[0] < position]

    def belongings(self, account_id: str) -> tuple[str, tuple[int, ...]] | None:
        keys = self.keys[account_id][:_STEP]
        return (account_id, tuple(keys)) if keys else None

    async def submit(self, command: Command, _timeout: float) -> Any:
        if self.down:
            raise Unavailable("The log does not answer.")
        body: tuple[str, tuple[int, ...]] = cast("Any", command.body)
        account_id, keys = body
        self.asked.append(body)
        if account_id != self.deaf:
            self.keys[account_id] = [key for key in self.keys[account_id] if key not in keys]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.eraser.run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def looks(self, times: int = 1) -> None:
        """Let time pass until it has looked so many times."""
        for _ in range(round(times * LOOK_SECONDS / PAUSE_SECONDS) + 1):
            await self.settle()
            self.clock.advance(PAUSE_SECONDS)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def test_all_that_belongs_to_erased_accounts_goes_step_by_step() -> None:
    erasing = Erasing()
    erasing.add("ada", 7)
    erasing.add("ben", 2)
    async with erasing.open():
        await erasing.settle()
        assert erasing.asked == [("ben", (0, 1))]
        await erasing.looks()
    assert erasing.asked[1:] == [("ada", (0, 1, 2)), ("ada", (3, 4, 5)), ("ada", (6,))]


async def test_those_of_whom_nothing_is_left_are_not_looked_at_again() -> None:
    erasing = Erasing()
    erasing.add("ada", 1)
    async with erasing.open():
        await erasing.looks()
        erasing.keys["ada"].append(9)
        erasing.add("ben", 1)
        await erasing.looks(2)
    assert erasing.asked == [("ada", (0,)), ("ben", (0,))]


async def test_who_begins_to_lead_goes_through_all_accounts() -> None:
    erasing = Erasing()
    erasing.add("ada", 1)
    async with erasing.open():
        await erasing.looks()
        erasing.leads = False
        erasing.keys["ada"].append(9)
        await erasing.looks(2)
        assert erasing.asked == [("ada", (0,))]
        erasing.leads = True
        await erasing.looks(2)
    assert erasing.asked == [("ada", (0,)), ("ada", (9,))]


async def test_what_was_refused_is_asked_for_at_the_next_look() -> None:
    erasing = Erasing()
    erasing.add("ada", 2)
    erasing.down = True
    async with erasing.open():
        await erasing.looks()
        assert erasing.asked == []
        erasing.down = False
        await erasing.looks()
    assert erasing.keys["ada"] == []


async def test_an_account_of_which_something_stays_keeps_nobody_from_erasure() -> None:
    def stuck() -> float:
        return REGISTRY.get_sample_value("kanvas_erasures_stuck_total") or 0.0

    erasing = Erasing()
    erasing.add("ada", 2)
    erasing.add("ben", 2)
    erasing.deaf, before = "ben", stuck()
    async with erasing.open():
        await erasing.looks(2)
    assert erasing.asked == [("ben", (0, 1)), ("ada", (0, 1))]
    assert stuck() == before + 1
