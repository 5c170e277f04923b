"""What the supervisor runs: units, and the plan that names them all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["server", "task"]


@dataclass(frozen=True)
class Unit:
    """One process.

    A *server* runs until it is stopped and is started again when it dies. A
    *task* runs once, to exit code 0, each time the stack starts. A unit starts
    when everything in `needs` is ready (servers) or done (tasks).
    """

    name: str
    argv: tuple[str, ...]
    kind: Kind = "server"
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the supervisor's own environment."""
    needs: tuple[str, ...] = ()
    probe: str = ""
    """How to tell that it is ready (see probes.py); a server without one is ready at once."""
    ports: tuple[int, ...] = ()
    """What it listens on; checked before it starts."""
    stop_seconds: float = 10.0
    """From SIGTERM to SIGKILL."""
    stop_rank: int = 0
    """Lower ranks are stopped first, and are gone before the next rank is told."""
    workers: bool = False
    """It cannot work without its child processes: one that vanishes restarts the unit."""
    version: str = ""
    """A digest of what it runs; a unit whose version changed is restarted by the next start."""


def write_plan(path: Path, units: Iterable[Unit]) -> None:
    """Replace the plan at `path` in one step."""
    replace_text(path, json.dumps([asdict(unit) for unit in units], indent=1))


def read_plan(path: Path) -> dict[str, Unit]:
    """The units of the plan at `path`, by name; none where there is no plan."""
    if not path.exists():
        return {}
    units = (_from_json(fields) for fields in json.loads(path.read_text()))
    return {unit.name: unit for unit in units}


def _from_json(fields: dict[str, object]) -> Unit:
    tuples = {name: tuple(fields[name]) for name in ("argv", "needs", "ports")}  # type: ignore[arg-type]
    return Unit(**{**fields, **tuples})  # type: ignore[arg-type]


def replace_text(path: Path, text: str) -> None:
    """Write `text` so that a reader sees the old file or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)
