"""`python -m kanvas_timeline serve` runs the service, `migrate` brings its views up to date.

The others are the operators' commands.
"""

import argparse
import asyncio
import sys

from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure, get_logger
from kanvas_platform.operators import add_commands, operate
from kanvas_timeline.bootstrap import build, migrate_views
from kanvas_timeline.domain.logs import FEED, GRAPH, SIDES
from kanvas_timeline.settings import TimelineSettings


def main() -> int:
    """Do what the command line says, with the settings of the environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_timeline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run until SIGTERM")
    commands.add_parser("migrate", help="apply the scripts in schema/, then end")
    add_commands(commands)
    arguments = parser.parse_args()
    settings = TimelineSettings()
    if arguments.command not in ("serve", "migrate"):
        return operate(arguments, settings, [FEED, *SIDES, GRAPH])
    configure(service="timeline", instance=settings.instance, level=settings.log_level)
    if arguments.command == "serve":
        serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
    else:
        applied = asyncio.run(migrate_views(settings))
        get_logger(__name__).info("views are up to date", applied=applied)
    return 0


if __name__ == "__main__":
    sys.exit(main())
