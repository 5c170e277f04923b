"""The command line behind the Makefile: `python -m kanvas_local <command>`."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from kanvas_local.carriers import fetch_carrier
from kanvas_local.errors import StackError, sentence_of
from kanvas_local.jars import fetch_jars
from kanvas_local.java import find_javas
from kanvas_local.layout import REPOSITORY
from kanvas_local.page import build_page, run_script
from kanvas_local.ports import address
from kanvas_local.progress import ProgressLines
from kanvas_local.stack import SERVERS, SERVICES, Stack
from kanvas_local.status import status_table
from kanvas_local.supervisor import supervise
from kanvas_local.units import Plan


def main() -> int:
    """Run one command and return the exit code."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.command(arguments) or 0)
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{sentence_of(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; what was started has been stopped again", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kanvas_local", description=__doc__)
    parser.add_argument("--root", type=Path, default=REPOSITORY / ".local", help="its folder")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="start everything, wait until it is ready, seed it")
    run.add_argument("--base", type=int, default=8080, help="the first of its 40 ports")
    run.add_argument("--instances", type=int, default=1, choices=(1, 2), help="of each service")
    run.add_argument("--only", default=",".join((*SERVERS, *SERVICES)), help="names, by commas")
    run.set_defaults(command=_run)
    commands.add_parser("stop", help="stop what runs here").set_defaults(command=_stop)
    status = commands.add_parser("status", help="what runs here, or how one unit is started")
    status.add_argument("unit", nargs="?", default="")
    status.set_defaults(command=_status)
    logs = commands.add_parser("logs", help="follow the log of one process")
    logs.add_argument("unit", nargs="?", default="")
    logs.set_defaults(command=_logs)
    commands.add_parser("clean", help="stop, and remove the data").set_defaults(command=_clean)
    commands.add_parser("supervise").set_defaults(command=_supervise)
    page = commands.add_parser("page", help="build the page, or run one of its scripts")
    page.add_argument("script", nargs="?", help="of its package.json, such as lint")
    page.set_defaults(command=_page)
    fetch = commands.add_parser("fetch", help="download what the stack runs, build the page")
    fetch.set_defaults(command=_fetch)
    return parser


def _run(arguments: argparse.Namespace) -> None:
    began = time.monotonic()
    stack = Stack(
        arguments.root, arguments.base, instances=arguments.instances, progress=ProgressLines()
    )
    only = arguments.only.split(",")
    whole = set(SERVICES) <= set(only)

    def usable() -> None:
        if whole:
            where = f"http://{address(stack.ports.http(1))}"
            print(f"\nKanvas is at {where} (ready after {time.monotonic() - began:.1f} s)\n")

    stack.start(only, usable)
    print(f"all servers are ready after {time.monotonic() - began:.1f} s")
    if whole:
        _seed(stack)
        print("make demo plays its story; make status, make logs S=timeline-1, make stop")


def _seed(stack: Stack) -> None:
    """Put posts on the first page; a demo world that cannot be made is no reason to stop."""
    command = [sys.executable, "-m", "kanvas_local.demo.seed", "--base", str(stack.base)]
    result = subprocess.run([*command, "--file", str(stack.layout.data / "seed.json")], check=False)
    if result.returncode != 0:
        print("The demo world was not made; the next `make run` goes on with it.", file=sys.stderr)


def _stop(arguments: argparse.Namespace) -> None:
    began = time.monotonic()
    for root in _roots(arguments.root):
        if Stack.at(root).stop():
            print(f"stopped after {time.monotonic() - began:.1f} s ({root.name})")


def _status(arguments: argparse.Namespace) -> None:
    if arguments.unit:
        print(_how_started(Stack.at(arguments.root), arguments.unit))
        return
    stacks = [stack for root in _roots(arguments.root) if (stack := Stack.at(root)).state.running]
    for stack in stacks:
        print(f"{stack.layout.root.name}, ports from {stack.base}")
        print(status_table(stack.state, Plan.read(stack.layout.plan)), end="\n\n")
    if not stacks:
        print("Nothing runs here. Start it with: make run")


def _how_started(stack: Stack, name: str) -> str:
    """Return the command line of a unit, environment first, ready for a shell."""
    units = Plan.read(stack.layout.plan).units
    if name not in units:
        raise StackError(f"There is no {name} here; there is {', '.join(units) or 'nothing yet'}.")
    settings = [f"{key}={shlex.quote(value)}" for key, value in sorted(units[name].env.items())]
    return " \\\n  ".join([*settings, shlex.join(units[name].argv)])


def _logs(arguments: argparse.Namespace) -> None:
    folder = Stack.at(arguments.root).layout.log
    log = folder / f"{arguments.unit}.log"
    if not log.exists():
        names = ", ".join(sorted(path.stem for path in folder.glob("*.log")))
        raise StackError(f"Whose log? `make logs S=…`, one of: {names or 'none yet'}.")
    os.execvp("tail", ["tail", "-n", "200", "-F", str(log)])  # noqa: S606 (a fixed program)


def _clean(arguments: argparse.Namespace) -> None:
    _stop(arguments)
    shutil.rmtree(arguments.root, ignore_errors=True)


def _supervise(arguments: argparse.Namespace) -> None:
    supervise(arguments.root)


def _page(arguments: argparse.Namespace) -> None:
    if arguments.script:
        run_script(arguments.script, ProgressLines())
    else:
        build_page(ProgressLines())


def _fetch(_arguments: argparse.Namespace) -> None:
    progress = ProgressLines()
    find_javas(progress)
    fetch_carrier("nvidia-pytriton", progress)
    fetch_jars(progress)
    build_page(progress)


def _roots(root: Path) -> list[Path]:
    """Return the stack at `root`, and those of tests and chaos that lie inside its folder."""
    return [root, *sorted(path.parent.parent for path in root.glob("*/run/stack.json"))]


if __name__ == "__main__":
    sys.exit(main())
