"""`python -m kanvas_timeline serve` runs the service, `migrate` brings its views up to date."""

import argparse
import asyncio

from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure, get_logger
from kanvas_timeline.bootstrap import build, migrate_views
from kanvas_timeline.settings import TimelineSettings


def main() -> None:
    """Does what the command line says, with the settings of the environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_timeline", description=__doc__)
    parser.add_argument(
        "command",
        choices=["serve", "migrate"],
        help="serve: run until SIGTERM; migrate: apply the scripts in schema/, then end",
    )
    command: str = parser.parse_args().command
    settings = TimelineSettings()
    configure(service="timeline", instance=settings.instance, level=settings.log_level)
    if command == "serve":
        serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
    else:
        applied = asyncio.run(migrate_views(settings))
        get_logger(__name__).info("views are up to date", applied=applied)


if __name__ == "__main__":
    main()
