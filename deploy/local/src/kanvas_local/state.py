"""What the supervisor tells the world: one JSON file, replaced at each change."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from kanvas_local.processes import ProcessId
from kanvas_local.units import UNREADABLE, replace_text

Phase = Literal["waiting", "starting", "ready", "unready", "paused", "restarting", "failed", "done"]
"""waiting: for what it needs; unready: was ready, does not answer; paused: stopped by a signal;
failed: died again and again before it was ever ready; done: a task that ended well."""

SETTLED: frozenset[Phase] = frozenset({"ready", "done"})


@dataclass
class UnitState:
    """One unit as it is now."""

    phase: Phase = "waiting"
    process: ProcessId | None = None
    restarts: int = 0
    digest: str = ""
    """Of the unit that this is the state of."""
    set_aside: str = ""
    """The folder that was set aside for it, where one was."""


@dataclass
class StackState:
    """The whole stack as it is now."""

    supervisor: ProcessId | None = None
    base_port: int = 0
    instances: int = 1
    units: dict[str, UnitState] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Replace the file at `path`."""
        replace_text(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, path: Path) -> StackState:
        """Return the state in the file at `path`; an empty one where none can be read."""
        try:
            fields = json.loads(path.read_text())
            return cls(
                supervisor=_process(fields["supervisor"]),
                base_port=fields["base_port"],
                instances=fields["instances"],
                units={name: _unit(unit) for name, unit in fields["units"].items()},
            )
        except (FileNotFoundError, *UNREADABLE):
            return cls()

    @property
    def running(self) -> bool:
        """Whether the supervisor that wrote this is alive."""
        return self.supervisor is not None and self.supervisor.find() is not None

    def processes(self) -> dict[str, ProcessId]:
        """Return every process that was started and not seen to end, by unit."""
        return {name: unit.process for name, unit in self.units.items() if unit.process}


def _unit(fields: dict[str, Any]) -> UnitState:
    return UnitState(**{**fields, "process": _process(fields["process"])})


def _process(fields: dict[str, Any] | None) -> ProcessId | None:
    return ProcessId(**fields) if fields else None
