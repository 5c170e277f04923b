"""Wires the process: the only place that chooses adapters."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kanvas_platform.assembly import OwnLog, own_log, process
from kanvas_platform.cassandra.migrations import migrate
from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.lifecycle import Component
from kanvas_platform.rpc.server import Registration
from kanvas_platform.settings import parse_addresses
from kanvas_platform.standing import Standing
from kanvas_timeline.adapters.cassandra_store import CassandraFeedStore, mark_new_views
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.logs import FEED, SIDES
from kanvas_timeline.domain.recent import RecentLog
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.entrypoints.grpc import CONTRACT, Timeline
from kanvas_timeline.graph_copier import GraphCopier
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.materialiser import Materialiser
from kanvas_timeline.metrics import observe_replica
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.settings import TimelineSettings

_SCHEMA = Path(__file__).parent / "schema"


@dataclass(frozen=True)
class Core:
    """An instance without its front door.

    Attributes:
        log: The feed's log.
        sources: What reads look at.
        readers: What reads other logs or the same one once more, and may stand still.
        components: What has to run, in order of dependency.
    """

    log: OwnLog[TimelineState]
    sources: Sources
    readers: Sequence[Standing]
    components: Sequence[Component]


def assemble(
    *, broker: Broker, store: FeedStore, clock: Clock, address: str, recent_bytes: int
) -> Core:
    """Return an instance; `address` is where it takes forwarded commands."""
    leadership = Leadership()
    log = own_log(
        service="timeline",
        address=address,
        broker=broker,
        clock=clock,
        main=FEED,
        sides=SIDES,
        state=lambda _space: TimelineState(RecentLog(limit_bytes=recent_bytes)),
        decide=decide,
        on_leadership=leadership.change,
    )
    state = log.replica.state
    materialiser = Materialiser(
        broker=broker, store=store, recent=state.recent, leadership=leadership, clock=clock
    )
    copier = GraphCopier(
        broker=broker, commands=log.writer, state=state, leadership=leadership, clock=clock
    )
    return Core(
        log=log,
        sources=Sources(replica=log.replica, store=store, clock=clock),
        readers=[materialiser, copier],
        components=[log.replica, materialiser, log.writer, copier],
    )


async def build(settings: TimelineSettings) -> Sequence[Component]:
    """Return the components of a process, in order of dependency."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    store = CassandraFeedStore(
        contact_points=parse_addresses(settings.cassandra),
        keyspace=settings.cassandra_keyspace,
        clock=clock,
    )
    core = assemble(
        broker=broker,
        store=store,
        clock=clock,
        address=settings.grpc_address,
        recent_bytes=settings.recent_bytes,
    )
    observe_replica(core.log.replica)
    return process(
        settings,
        log=core.log,
        services=[Registration(CONTRACT, Timeline(sources=core.sources, commands=core.log.writer))],
        components=[store, *core.components],
        closes=[broker.close],
        readers=core.readers,
    )


async def migrate_views(settings: TimelineSettings) -> list[str]:
    """Bring the schema of the views up to date; return the names of the scripts that were applied.

    Views that are new, or have lost their mark with their rows, get one.

    Raises:
        KanvasError: What `kanvas_platform.cassandra.migrations.migrate` raises.
    """
    contact_points = parse_addresses(settings.cassandra)
    keyspace = settings.cassandra_keyspace
    applied = await migrate(
        contact_points, keyspace, _SCHEMA, replication=settings.cassandra_replication
    )
    await mark_new_views(contact_points, keyspace, SystemClock())
    return applied
