"""`make mutants`: makes one small bug at a time, and tells which test notices it."""

from __future__ import annotations

import argparse
import signal
import sys
import time

from tests.mutants.catalogue import NotThere, choose
from tests.mutants.trial import NotGreen, Trial


def main() -> int:
    """Exit with 0 when tests noticed every mutant, 1 when not, 2 when none could be tried."""
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
    left = 0
    with Trial.begin() as trial:
        try:
            trial.check(test for mutant in chosen for test in mutant.tests)
        except (NotGreen, NotThere) as error:
            print(f"Without any mutant the tests do not pass:\n{error}", file=sys.stderr)
            return 2
        for mutant in chosen:
            try:
                verdict = trial.judge(mutant)
            except NotThere as error:
                row = f"{mutant.name:<40} DOES NOT APPLY  {error}"
                left += 1
            else:
                how = "noticed " if verdict.noticed else "SURVIVED"
                row = f"{mutant.name:<40} {how} {verdict.seconds:>5.1f} s  {verdict.told}"
                left += not verdict.noticed
            print(row, flush=True)
    seconds = time.monotonic() - began
    print(f"{len(chosen)} mutants in {seconds:.0f} s: {len(chosen) - left} noticed, {left} left.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
