"""Wires the process: the only place that chooses adapters."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
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
from kanvas_timeline.audit_sampler import AuditSampler
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.logs import FEED, SIDES
from kanvas_timeline.domain.recent import RecentLog
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.entrypoints.audit import audit
from kanvas_timeline.entrypoints.grpc import CONTRACT, Timeline
from kanvas_timeline.graph_copier import GraphCopier
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.materialiser import Materialiser
from kanvas_timeline.metrics import observe_replica
from kanvas_timeline.ports import FeedStore
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.settings import AUDIT_SECONDS, TimelineSettings

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
    *,
    broker: Broker,
    store: FeedStore,
    clock: Clock,
    address: str,
    recent_bytes: int,
    audit_seconds: float = AUDIT_SECONDS,
) -> Core:
    """Return an instance.

    Args:
        broker: Where the logs are.
        store: The views.
        clock: Time.
        address: Where it takes forwarded commands.
        recent_bytes: Memory for the recent log.
        audit_seconds: From one sample of the views to the next, on average.
    """
    leadership = Leadership()
    log = own_log(
        service="timeline",
        address=address,
        broker=broker,
        clock=clock,
        main=FEED,
        sides=SIDES,
        state=lambda space: TimelineState(space, RecentLog(limit_bytes=recent_bytes)),
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
    sampler = AuditSampler(broker=broker, store=store, clock=clock, seconds=audit_seconds)
    return Core(
        log=log,
        sources=Sources(replica=log.replica, store=store, clock=clock),
        readers=[materialiser, copier],
        components=[log.replica, materialiser, log.writer, copier, sampler],
    )


async def build(settings: TimelineSettings) -> Sequence[Component]:
    """Return the components of a process, in order of dependency."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    store = _views(settings, clock)
    core = assemble(
        broker=broker,
        store=store,
        clock=clock,
        address=settings.grpc_address,
        recent_bytes=settings.recent_bytes,
        audit_seconds=settings.audit_seconds,
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


async def audit_views(settings: TimelineSettings, *, records_per_second: int) -> int:
    """Compare the views with the log, and print what differs; return the exit status."""
    clock = SystemClock()
    broker, store = KafkaBroker(settings.kafka), _views(settings, clock)
    connecting = asyncio.create_task(store.run(), name=store.name)
    try:
        return await audit(
            broker=broker,
            store=store,
            clock=clock,
            records_per_second=records_per_second,
            say=partial(print, flush=True),
        )
    finally:
        connecting.cancel()
        await asyncio.wait([connecting])
        await broker.close()


def _views(settings: TimelineSettings, clock: Clock) -> CassandraFeedStore:
    return CassandraFeedStore(
        contact_points=parse_addresses(settings.cassandra),
        keyspace=settings.cassandra_keyspace,
        clock=clock,
    )
