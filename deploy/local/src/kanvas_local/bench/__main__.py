"""`make bench`: measures Kanvas beside references of the same run, and prints a row a bar.

Ends with 0 once everything was measured, whether or not the bars were met: a bar is a goal, and
the table says which are reached. The table and each repetition are also written as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

from kanvas_local.bench import floods, stream
from kanvas_local.bench.results import FOLDER, Conditions, Result
from kanvas_local.bench.run import BenchRun
from kanvas_local.bench.table import summary, table
from kanvas_local.errors import StackError

TOPICS: dict[str, Callable[[BenchRun], Awaitable[None]]] = {
    "stream": stream.measure,
    "floods": floods.measure,
}


def main() -> int:
    """Run topics; return 2 where there is no such topic, 1 where one could not be measured."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("topics", nargs="*", help=f"of {', '.join(TOPICS)}; all without")
    parser.add_argument("--quick", action="store_true", help="a coarse answer in a minute or two")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.topics) - set(TOPICS))
    if unknown:
        print(f"There is no topic {', '.join(unknown)}: choose of {', '.join(TOPICS)}.",
              file=sys.stderr)  # fmt: skip
        return 2
    # Told to end, it stops its stack as it does after Control-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    result = Result(Conditions.now(), arguments.quick)
    run = BenchRun(result, lambda text: print(text, flush=True), FOLDER)
    run.say(str(result.conditions))
    try:
        asyncio.run(_measure(run, arguments.topics or list(TOPICS)))
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if run.path:  # also of a run that was interrupted
            print(f"\n{table(result.measures)}\n\n{result.conditions}")
            print(f"{summary(result.measures)}; each repetition is in {run.path}")
    return 0


async def _measure(run: BenchRun, topics: list[str]) -> None:
    for topic in topics:
        await TOPICS[topic](run)


if __name__ == "__main__":
    sys.exit(main())
