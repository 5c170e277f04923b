"""`python -m kanvas_social_graph serve`, and the operators' commands."""

import argparse
import sys

from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure
from kanvas_platform.operators import add_commands, operate
from kanvas_social_graph.bootstrap import build
from kanvas_social_graph.domain.logs import READ
from kanvas_social_graph.settings import SocialGraphSettings


def main() -> int:
    """Do what the command line says, with the settings of the environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_social_graph", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run until SIGTERM")
    add_commands(commands)
    arguments = parser.parse_args()
    settings = SocialGraphSettings()
    if arguments.command != "serve":
        return operate(arguments, settings, READ)
    configure(service="social-graph", instance=settings.instance, level=settings.log_level)
    serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
