"""`python -m kanvas_social_graph serve`."""

import argparse

from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure
from kanvas_social_graph.bootstrap import build
from kanvas_social_graph.settings import SocialGraphSettings


def main() -> None:
    """Runs the service with the settings of its environment (`KANVAS_…`)."""
    parser = argparse.ArgumentParser(prog="python -m kanvas_social_graph", description=__doc__)
    parser.add_argument("command", choices=["serve"], help="serve: run until SIGTERM")
    parser.parse_args()
    settings = SocialGraphSettings()
    configure(service="social-graph", instance=settings.instance, level=settings.log_level)
    serve(lambda: build(settings), drain_seconds=settings.drain_seconds)


if __name__ == "__main__":
    main()
