"""Wires the process: the only place that chooses adapters."""

from collections.abc import Sequence
from pathlib import Path

from kanvas.timeline.v1.service_pb2_grpc import add_TimelineServiceServicer_to_server
from kanvas_platform.cassandra.migrations import migrate
from kanvas_platform.clock import SystemClock
from kanvas_platform.kafka.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.replica import Replica
from kanvas_platform.kafka.writer import Writer
from kanvas_platform.lifecycle import Component, Readiness
from kanvas_platform.observability import LoopLag
from kanvas_platform.ops import OpsServer
from kanvas_platform.rpc.server import Forwarding, Registration, RpcServer
from kanvas_platform.settings import parse_addresses
from kanvas_timeline.adapters.cassandra_store import CassandraFeedStore
from kanvas_timeline.copy_graph import GraphCopier, Office
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.logs import FEED, SIDES
from kanvas_timeline.domain.recent import RecentLog
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.entrypoints.grpc import ACTING, SERVICE, WRITES, Timeline
from kanvas_timeline.materialise import Materialiser
from kanvas_timeline.metrics import observe_replica
from kanvas_timeline.reading.views import Views
from kanvas_timeline.settings import TimelineSettings

_SCHEMA = Path(__file__).parent / "schema"


async def build(settings: TimelineSettings) -> Sequence[Component]:
    """The components of one instance, in order of dependency."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    readiness = Readiness()
    state = TimelineState(RecentLog(limit_bytes=settings.recent_bytes))
    replica = Replica(broker=broker, main=FEED, sides=SIDES, state=state, clock=clock, name="feed")
    observe_replica(replica)
    office = Office()
    writer = Writer(
        service="timeline",
        address=settings.grpc_address,
        replica=replica,
        decide=decide,
        broker=broker,
        clock=clock,
        on_office=office.change,
    )
    store = CassandraFeedStore(
        contact_points=parse_addresses(settings.cassandra),
        keyspace=settings.cassandra_keyspace,
        clock=clock,
    )
    views = Views(replica=replica, store=store, clock=clock)
    server = RpcServer(
        listen=settings.grpc_listen,
        services=[
            Registration(
                add=add_TimelineServiceServicer_to_server,
                servicer=Timeline(views=views, commands=writer),
                full_name=SERVICE,
            )
        ],
        identity_required=ACTING,
        forward=Forwarding(
            methods=WRITES,
            in_office=lambda: writer.in_office,
            address=lambda: writer.office_address,
        ),
        ready=readiness,
    )
    readiness.require("replica", lambda: replica.ready)
    return [
        OpsServer(settings.ops_listen, readiness),
        LoopLag(),
        replica,
        store,
        Materialiser(broker=broker, store=store, recent=state.recent, clock=clock),
        writer,
        GraphCopier(broker=broker, commands=writer, state=state, office=office, clock=clock),
        server,
        readiness,
    ]


async def migrate_views(settings: TimelineSettings) -> list[str]:
    """Brings the schema of the views up to date; the names of the scripts that were applied.

    Raises what `kanvas_platform.cassandra.migrations.migrate` raises.
    """
    return await migrate(
        parse_addresses(settings.cassandra),
        settings.cassandra_keyspace,
        _SCHEMA,
        replication=settings.cassandra_replication,
    )
