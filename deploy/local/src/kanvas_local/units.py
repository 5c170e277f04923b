"""What the supervisor runs: units, and the plan that names them all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["server", "task"]

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What reading a file raises that is cut short, or of another release."""


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
    beside: tuple[str, ...] = ()
    """What has to run too, and what the unit waits for by itself once it has started."""
    after: tuple[str, ...] = ()
    """What goes first where it runs too, since people wait for it."""
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
    shared_memory: str = ""
    """How the names of the shared memory begin that it leaves behind when it is killed."""
    rebuildable: str = ""
    """A folder with nothing in it that cannot be made again from elsewhere: it is set
    aside, and the unit starts with an empty one, where the unit cannot start with it."""
    version: str = ""
    """A digest of the files it runs, so that a unit whose code changed counts as another."""

    @property
    def digest(self) -> str:
        """Tells units apart that share a name."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Plan:
    """All that one stack shall run, and the settings that it was made from."""

    base_port: int = 0
    instances: int = 1
    units: Mapping[str, Unit] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Replace the plan at `path` in one step."""
        replace_text(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Return the plan at `path`; an empty one where none can be read."""
        try:
            fields = json.loads(path.read_text())
            units = {name: _unit(unit) for name, unit in fields["units"].items()}
            return cls(fields["base_port"], fields["instances"], units)
        except (FileNotFoundError, *UNREADABLE):
            return cls()


def _unit(fields: dict[str, Any]) -> Unit:
    # A stack that runs may have been started by an earlier release, which knew less of a unit.
    several = ("argv", "needs", "beside", "after", "ports")
    tuples = {name: tuple(fields.get(name, ())) for name in several}
    return Unit(**{**fields, **tuples})


def replace_text(path: Path, text: str) -> None:
    """Write `text` so that a reader sees the old file or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
