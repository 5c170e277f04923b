"""What the commands in `kanvas_platform.operators` do and print."""

import argparse
import asyncio
import getpass
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from kanvas.log.v1.record_pb2 import Pass
from kanvas_platform.clock import SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import BrokerError
from kanvas_platform.kafka.halting.go_past import CannotPass, check_pass, give_pass, look
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.settings import ServiceSettings

_ASK_SECONDS = 10.0

_CONSEQUENCES = (
    "All readers of {topic}, in every service, will go past everything that they cannot use,\n"
    "up to offset {through}. What it said is not in force for them; it may have been a block.\n"
    "This cannot be taken back. What is lost, and how to repair it: docs/runbook.md."
)


def run(arguments: argparse.Namespace, settings: ServiceSettings, logs: Sequence[LogSpec]) -> int:
    """Run a command; return the exit status. See `kanvas_platform.operators.operate`."""
    by_topic = {log.topic: log for log in logs}
    command = _go_past if arguments.command == "go-past" else _say_standing
    try:
        return asyncio.run(command(arguments, settings, by_topic))
    except CannotPass as error:
        print(error, file=sys.stderr)
    except BrokerError as error:
        print(f"Kafka at {settings.kafka} does not answer: {error}", file=sys.stderr)
    return 1


async def _say_standing(
    _: argparse.Namespace, settings: ServiceSettings, logs: Mapping[str, LogSpec]
) -> int:
    standing = await asyncio.to_thread(_standing, settings.ops_listen)
    if standing is None:
        print(f"{settings.instance} does not answer at {settings.ops_listen}.", file=sys.stderr)
        return 1
    if not standing:
        print(f"Nothing stands still in {settings.instance}.")
    broker = KafkaBroker(settings.kafka)
    try:
        for found in standing:
            print(f"{found['reader']} has stood still since {found['since']}.")
            print(f"  {found['why']}")
            print(f"  It stands at offset {found['offset']} of {found['topic']}; {found['see']}")
            findings = await look(broker, logs[found["topic"]], SystemClock().now())
            for line in findings.lines():
                print(f"  {line}")
    finally:
        await broker.close()
    return 0


async def _go_past(
    arguments: argparse.Namespace, settings: ServiceSettings, logs: Mapping[str, LogSpec]
) -> int:
    topic, through = arguments.topic, arguments.through_offset
    if topic not in logs:
        raise CannotPass(f"This service does not read {topic}; it reads {', '.join(logs)}.")
    if not arguments.because.strip():
        raise CannotPass("Say why: --because must not be empty.")
    standing = await asyncio.to_thread(_standing, settings.ops_listen) or []
    now = SystemClock().now()
    broker = KafkaBroker(settings.kafka)
    try:
        findings = await look(broker, logs[topic], now)
        here = [found["offset"] for found in standing if found["topic"] == topic]
        await check_pass(broker, findings, through, here)
        for line in findings.through(through).lines():
            print(line)
        print(_CONSEQUENCES.format(topic=topic, through=through))
        if not arguments.yes:
            print("Nothing was done. Add --yes to do it.")
            return 1
        given = Pass(
            topic=topic,
            through_offset=through,
            because=arguments.because,
            given_by=_user(),
        )
        given.given_at.FromMilliseconds(round(now * 1000))
        await give_pass(broker, given)
    finally:
        await broker.close()
    print("Done. Readers that stand still go on within 30 s; `standing-still` tells.")
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in a container: the user has no name
        return f"user {os.getuid()}"


def _standing(ops: str) -> list[dict[str, Any]] | None:
    """Return what the instance says of itself; None where it does not answer."""
    try:
        with urllib.request.urlopen(f"http://{ops}/readyz", timeout=_ASK_SECONDS) as answer:
            body = answer.read()
    except urllib.error.HTTPError as refusal:
        body = refusal.read()
    except OSError:
        return None
    found: list[dict[str, Any]] = json.loads(body).get("standing_still", [])
    return found
