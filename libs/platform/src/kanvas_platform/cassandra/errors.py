"""What the driver raises, as errors that callers can act on."""

import cassandra
from cassandra import DriverException, OperationTimedOut, protocol
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException

from kanvas_platform.errors import DeadlineExceeded, Internal, KanvasError, Unavailable

# The driver hands most answers over as exceptions of its own and some as raw protocol messages.
_REFUSALS = (cassandra.RequestValidationException, protocol.RequestValidationException)
_PASSING = (
    DriverException,
    ConnectionException,
    protocol.ErrorMessage,
    OSError,
)


class StatementRefused(Internal):
    """Cassandra will refuse this statement however often it is repeated."""

    reason = "STATEMENT_REFUSED"


class Disconnected(Unavailable):
    """No node can be reached, or none lets this session into its keyspace: that may be gone."""


class KeyspaceMissing(Unavailable):
    """Cassandra is up and has no such keyspace: new, emptied, or dropped by somebody."""

    reason = "KEYSPACE_MISSING"


def translate(error: Exception) -> KanvasError:
    """Return the error to raise for one of the driver.

    `DeadlineExceeded`: our own time was over, and a write may still land. `StatementRefused`:
    deterministic. `Disconnected`: see there. `Unavailable`: everything else that a server or the
    network can cause, from a lost connection to a replica too few; a repeat is safe, because writes
    carry their timestamps. `Internal`: a fault of the driver itself.
    """
    kind = type(error).__name__
    if isinstance(error, OperationTimedOut):
        return DeadlineExceeded("Cassandra did not answer in time.")
    if isinstance(error, _REFUSALS):
        return StatementRefused(f"Cassandra refuses the statement ({kind}).")
    if isinstance(error, NoHostAvailable):
        return Disconnected(f"Cassandra is not available ({kind}).")
    if isinstance(error, _PASSING):
        return Unavailable(f"Cassandra is not available ({kind}).")
    return Internal(f"The Cassandra driver failed ({kind}).")
