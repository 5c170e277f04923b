"""What must hold before anything is started; each failure is one sentence that says what to do."""

from __future__ import annotations

import socket
from collections.abc import Container, Iterable

import psutil

from kanvas_local.errors import StackError
from kanvas_local.ports import HOST
from kanvas_local.units import Unit

_MEMORY_BYTES = 3 * 1024**3


def check_memory() -> None:
    """Check that 3 GB of memory are to be had.

    Raises:
        StackError: There is less.
    """
    available = int(psutil.virtual_memory().available)
    if available < _MEMORY_BYTES:
        raise StackError(
            f"Only {available / 1e9:.1f} GB of memory is available and the stack needs 3 GB: "
            "close something large, or give the machine more memory."
        )


def check_ports(units: Iterable[Unit], held: Container[int] = ()) -> None:
    """Check that nothing listens where one of `units` wants to.

    Args:
        units: What is to be started.
        held: Ports that the stack itself holds already.

    Raises:
        StackError: Something does.
    """
    for unit in units:
        for port in unit.ports:
            if port not in held and not _is_free(port):
                raise StackError(
                    f"Port {port} (for {unit.name}) is in use{_by_whom(port)}: stop that, "
                    "or choose other ports (`make run BASE=9080`)."
                )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that are merely winding down do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _by_whom(port: int) -> str:
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return " (by whom only root may see)"
    for connection in connections:
        local = connection.laddr
        if local and local.port == port and connection.status == psutil.CONN_LISTEN:
            if connection.pid is None:
                return " by a process of another user"
            try:
                process = psutil.Process(connection.pid)
                # Stacks run in their own folders: that tells which checkout it is.
                return f" by {process.name()} (pid {process.pid}, in {process.cwd()})"
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                break
    return ""
