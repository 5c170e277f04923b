"""Leadership changes hands between real processes, on a real Kafka."""

import asyncio
import signal
from typing import Any

from kanvas_platform.ids import new_id
from tests.patience import PATIENCE_SECONDS


async def test_a_standby_takes_over_from_one_that_was_killed(
    start: Any, client_of: Any, judge: Any
) -> None:
    first = await start()
    await first.until_leading()
    second = await start()
    client = client_of(first, second)
    await client.claim("x")
    writing = asyncio.create_task(write(client, 100))
    await asyncio.sleep(0.1)
    first.signal(signal.SIGKILL)
    await first.ended()
    first.leads = False
    await second.until_leading()
    await client.add("x")
    await writing
    await judge(client)


async def test_one_that_slept_is_fenced_and_answers_nothing_wrong(
    start: Any, client_of: Any, judge: Any
) -> None:
    old = await start()
    await old.until_leading()
    new = await start()
    client = client_of(old, new)
    await client.claim("x")
    writing = asyncio.create_task(write(client, 100))
    await asyncio.sleep(0.1)
    old.signal(signal.SIGSTOP)
    await new.until_leading()
    await writing
    # These wait in its pipe, and are the first thing that it sees when it wakes.
    late = [asyncio.create_task(ask_patiently(old, "x")) for _ in range(20)]
    claimed = asyncio.create_task(ask_patiently(old, "y"))
    await client.add("x")
    old.signal(signal.SIGCONT)
    await old.until_leading(held=False)
    reasons = {(await answer).get("reason") for answer in late}
    assert reasons <= {"NOT_LEADER", "OUTCOME_UNKNOWN"}
    assert (await claimed)["reason"] in ("NOT_LEADER", "OUTCOME_UNKNOWN")
    await judge(client)
    # It is a standby like any other now.
    new.signal(signal.SIGKILL)
    await new.ended()
    new.leads = False
    await old.until_leading()
    await client.add("x")
    await judge(client)


async def test_standbys_that_come_and_go_do_not_interrupt_the_leader(
    start: Any, client_of: Any, judge: Any
) -> None:
    holder = await start()
    await holder.until_leading()
    client = client_of(holder)
    await client.claim("x")
    writing = asyncio.create_task(write(client, 400))
    leaver, killed = await start(), await start()
    await asyncio.sleep(2)
    leaver.signal(signal.SIGTERM)
    assert await leaver.ended() == 0
    killed.signal(signal.SIGKILL)
    await killed.ended()
    await asyncio.sleep(3)
    await writing
    assert holder.leadership == [True]
    assert leaver.leadership == []
    await judge(client)


async def test_one_that_is_told_to_stop_hands_over_at_once(
    start: Any, client_of: Any, judge: Any
) -> None:
    first = await start()
    await first.until_leading()
    second = await start()
    client = client_of(first, second)
    await client.claim("x")
    await asyncio.sleep(2)
    first.signal(signal.SIGTERM)
    await second.until_leading()
    assert await first.ended() == 0
    await client.add("x")
    await judge(client)


async def ask_patiently(instance: Any, name: str) -> Any:
    return await instance.ask(name, 1, identifier=new_id(), timeout=PATIENCE_SECONDS)


async def write(client: Any, count: int) -> None:
    for _ in range(count):
        await client.add("x")
