"""`make mutants`: makes one small bug at a time, and tells which test notices it."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace

from tests.mutants.catalogue import Mutant, NotThere, choose
from tests.mutants.trial import NotGreen, Outcome, Trial, Verdict


def main() -> int:
    """Try mutants. Exit as `exit_code` says, or with 2 when none could be tried."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("patterns", nargs="*", help="names or patterns: writer-*")
    parser.add_argument("--slice", default="", metavar="COMMIT", help="the share of this commit")
    parser.add_argument("--list", action="store_true", help="the catalogue")
    arguments = parser.parse_args()
    try:
        chosen = choose(arguments.patterns, arguments.slice)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.list:
        print("\n".join(f"{mutant.name:<40} {mutant.why}" for mutant in chosen))
        return 0
    # Told to end, it removes its copy as it does after Control-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    outcomes: list[Outcome] = []
    with Trial.begin() as trial:
        try:
            trial.check(test for mutant in chosen for test in mutant.tests)
        except (NotGreen, NotThere) as error:
            print(f"Without any mutant the tests do not pass:\n{error}", file=sys.stderr)
            return 2
        for mutant in chosen:
            verdict = look(trial.judge, mutant)
            outcomes.append(verdict.outcome)
            row = f"{mutant.name:<40} {verdict.outcome.value:<13} {verdict.seconds:>5.1f} s"
            print(f"{row}  {verdict.told}", flush=True)
    counts = Counter(outcomes)
    print(
        f"{len(chosen)} mutants in {time.monotonic() - began:.0f} s: "
        f"{counts[Outcome.NOTICED]} noticed, {counts[Outcome.SURVIVED]} survived, "
        f"{counts[Outcome.COULD_NOT_RUN]} could not be tried."
    )
    return exit_code(outcomes)


def look(judge: Callable[[Mutant], Verdict], mutant: Mutant) -> Verdict:
    """Try a mutant, and a survivor once more.

    Some mutants are races: a busy machine may let one pass once. The report says when only the
    second look found it.
    """
    try:
        first = judge(mutant)
        if first.outcome is not Outcome.SURVIVED:
            return first
        second = judge(mutant)
    except NotThere as error:
        return Verdict(Outcome.COULD_NOT_RUN, told=str(error), seconds=0.0)
    return replace(second, told=f"{second.told} (at the second look)")


def exit_code(outcomes: Collection[Outcome]) -> int:
    """Return 0 when tests noticed every mutant, 1 when one survived, else 3: one was not tried."""
    if Outcome.SURVIVED in outcomes:
        return 1
    return 3 if Outcome.COULD_NOT_RUN in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
