"""`python -m kanvas_imagegen serve | probe`, and the operators' commands.

Settings come from the environment, as KANVAS_….
"""

import argparse
import sys

from kanvas_platform.operators import add_commands, operate


def main() -> int:
    """Run a command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="kanvas_imagegen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run the scheduler and its workers until SIGTERM")
    commands.add_parser(
        "probe",
        help="paint a small picture with each model: 0 if Triton works, else 1, within 3 s",
    )
    add_commands(commands)
    arguments = parser.parse_args()
    match arguments.command:
        case "serve":
            return _serve()
        case "probe":
            return _probe()
        case _:
            return _operate(arguments)


def _serve() -> int:
    from kanvas_imagegen.bootstrap import build  # noqa: PLC0415 - see _probe
    from kanvas_imagegen.settings import ImagegenSettings  # noqa: PLC0415
    from kanvas_platform.lifecycle import serve  # noqa: PLC0415
    from kanvas_platform.observability import configure  # noqa: PLC0415

    settings = ImagegenSettings()
    configure("imagegen", settings.instance, settings.log_level)
    serve(lambda: build(settings), drain_seconds=settings.drain_seconds)
    return 0


def _operate(arguments: argparse.Namespace) -> int:
    from kanvas_imagegen.domain.logs import READ  # noqa: PLC0415 - see _probe
    from kanvas_imagegen.settings import ImagegenSettings  # noqa: PLC0415

    return operate(arguments, ImagegenSettings(), READ)


def _probe() -> int:
    # A supervisor runs this every few seconds: it must not load all that serving needs.
    from kanvas_imagegen.probe import probe  # noqa: PLC0415

    return probe()


if __name__ == "__main__":
    sys.exit(main())
