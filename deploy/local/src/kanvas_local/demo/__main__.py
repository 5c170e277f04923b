"""`python -m kanvas_local.demo`: plays the story on a running Kanvas."""

import argparse
import asyncio
import sys
from pathlib import Path

from kanvas_local.demo.client import GaveUp, Refused, reachable_gateways
from kanvas_local.demo.story import Report, run_demo
from kanvas_local.ports import Ports, address


def main() -> int:
    """Exit with 0 when every promise was kept, 1 otherwise, 2 when nothing runs."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--base", type=int, default=8080, help="base port of the stack")
    parser.add_argument("--posts", type=int, default=1, help="how many posts to make (POSTS=)")
    parser.add_argument("--folder", type=Path, default=Path(".local/demo"))
    arguments = parser.parse_args()
    troubles: list[BaseException] = []
    report: Report | None = None
    try:
        report = asyncio.run(_run(arguments.base, arguments.posts, arguments.folder))
    except* (GaveUp, Refused, RuntimeError) as group:
        troubles += _leaves(group)
    for trouble in troubles:
        sys.stderr.write(f"The demo failed: {trouble}\n")
    if troubles:
        return 1
    if report is None:
        sys.stderr.write("Kanvas is not running here. Start it with: make run\n")
        return 2
    for fault in report.faults:
        sys.stderr.write(f"FAULT: {fault}\n")
    verdict = "kept" if not report.faults else f"broken {len(report.faults)} times"
    sys.stdout.write(
        f"{len(report.acknowledged)} posts acknowledged, promises {verdict}; longest pause between "
        f"two acknowledgements {report.longest_pause:.2f} s; picture: {report.picture}\n"
    )
    return 1 if report.faults else 0


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves


async def _run(base: int, posts: int, folder: Path) -> Report | None:
    ports = Ports(base)
    candidates = [f"http://{address(ports.http(instance))}" for instance in (1, 2)]
    gateways = await reachable_gateways(candidates)
    return await run_demo(gateways, folder, posts=posts) if gateways else None


if __name__ == "__main__":
    sys.exit(main())
