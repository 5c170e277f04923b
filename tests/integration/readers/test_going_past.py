"""What stops readers for good on a real stack: it is told, and one command goes past it."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import httpx
import pytest

from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas_local.demo.client import Session
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_local.units import Plan
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import OutRecord
from kanvas_platform.kafka.records.seek import last_before
from kanvas_timeline.domain.logs import FEED, GRAPH
from kanvas_timeline.testing.graph_log import GraphLog
from kanvas_timeline.testing.make import follow_record
from tests import patience
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.long(seconds=60)

INSTANCES = (1, 2)
IMAGES = "kanvas.images.v1"


class Hurt:
    """The stack, and what is done to its logs."""

    def __init__(self, stack: Stack, broker: KafkaBroker) -> None:
        self.stack = stack
        self.broker = broker
        self.people: list[Session] = []

    async def last_offset(self, topic: str) -> int:
        return (await self.broker.ends([topic]))[topic] - 1

    async def poison(self, topic: str) -> int:
        """Write 22 records that nobody can read; return the offset of the last one."""
        for _ in range(22):
            await self.broker.send(OutRecord(topic, b"k", b"\xff"))
        return await self.last_offset(topic)

    async def make_hole(self, record: GraphRecord) -> int:
        """Write a valid record behind a hole of five; return its offset."""
        end = await self.last_offset(GRAPH.topic) + 1
        log = GraphLog()
        log.position = (await last_before(self.broker, GRAPH, end)).position + 5
        await self.broker.send(log.next(record, now=1_800_000_000.0))
        return end

    async def ready(self, service: str, instance: int) -> tuple[int, list[dict[str, Any]]]:
        """Return the status of `readyz`, and what stands still."""
        url = f"http://{address(self.stack.ports.ops(service, instance))}/readyz"
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(url, timeout=10.0)
        return answer.status_code, answer.json()["standing_still"]

    async def standing(self, service: str, instance: int) -> dict[str, str]:
        """Return the cause, by reader, of what stands still."""
        _, found = await self.ready(service, instance)
        return {each["reader"]: each["cause"] for each in found}

    async def all_go_on(self) -> bool:
        answers = [
            await self.ready(service, instance)
            for service in ("social-graph", "timeline", "imagegen", "gateway")
            for instance in INSTANCES
        ]
        return all(answer == (200, []) for answer in answers)

    async def command(self, unit: str, *arguments: str) -> tuple[int, str]:
        """Run an operator's command as for a unit; return its exit status and what it says."""
        found = Plan.read(self.stack.layout.plan).units[unit]
        ran = await asyncio.to_thread(
            subprocess.run,
            [*found.argv[:-1], *arguments],
            env={**os.environ, **found.env},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return ran.returncode, ran.stdout + ran.stderr

    async def go_past(self, unit: str, topic: str, through: int, *more: str) -> tuple[int, str]:
        place = ["--topic", topic, "--through-offset", str(through)]
        return await self.command(unit, "go-past", *place, "--because", "the test did it", *more)

    async def someone(self) -> Session:
        """Return a person with a new account."""
        urls = [f"http://{address(self.stack.ports.http(instance))}" for instance in INSTANCES]
        session = Session(urls)
        self.people.append(session)
        handle = f"u{new_id()[-12:]}"
        await session.sign_up(handle, handle, "correct horse battery")
        return session


async def follow(follower: Session, followee: Session) -> bool:
    """Whether the follow, given now or before, is in force in feeds."""
    answer = await follower.put(f"/v1/accounts/{followee.account['id']}/follow")
    return bool(answer["applied"])


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    await patience.until(partial(_answered, holds))


async def _answered(holds: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await holds()
    except httpx.HTTPError:  # an instance that is being started anew
        return False


async def _any(found: Awaitable[Sequence[str]]) -> bool:
    return bool(await found)


@pytest.fixture
async def hurt(services: Stack) -> AsyncIterator[Hurt]:
    broker = KafkaBroker(services.kafka)
    hurt = Hurt(services, broker)
    yield hurt
    for session in hurt.people:
        await session.close()
    # Other tests use the stack: whatever has become of this one, nothing may stand still.
    for unit, topic in (("timeline-1", GRAPH.topic), ("gateway-1", FEED.topic)):
        await hurt.go_past(unit, topic, await hurt.last_offset(topic), "--yes")
    await hurt.go_past("imagegen-1", IMAGES, await hurt.last_offset(IMAGES), "--yes")
    await broker.close()


def all_stand(
    hurt: Hurt, service: str, readers: Sequence[str], status: int
) -> Callable[[], Awaitable[bool]]:
    """Whether every instance of a service says with a status that some readers stand still."""

    async def holds() -> bool:
        answers = [await hurt.ready(service, instance) for instance in INSTANCES]
        return all(
            (found, {each["reader"] for each in standing}) == (status, set(readers))
            for found, standing in answers
        )

    return holds


async def test_unreadable_records_stop_sign_up_until_an_operator_goes_past(hurt: Hurt) -> None:
    last = await hurt.poison(GRAPH.topic)
    await until(all_stand(hurt, "social-graph", ["social-graph-replica"], 503))
    _, found = await hurt.ready("social-graph", 1)
    assert (found[0]["topic"], found[0]["cause"]) == (GRAPH.topic, "poison")
    assert found[0]["see"] == "docs/runbook.md#poison"

    code, said = await hurt.command("social-graph-2", "standing-still")
    assert code == 0
    assert "22 records cannot be decoded" in said
    assert str(last) in said
    code, said = await hurt.go_past("social-graph-1", GRAPH.topic, last)
    assert code == 1
    assert "cannot be taken back" in said
    assert "Nothing was done" in said
    code, said = await hurt.go_past("social-graph-1", GRAPH.topic, last + 1, "--yes")
    assert code == 1
    assert f"its last offset is {last}" in said
    code, said = await hurt.go_past("social-graph-1", FEED.topic, 0, "--yes")
    assert code == 1
    assert "does not read kanvas.feed.v1" in said

    code, said = await hurt.go_past("social-graph-1", GRAPH.topic, last, "--yes")
    assert (code, said.splitlines()[-1][:5]) == (0, "Done.")
    await until(hurt.all_go_on)
    ada = await hurt.someone()

    for instance in INSTANCES:
        hurt.stack.kill(f"social-graph-{instance}")
    bob = await hurt.someone()  # also after a restart
    await until(lambda: follow(bob, ada))
    await until(hurt.all_go_on)


async def test_a_hole_in_the_graph_stops_copying_until_an_operator_goes_past(hurt: Hurt) -> None:
    ada, bob = await hurt.someone(), await hurt.someone()
    await until(lambda: follow(ada, bob))
    offset = await hurt.make_hole(follow_record(ada.account["id"], bob.account["id"]))

    async def tell() -> list[str]:
        hole = {"graph-copier": "hole"}
        return [f"timeline-{n}" for n in INSTANCES if await hurt.standing("timeline", n) == hole]

    await until(lambda: _any(tell()))
    assert not await follow(bob, ada)
    # Feeds can still be read: an instance that copies nothing is not taken out of traffic.
    assert [(await hurt.ready("timeline", instance))[0] for instance in INSTANCES] == [200, 200]

    (unit,) = await tell()
    code, said = await hurt.command(unit, "standing-still")
    assert code == 0
    assert f"(before offset {offset})" in said
    code, said = await hurt.go_past(unit, GRAPH.topic, offset, "--yes")
    assert code == 0, said
    await until(lambda: follow(bob, ada))
    await until(hurt.all_go_on)


@pytest.mark.parametrize(
    ("topic", "service", "readers"),
    [
        (FEED.topic, "timeline", ["timeline-replica", "materialiser"]),
        (FEED.topic, "gateway", ["feed"]),
        (IMAGES, "imagegen", ["imagegen-replica"]),
    ],
)
async def test_every_reader_of_every_service_says_so(
    hurt: Hurt, topic: str, service: str, readers: list[str]
) -> None:
    last = await hurt.poison(topic)
    await until(all_stand(hurt, service, readers, 503))
    code, said = await hurt.go_past(f"{service}-1", topic, last, "--yes")
    assert code == 0, said
    await until(hurt.all_go_on)
