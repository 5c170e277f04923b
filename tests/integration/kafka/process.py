"""An instance of the ledger as a process of its own, to be killed and stopped by tests.

Reads one JSON command a line from standard input and writes one JSON event a line to standard
output: `{"started": true}`, `{"leads": bool}`, `{"id", "position", "repeated"}` or
`{"id", "reason"}`.
"""

import argparse
import asyncio
import json
import signal
import sys

import uvloop

from kanvas_platform import observability
from kanvas_platform.clock import SystemClock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.testing.ledger import Add, Claim, Ledger, LedgerLogs


def tell(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def parse(line: bytes) -> tuple[Command, float]:
    given = json.loads(line)
    amount = given.get("amount")
    body = Claim(given["name"]) if amount is None else Add(given["name"], amount)
    return Command(given["id"], given["actor"], body, repr(body).encode()), given["timeout"]


async def answer(writer: Writer[Ledger], line: bytes) -> None:
    command, timeout = parse(line)
    try:
        receipt = await writer.submit(command, timeout)
    except KanvasError as error:
        tell(id=command.id, reason=error.reason, address=error.metadata.get("address"))
    else:
        tell(id=command.id, position=receipt.position, repeated=receipt.repeated)


async def listen(writer: Writer[Ledger]) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with asyncio.TaskGroup() as answers:
        while line := await reader.readline():
            answers.create_task(answer(writer, line))


async def main(bootstrap: str, topic: str, address: str) -> None:
    clock = SystemClock()
    broker = KafkaBroker(bootstrap)
    logs = LedgerLogs.named(topic)
    replica = Replica(
        broker=broker, main=logs.main, sides=[logs.side], state=Ledger, clock=clock, name=address
    )
    writer = Writer(
        service=topic,
        address=address,
        replica=replica,
        decide=logs.decide,
        broker=broker,
        clock=clock,
        on_leadership=lambda held: tell(leads=held),
    )
    tasks = [asyncio.create_task(each) for each in (replica.run(), writer.run(), listen(writer))]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, tasks[2].cancel)
    tell(started=True)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await writer.drain()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await broker.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    for name in ("bootstrap", "topic", "address"):
        arguments.add_argument(name)
    observability.configure("ledger", "test", "warning")
    uvloop.run(main(**vars(arguments.parse_args())))
