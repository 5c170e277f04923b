"""`python -m kanvas_gateway serve`."""

import argparse

from kanvas_gateway.bootstrap import build
from kanvas_gateway.settings import GatewaySettings
from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure


def main() -> None:
    """Runs the service with the settings of its environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_gateway", description=__doc__)
    parser.add_argument("command", choices=["serve"], help="serve: run until SIGTERM")
    parser.parse_args()
    settings = GatewaySettings()
    configure(service="gateway", instance=settings.instance, level=settings.log_level)
    serve(lambda: build(settings), drain_seconds=settings.drain_seconds)


if __name__ == "__main__":
    main()
