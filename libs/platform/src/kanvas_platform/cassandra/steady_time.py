"""The driver measures time by a clock that nobody sets.

It plans everything by the time of day: when to connect again, when to send a heartbeat, when a
statement was too slow. On a machine whose clock was two days ahead and is set right, what it had
planned meanwhile waits for two days, and so does the connection to a server that has come back.
Our own code measures with the monotonic clock; here the driver's modules are made to do the same.
"""

import sys
import time
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

from cassandra import cluster, connection, pool

# Stands where the driver has the module `time`, of which it only ever compares differences.
_STEADY = SimpleNamespace(time=time.monotonic, sleep=time.sleep)


def use_steady_time() -> None:
    """Let the driver measure by the monotonic clock; before its first connection, for good."""
    for module in _measuring():
        module.time = _STEADY  # type: ignore[attr-defined]
    # When events of the server are looked at; the class keeps the module under its own name.
    cluster.ControlConnection._time = _STEADY  # noqa: SLF001


def _measuring() -> Sequence[ModuleType]:
    reactor = sys.modules[cluster.Cluster.connection_class.__module__]
    return (cluster, connection, pool, reactor)
