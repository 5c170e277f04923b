"""Reading ahead: bounded, in order, and nothing is lost."""

import asyncio

import pytest

from kanvas_platform.testing.virtual_time import run
from kanvas_timeline.read_ahead import ReadAhead


async def test_gives_what_waits_in_batches_in_order() -> None:
    ahead: ReadAhead[int] = ReadAhead(waiting=10, batch=3)
    for number in range(5):
        await ahead.put(number)

    assert len(ahead) == 5
    assert [await ahead.take(), await ahead.take()] == [[0, 1, 2], [3, 4]]
    assert len(ahead) == 0


async def test_the_reader_waits_while_there_is_no_room() -> None:
    ahead: ReadAhead[int] = ReadAhead(waiting=2, batch=1)
    taken: list[int] = []

    async def read() -> None:
        for number in range(5):
            await ahead.put(number)

    reading = asyncio.create_task(read())
    while len(taken) < 5:
        assert len(ahead) <= 2
        taken += await ahead.take()
    await reading
    assert taken == [0, 1, 2, 3, 4]


def test_loses_nothing_when_it_is_canceled() -> None:
    async def main() -> None:
        ahead: ReadAhead[int] = ReadAhead(waiting=2, batch=2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await ahead.take()
        await ahead.put(7)
        assert await ahead.take() == [7]

    run(main())
