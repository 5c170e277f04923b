"""The table behind `make status`."""

from __future__ import annotations

from kanvas_local.processes import ProcessId, resident_bytes
from kanvas_local.state import StackState
from kanvas_local.units import Plan

_COLUMNS = "{:<16}{:<12}{:>8}{:>10}{:>10}  {}"


def status_table(state: StackState, plan: Plan) -> str:
    """Return a line for each process, and the memory of all."""
    supervisor = state.supervisor.find() if state.supervisor else None
    used = int(supervisor.memory_info().rss) if supervisor else 0
    pid = state.supervisor.pid if state.supervisor else "-"
    lines = [
        _COLUMNS.format("process", "state", "pid", "memory", "restarts", "ports"),
        _COLUMNS.format("supervisor", "running", pid, _megabytes(used), "", ""),
    ]
    for name, unit in state.units.items():
        memory = _memory(unit.process)
        used += memory
        ports = plan.units[name].ports if name in plan.units else ()
        lines.append(
            _COLUMNS.format(
                name,
                unit.phase,
                unit.process.pid if unit.process else "-",
                _megabytes(memory),
                unit.restarts or "",
                " ".join(str(port) for port in ports),
            )
        )
    lines.append(_COLUMNS.format("all", "", "", _megabytes(used), "", ""))
    return "\n".join(line.rstrip() for line in lines)


def _memory(process: ProcessId | None) -> int:
    found = process.find() if process else None
    return resident_bytes(found) if found else 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size else "-"
