"""`make reader-score`: how well prompts are read, feature by feature, against the corpus.

Ends with 0 whether or not the bars were met: a bar is a goal, and the table says which are
reached. `--show` lists what was missed in `own` or `spare`. Of `fresh` only totals are printed:
nobody who changes the reader may see what it misses there.
"""

from __future__ import annotations

import argparse
import sys

from kanvas_painters.collage.reading.reader import read_prompt
from tests.reader_score.judge import judge
from tests.reader_score.prompts import DRILL, LISTED, PARTS, prompts
from tests.reader_score.report import missed, table
from tests.reader_score.scoring import marks


def main() -> int:
    """Print the score; return 2 where the corpus has no such part."""
    parser = argparse.ArgumentParser(prog="make reader-score", description=__doc__)
    which = f"of {', '.join(PARTS)} and {DRILL}; all but {DRILL} without"
    parser.add_argument("parts", nargs="*", help=which)
    parser.add_argument("--show", choices=LISTED, help="list what was missed in this part")
    arguments = parser.parse_args()
    chosen = dict.fromkeys(arguments.parts or PARTS)
    parts = (*PARTS, DRILL)
    unknown = sorted(chosen.keys() - set(parts))
    if unknown:
        print(
            f"The corpus has no {', '.join(unknown)}: choose of {', '.join(parts)}.",
            file=sys.stderr,
        )
        return 2
    if arguments.show:
        chosen[arguments.show] = None
    scored = {
        part: [(prompt, marks(prompt, read_prompt, judge())) for prompt in prompts(part)]
        for part in chosen
    }
    if arguments.show:
        print(missed(scored[arguments.show]), end="\n\n")
    print(table(scored))
    return 0


if __name__ == "__main__":
    sys.exit(main())
