"""`python -m kanvas_timeline serve` runs the service, `migrate` brings its views up to date.

`audit` compares the views with the log, and `rebuild` makes them anew. The others are the
operators' commands.
"""

import argparse
import asyncio
import sys

from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure, get_logger
from kanvas_platform.operators import add_commands, operate
from kanvas_timeline.bootstrap import (
    audit_views,
    build,
    give_rebuild_up,
    migrate_views,
    rebuild_views,
)
from kanvas_timeline.domain.logs import READ
from kanvas_timeline.settings import TimelineSettings


def main() -> int:
    """Do what the command line says, with the settings of the environment (`KANVAS_…`)."""
    arguments = command_line().parse_args()
    settings = TimelineSettings()
    if arguments.command not in ("serve", "migrate", "audit", "rebuild"):
        return operate(arguments, settings, READ)
    configure(service="timeline", instance=settings.instance, level=settings.log_level)
    match arguments.command:
        case "serve":
            serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
        case "migrate":
            applied = asyncio.run(migrate_views(settings))
            get_logger(__name__).info("views are up to date", applied=applied)
        case "audit":
            rate: int = arguments.records_per_second
            return asyncio.run(audit_views(settings, records_per_second=rate))
        case "rebuild" if arguments.give_up:
            return asyncio.run(give_rebuild_up(settings))
        case "rebuild":
            rate = arguments.records_per_second
            return asyncio.run(rebuild_views(settings, records_per_second=rate))
    return 0


def command_line() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_timeline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run until SIGTERM")
    commands.add_parser("migrate", help="apply the scripts in schema/, then end")
    auditing = commands.add_parser("audit", help="compare the views with the log; change nothing")
    rebuilding = commands.add_parser("rebuild", help="make the views anew beside those that serve")
    for throttled in (auditing, rebuilding):
        throttled.add_argument(
            "--records-per-second", type=_rate, default=500, help="at most so many (default: 500)"
        )
    rebuilding.add_argument(
        "--give-up", action="store_true", help="take away what an unfinished rebuild has made"
    )
    add_commands(commands)
    return parser


def _rate(text: str) -> int:
    rate = int(text)
    if rate < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return rate


if __name__ == "__main__":
    sys.exit(main())
