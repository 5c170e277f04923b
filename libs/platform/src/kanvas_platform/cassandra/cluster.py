"""How this project sets the driver up. Everything here blocks: call it in a thread."""

import logging
from collections.abc import Sequence

from cassandra import ConsistencyLevel, InvalidRequest
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, Session
from cassandra.policies import (
    DCAwareRoundRobinPolicy,
    ExponentialReconnectionPolicy,
    TokenAwarePolicy,
)
from cassandra.query import tuple_factory

from kanvas_platform.cassandra.errors import KeyspaceMissing
from kanvas_platform.cassandra.steady_time import use_steady_time

_CONNECT_SECONDS = 5.0
# A server that stopped answering is given up after the interval plus the time-out.
_HEARTBEAT_INTERVAL = 5
_HEARTBEAT_TIMEOUT = 5
_RECONNECT_FIRST, _RECONNECT_LONGEST = 0.25, 2.0


def open_cluster(
    contact_points: Sequence[tuple[str, int]], keyspace: str | None
) -> tuple[Cluster, Session]:
    """Connect.

    Raises:
        KeyspaceMissing: The cluster answers and has no such keyspace.
        Exception: What the driver raises, when nobody answers.
    """
    # It warns of every lost connection on each retry; we say so once, in our own words.
    logging.getLogger("cassandra").setLevel(logging.ERROR)
    use_steady_time()
    profile = ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy()),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        serial_consistency_level=ConsistencyLevel.LOCAL_SERIAL,
        row_factory=tuple_factory,
    )
    cluster = Cluster(
        contact_points=list(contact_points),
        port=contact_points[0][1],
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        reconnection_policy=ExponentialReconnectionPolicy(_RECONNECT_FIRST, _RECONNECT_LONGEST),
        connect_timeout=_CONNECT_SECONDS,
        control_connection_timeout=_CONNECT_SECONDS,
        idle_heartbeat_interval=_HEARTBEAT_INTERVAL,
        idle_heartbeat_timeout=_HEARTBEAT_TIMEOUT,
    )
    try:
        session = cluster.connect()
        if keyspace is not None:
            _use(session, keyspace)
    except BaseException:
        cluster.shutdown()
        raise
    return cluster, session


def _use(session: Session, keyspace: str) -> None:
    # `Cluster.connect(keyspace)` would say that no host is available.
    try:
        session.set_keyspace(keyspace)
    except InvalidRequest as error:
        raise KeyspaceMissing(f"Cassandra has no keyspace {keyspace}.") from error
