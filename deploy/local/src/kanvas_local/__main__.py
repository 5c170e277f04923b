"""The command line behind the Makefile: `python -m kanvas_local <command>`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY
from kanvas_local.progress import Progress
from kanvas_local.stack import SERVERS, Stack
from kanvas_local.supervisor import supervise


def main() -> int:
    """Run one command; the exit code."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.run(arguments) or 0)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kanvas_local")
    parser.add_argument("--root", type=Path, default=REPOSITORY / ".local")
    parser.add_argument("--base", type=int, default=8080)
    parser.add_argument("--instances", type=int, default=1, choices=(1, 2))
    commands = parser.add_subparsers(required=True)
    start = commands.add_parser("start")
    start.add_argument("--only", default=",".join(SERVERS))
    start.set_defaults(run=_start)
    commands.add_parser("stop").set_defaults(run=_stop)
    commands.add_parser("supervise").set_defaults(run=_supervise)
    return parser


def _stack(arguments: argparse.Namespace) -> Stack:
    return Stack(arguments.root, arguments.base, instances=arguments.instances, progress=Progress())


def _start(arguments: argparse.Namespace) -> None:
    _stack(arguments).start(arguments.only.split(","))


def _stop(arguments: argparse.Namespace) -> None:
    print("stopped" if _stack(arguments).stop() else "nothing to stop")


def _supervise(arguments: argparse.Namespace) -> None:
    supervise(arguments.root, arguments.base, arguments.instances)


if __name__ == "__main__":
    sys.exit(main())
