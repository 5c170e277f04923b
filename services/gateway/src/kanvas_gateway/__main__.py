"""`python -m kanvas_gateway serve`, and the operators' commands."""

import argparse
import sys

from kanvas_gateway.bootstrap import build
from kanvas_gateway.domain.logs import READ
from kanvas_gateway.settings import GatewaySettings
from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure
from kanvas_platform.open_files import allow_open_files
from kanvas_platform.operators import add_commands, operate


def main() -> int:
    """Do what the command line says, with the settings of the environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_gateway", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run until SIGTERM")
    add_commands(commands)
    arguments = parser.parse_args()
    settings = GatewaySettings()
    if arguments.command != "serve":
        return operate(arguments, settings, READ)
    configure(service="gateway", instance=settings.instance, level=settings.log_level)
    allow_open_files(settings.stream_connections)
    serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
