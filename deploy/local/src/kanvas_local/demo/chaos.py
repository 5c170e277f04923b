"""`make chaos`: kills or pauses each process while people post, and counts what was promised.

A stack of its own, with two instances of each service, beside a running one. Each run is the demo
with many posts; in the middle of it one process is killed with SIGKILL or stopped for 20 s. Of two
instances it is the one in office, which is where it hurts.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from kanvas_local.demo.client import GaveUp, Refused
from kanvas_local.demo.story import POSTS_PER_SECOND, Report, run_demo
from kanvas_local.layout import REPOSITORY
from kanvas_local.ports import address
from kanvas_local.progress import Progress
from kanvas_local.stack import SERVERS, SERVICES, Stack

BASE_PORT = 10380
PAUSE_SECONDS = 20.0
WITHOUT_OFFICE = ("gateway",)


@dataclass(frozen=True)
class Mishap:
    """What happens to whom: `kill` or `pause`."""

    victim: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} {self.victim}"


MISHAPS = tuple(Mishap(victim, "kill") for victim in (*SERVICES, *SERVERS)) + tuple(
    Mishap(service, "pause") for service in SERVICES
)


def main() -> int:
    """Exits with 0 when every promise was kept in every run."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--only", nargs="*", metavar="'KIND VICTIM'", help="such as 'kill kafka'")
    arguments = parser.parse_args()
    chosen = [mishap for mishap in MISHAPS if not arguments.only or str(mishap) in arguments.only]
    stack = Stack(REPOSITORY / ".local" / "chaos", BASE_PORT, instances=2, progress=Progress())
    stack.start((*SERVERS, *SERVICES))
    try:
        rows = [_row(mishap, play(stack, mishap, arguments.posts)) for mishap in chosen]
    finally:
        stack.stop()
    sys.stdout.write("\n".join(["", *rows, ""]))
    return 0 if all(row.endswith("kept") for row in rows) else 1


def play(stack: Stack, mishap: Mishap, posts: int) -> Report:
    """One run of the demo with one mishap in the middle."""
    gateways = [f"http://{address(stack.ports.http(instance))}" for instance in (1, 2)]
    faults: list[str] = []
    try:
        return asyncio.run(_play(stack, mishap, posts, gateways))
    except* (GaveUp, Refused, RuntimeError) as group:
        faults += [f"the run did not end: {error!r}" for error in group.exceptions]
    return Report(faults=faults)


async def _play(stack: Stack, mishap: Mishap, posts: int, gateways: Sequence[str]) -> Report:
    async with asyncio.TaskGroup() as group:
        group.create_task(_happen(stack, mishap, after=posts / POSTS_PER_SECOND / 3))
        folder = stack.layout.root / "demo"
        story = group.create_task(run_demo(gateways, folder, posts=posts, quiet=True))
    return story.result()


async def _happen(stack: Stack, mishap: Mishap, after: float) -> None:
    await asyncio.sleep(after)
    unit = mishap.victim if mishap.victim in SERVERS else await in_office(stack, mishap.victim)
    if mishap.kind == "kill":
        stack.kill(unit, signal.SIGKILL)
        return
    stack.kill(unit, signal.SIGSTOP)
    try:
        await asyncio.sleep(PAUSE_SECONDS)
    finally:
        stack.kill(unit, signal.SIGCONT)


async def in_office(stack: Stack, service: str) -> str:
    """The unit of a service's instance in office; the first one where there is no office."""
    if service in WITHOUT_OFFICE:
        return f"{service}-1"
    deadline = time.monotonic() + 30
    async with httpx.AsyncClient(timeout=2.0) as http:
        while time.monotonic() < deadline:
            for instance in (1, 2):
                url = f"http://{address(stack.ports.ops(service, instance))}/metrics"
                try:
                    metrics = (await http.get(url)).text
                except httpx.HTTPError:
                    continue
                if any(
                    line.startswith("kanvas_writer_in_office") and line.endswith(" 1.0")
                    for line in metrics.splitlines()
                ):
                    return f"{service}-{instance}"
            await asyncio.sleep(0.2)
    raise RuntimeError(f"nobody is in office for {service}")


def _row(mishap: Mishap, report: Report) -> str:
    for fault in report.faults[:10]:
        sys.stdout.write(f"FAULT in {mishap}: {fault}\n")
    verdict = "kept" if not report.faults else f"BROKEN {len(report.faults)} times"
    row = (
        f"{mishap!s:<20} {len(report.acknowledged):>4} acknowledged, longest pause "
        f"{report.longest_pause:6.2f} s, {report.repeats:>3} calls repeated, "
        f"{report.reconnects:>2} reconnects: promises {verdict}"
    )
    sys.stdout.write(f"{row}\n")
    sys.stdout.flush()
    return row


if __name__ == "__main__":
    sys.exit(main())
