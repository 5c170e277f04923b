"""Commands for operators that every service's command line has.

    standing-still                                    what this instance stands still at
    go-past --topic T --through-offset N --because W  let readers of T go past what they cannot use

They take the environment of an instance, which is theirs too: its Kafka, and its ops port. What
they mean and cost is in docs/runbook.md.
"""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kanvas_platform.kafka.records.logs import LogSpec
    from kanvas_platform.settings import ServiceSettings

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - no public name


def add_commands(commands: "Parsers") -> None:
    """Add the operators' commands to a command line."""
    commands.add_parser("standing-still", help="say what this instance stands still at, and why")
    past = commands.add_parser("go-past", help="let readers go past what they cannot use")
    past.add_argument("--topic", required=True, help="the log, such as kanvas.graph.v1")
    past.add_argument("--through-offset", required=True, type=int, help="itself included")
    past.add_argument("--because", required=True, help="why; it is kept for ever: name no person")
    past.add_argument("--yes", action="store_true", help="do it; otherwise say what it would do")


def operate(
    arguments: argparse.Namespace, settings: "ServiceSettings", logs: "Sequence[LogSpec]"
) -> int:
    """Run one of these commands; return the exit status.

    Args:
        arguments: What `add_commands` made the command line to be.
        settings: The instance's settings.
        logs: The logs that the service reads.
    """
    # Only now: a service's other commands must start without all that this needs.
    from kanvas_platform.kafka.halting.operate import run  # noqa: PLC0415

    return run(arguments, settings, logs)
