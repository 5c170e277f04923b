"""The catalogue of mutants: one-line bugs that somebody could make, and who should notice them.

They stand in the TOML files beside this module, one table each, and are found by the text of the
line, so that code may move. A mutant whose line is gone is an error: it is mended or taken out by
whoever changed the line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SLICES: Final = 8
"""Into how many parts commits share the catalogue: each takes about a minute."""


class NotThere(Exception):
    """What a mutant names is not there, or is there more than once."""


def one_file(root: Path, pattern: str) -> Path:
    """Return the one file below `root` that a pattern names.

    Raises:
        NotThere: No file has such a name, or several have.
    """
    found = sorted(root.glob(pattern))
    if len(found) != 1:
        raise NotThere(f"{pattern} names {len(found)} files, not one")
    return found[0]


@dataclass(frozen=True)
class Mutant:
    """A bug of one line.

    Attributes:
        name: What it is called: `window-forgets-actor`.
        file: The file that it changes, from the root of the repository. A pattern such as
            `libs/platform/src/**/window.py` holds where files move between folders.
        was: The line as it is, without its indentation.
        becomes: The line as it would be wrong.
        why: What would go wrong for people or operators, in a sentence.
        tests: Files or tests (`…/test_window.py::test_age`) that should notice; patterns likewise.
        after: A line that stands once in the file; `was` is then the first such line below it.
    """

    name: str
    file: str
    was: str
    becomes: str
    why: str
    tests: tuple[str, ...]
    after: str = ""

    def applied_to(self, text: str) -> str:
        """Return the text of the file with the bug in it.

        Raises:
            NotThere: The line is gone, or it is not clear which one is meant.
        """
        lines = text.splitlines(keepends=True)
        found = _places(lines, self.was)
        if self.after:
            before = _places(lines, self.after)
            if len(before) != 1:
                raise NotThere(f"{self.file} has {len(before)} lines {self.after!r}, not one")
            found = [place for place in found if place > before[0]][:1]
        if len(found) != 1:
            raise NotThere(f"{self.file} has {len(found)} lines {self.was!r}, not one")
        line = lines[found[0]]
        lines[found[0]] = line.replace(self.was, self.becomes)
        return "".join(lines)


def _places(lines: Sequence[str], wanted: str) -> list[int]:
    return [place for place, line in enumerate(lines) if line.strip() == wanted]


def catalogue() -> list[Mutant]:
    """Return all mutants in the order of their names."""
    mutants = []
    for listed in Path(__file__).parent.glob("*.toml"):
        for name, table in tomllib.loads(listed.read_text()).items():
            mutants.append(Mutant(name=name, **{**table, "tests": tuple(table["tests"])}))
    return sorted(mutants, key=lambda mutant: mutant.name)


def choose(patterns: Sequence[str], commit: str) -> list[Mutant]:
    """Return the mutants that patterns (`writer-*`) name, or the share of a commit.

    Raises:
        ValueError: A pattern names none, or `commit` is no hash.
    """
    mutants = catalogue()
    if commit:
        turn = int(commit[:8], 16) % SLICES
        return mutants[turn::SLICES]
    for pattern in patterns:
        if not any(fnmatchcase(mutant.name, pattern) for mutant in mutants):
            raise ValueError(f"There is no mutant {pattern}; LIST=1 names them.")
    wanted = patterns or ["*"]
    return [m for m in mutants if any(fnmatchcase(m.name, pattern) for pattern in wanted)]
