"""What `make coverage` prints: a row for each room of the code, and what its bar leaves open.

Reads what `coverage run` has measured. A room is a package or a folder directly in one. Those that
hold rules, where a branch that no test takes is a rule that no test knows, have a bar: all lines
and all branches. A line that no test can reach says why (`# pragma: no cover: reason`).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coverage import Coverage

WHOLE = ("domain", "kafka")
"""Folders with a bar."""

ELSEWHERE = {
    "kafka/broker/aiokafka_broker.py": "speaks to Kafka: see tests/contract/kafka",
    "kafka/broker/candidate.py": "speaks to Kafka: see tests/contract/kafka",
    "kafka/halting/operate.py": "a command line: see tests/integration/readers",
}
"""Files without a bar in rooms that have one, by the end of their path, and why."""


@dataclass
class Room:
    """What was measured of a folder.

    Attributes:
        there: Its statements and branches.
        taken: Those that a test went through.
        missing: A line for each file with some that no test went through.
    """

    there: int = 0
    taken: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether no statement and no branch is left."""
        return self.taken == self.there


def main() -> int:
    """Print the table; 1 where a room with a bar is below it."""
    files = _report()["files"]
    for excused in ELSEWHERE:
        if not any(path.endswith(excused) for path in files):
            print(f"tests/covered.py excuses {excused}, which is no file any more.")
            return 1
    rooms = in_rooms(files)
    print(f"\n{'room':<28}{'to take':>9}{'taken':>9}{'':>9}  bar")
    open_rooms = []
    for name, room in sorted(rooms.items()):
        barred = name.rpartition("/")[2] in WHOLE
        bar = "" if not barred else "100 %  met" if room.whole else "100 %  missed"
        # Rounded down: 100.0 % is all of it.
        share = int(1000 * room.taken / room.there) / 10 if room.there else 100.0
        print(f"{name:<28}{room.there:>9}{room.taken:>9}{share:>7} %  {bar}".rstrip())
        if barred and not room.whole:
            open_rooms.append(room)
    for room in open_rooms:
        print("\n" + "\n".join(room.missing))
    return 1 if open_rooms else 0


def in_rooms(files: Mapping[str, Any]) -> dict[str, Room]:
    """Return by name ("timeline/domain") what was measured of each room's files."""
    rooms: dict[str, Room] = defaultdict(Room)
    for path, found in files.items():
        if path.endswith(tuple(ELSEWHERE)):
            continue
        room = rooms[room_of(path)]
        summary = found["summary"]
        room.there += summary["num_statements"] + summary["num_branches"]
        room.taken += summary["covered_lines"] + summary["covered_branches"]
        lines = [str(line) for line in found["missing_lines"]]
        branches = [f"{start}→{end}" for start, end in found["missing_branches"]]
        if lines or branches:
            room.missing.append(f"{path}: {', '.join(lines + branches)}")
    return rooms


def room_of(path: str) -> str:
    """Return the room of a file: `…/src/kanvas_timeline/domain/decide.py` is timeline/domain."""
    package, *inner = path.partition("/src/kanvas_")[2].split("/")
    return "/".join([package, *inner[:-1][:1]])


def _report() -> dict[str, Any]:
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "report.json"
        coverage.json_report(outfile=str(written))
        report: dict[str, Any] = json.loads(written.read_text())
    return report


if __name__ == "__main__":
    sys.exit(main())
