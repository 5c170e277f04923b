"""`python -m kanvas_timeline serve` runs the service, `migrate` brings its views up to date.

`audit` compares the views with the log. The others are the operators' commands.
"""

import argparse
import asyncio
import sys

from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure, get_logger
from kanvas_platform.operators import add_commands, operate
from kanvas_timeline.bootstrap import audit_views, build, migrate_views
from kanvas_timeline.domain.logs import FEED, GRAPH, SIDES
from kanvas_timeline.settings import TimelineSettings


def main() -> int:
    """Do what the command line says, with the settings of the environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_timeline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run until SIGTERM")
    commands.add_parser("migrate", help="apply the scripts in schema/, then end")
    auditing = commands.add_parser("audit", help="compare the views with the log; change nothing")
    auditing.add_argument(
        "--records-per-second", type=_rate, default=500, help="at most so many (default: 500)"
    )
    add_commands(commands)
    arguments = parser.parse_args()
    settings = TimelineSettings()
    if arguments.command not in ("serve", "migrate", "audit"):
        return operate(arguments, settings, [FEED, *SIDES, GRAPH])
    configure(service="timeline", instance=settings.instance, level=settings.log_level)
    if arguments.command == "audit":
        rate: int = arguments.records_per_second
        return asyncio.run(audit_views(settings, records_per_second=rate))
    if arguments.command == "serve":
        serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
    else:
        applied = asyncio.run(migrate_views(settings))
        get_logger(__name__).info("views are up to date", applied=applied)
    return 0


def _rate(text: str) -> int:
    rate = int(text)
    if rate < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return rate


if __name__ == "__main__":
    sys.exit(main())
