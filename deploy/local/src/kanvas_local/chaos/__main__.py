"""`make chaos`: lets mishaps happen while people post, and counts what was promised.

A stack of its own, with two instances of each service, beside a running one.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time

from kanvas_local.chaos.mishaps import Mishap, choose
from kanvas_local.chaos.model import Fault, Promise
from kanvas_local.chaos.play import look_again, play
from kanvas_local.chaos.report import Outcome, details, row, summary
from kanvas_local.chaos.stage import ChaosStage, why_not
from kanvas_local.chaos.world import World
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY


def main() -> int:
    """Exit with 0 when every promise was kept, 1 when one was broken, 2 when asked wrongly."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("names", nargs="*", help="names or patterns: full-disk-kafka, 'clock-*'")
    parser.add_argument("--slice", default="", help="the mishap that a number chooses")
    parser.add_argument(
        "--slow",
        type=float,
        default=1.0,
        help="on a busy machine: whatever a promise allows may take so many times longer",
    )
    parser.add_argument("--list", action="store_true", help="the catalogue")
    arguments = parser.parse_args()
    try:
        chosen = choose(" ".join(arguments.names), arguments.slice)
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.list:
        print("\n".join(f"{mishap.name:<32} {mishap.what}" for mishap in chosen))
        return 0
    # Told to end, it stops the stack as it does after Control-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    stage = ChaosStage(REPOSITORY / ".local" / "chaos")
    try:
        outcomes = _run(stage, chosen, arguments.slow)
    finally:
        stage.close()
    print("\n".join(["", *(row(outcome) for outcome in outcomes)]))
    print(summary(outcomes, time.monotonic() - began))
    return 1 if any(outcome.faults for outcome in outcomes) else 0


def _run(stage: ChaosStage, chosen: list[Mishap], slow: float) -> list[Outcome]:
    outcomes: list[Outcome] = []
    kept: list[World] = []
    for mishap in chosen:
        if trouble := why_not(mishap):
            outcomes.append(_told(Outcome(mishap.name, skipped=trouble)))
            continue
        if stage.needs_another(mishap):
            outcomes += _look_back(kept)
            kept = []
        outcome, world = _try(stage, mishap, slow)
        if outcome.faults:
            outcome.evidence = stage.put_aside(mishap.name)
            kept = []
        elif world is not None:
            kept.append(world)
        outcomes.append(_told(outcome))
    return outcomes + _look_back(kept)


def _try(stage: ChaosStage, mishap: Mishap, slow: float) -> tuple[Outcome, World | None]:
    try:
        return play(stage.ready(mishap), mishap, slow)
    except StackError as error:
        fault = Fault(Promise.HEALED, f"the stack cannot be started: {error}")
        return Outcome(mishap.name, faults=[fault]), None


def _look_back(kept: list[World]) -> list[Outcome]:
    """Check, after several mishaps on one stack, that what each of them left is still there."""
    if len(kept) < 2:
        return []
    posts = sum(len(world.model.standing()) for world in kept)
    outcome = Outcome(f"after these {len(kept)}", posts=posts, faults=look_again(kept))
    return [_told(outcome)]


def _told(outcome: Outcome) -> Outcome:
    print("\n".join([row(outcome), *details(outcome)]), flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
