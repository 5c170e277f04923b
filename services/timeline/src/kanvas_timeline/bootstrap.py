"""Wires the process: the only place that chooses adapters."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kanvas_platform.assembly import OwnLog, kept_state, own_log, process
from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.eraser import Eraser, FoldedAccounts
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.reading.kept import Kept
from kanvas_platform.kafka.store.folder import Format
from kanvas_platform.lifecycle import Component
from kanvas_platform.rpc.server import Registration
from kanvas_platform.settings import parse_addresses
from kanvas_platform.standing import Standing
from kanvas_timeline.adapters.cassandra_tables import CassandraTables
from kanvas_timeline.adapters.serving_views import ServingViews
from kanvas_timeline.audit_sampler import AuditSampler
from kanvas_timeline.domain.belongings import belongings
from kanvas_timeline.domain.decide import decide
from kanvas_timeline.domain.generations import FIRST
from kanvas_timeline.domain.logs import FEED, SIDES
from kanvas_timeline.domain.state import FORMAT, TimelineState
from kanvas_timeline.entrypoints.audit import audit
from kanvas_timeline.entrypoints.grpc import CONTRACT, Timeline
from kanvas_timeline.entrypoints.rebuild import give_up, rebuild
from kanvas_timeline.filling import Filling
from kanvas_timeline.graph_copier import GraphCopier
from kanvas_timeline.leadership import Leadership
from kanvas_timeline.materialiser import Materialiser
from kanvas_timeline.metrics import observe_replica
from kanvas_timeline.ports import FeedStore, Views
from kanvas_timeline.reading.sources import Sources
from kanvas_timeline.settings import AUDIT_SECONDS, TimelineSettings

_SERVICE = "timeline"
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
    store: Views,
    clock: Clock,
    address: str,
    recent_bytes: int,
    audit_seconds: float = AUDIT_SECONDS,
    kept: Kept | None = None,
) -> Core:
    """Return an instance.

    Args:
        broker: Where the logs are.
        store: The views.
        clock: Time.
        address: Where it takes forwarded commands.
        recent_bytes: Memory that the recent log may take.
        audit_seconds: From one sample of the views to the next, on average.
        kept: Where the state stands on disk; None: it is folded from the beginning, in memory.
    """
    leadership = Leadership()
    log = own_log(
        service=_SERVICE,
        address=address,
        broker=broker,
        clock=clock,
        main=FEED,
        sides=SIDES,
        state=partial(TimelineState, recent_bytes=recent_bytes),
        kept=kept,
        decide=decide,
        on_leadership=leadership.change,
    )
    state = log.replica.state
    materialiser = Materialiser(
        broker=broker, views=store, recent=state.recent, leadership=leadership, clock=clock
    )
    copier = GraphCopier(
        broker=broker, commands=log.writer, state=state, leadership=leadership, clock=clock
    )
    sampler = AuditSampler(broker=broker, views=store, clock=clock, seconds=audit_seconds)
    eraser = Eraser(
        commands=log.writer,
        accounts=FoldedAccounts(state.graph.erased),
        belongings=partial(belongings, state),
        clock=clock,
    )
    components: list[Component] = [log.replica, materialiser, log.writer, copier, sampler, eraser]
    return Core(
        log=log,
        sources=Sources(replica=log.replica, store=store, clock=clock),
        readers=[materialiser, copier],
        components=components if kept is None else [kept.flusher, *components],
    )


async def build(settings: TimelineSettings) -> Sequence[Component]:
    """Return the components of a process, in order of dependency."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    store = _views(settings, broker, clock)
    core = assemble(
        broker=broker,
        store=store,
        clock=clock,
        address=settings.grpc_address,
        recent_bytes=settings.recent_bytes,
        audit_seconds=settings.audit_seconds,
        kept=await kept_state(settings, Format(_SERVICE, FORMAT, (FEED, *SIDES)), clock),
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

    That is the keyspace of the settings, and that of the generation that serves. Views that are
    new, or have lost their mark with their rows, get one.

    Raises:
        KanvasError: What `kanvas_platform.cassandra.migrations.migrate` raises.
    """
    tables = _tables(settings, SystemClock())
    applied = await tables.make(FIRST)
    serving = await tables.serving()
    return applied if serving == FIRST else [*applied, *await tables.make(serving)]


async def audit_views(settings: TimelineSettings, *, records_per_second: int) -> int:
    """Compare the views with the log, and print what differs; return the exit status."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    views = _views(settings, broker, clock)
    connecting = asyncio.create_task(views.run(), name=views.name)
    try:
        return await audit(
            broker=broker,
            views=views,
            clock=clock,
            records_per_second=records_per_second,
            say=partial(print, flush=True),
        )
    finally:
        connecting.cancel()
        await asyncio.wait([connecting])
        await broker.close()


async def rebuild_views(settings: TimelineSettings, *, records_per_second: int) -> int:
    """Make all views anew and let them serve, and print how far it is; return the exit status."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    try:
        return await rebuild(
            broker=broker,
            tables=_tables(settings, clock),
            clock=clock,
            records_per_second=records_per_second,
            say=partial(print, flush=True),
        )
    finally:
        await broker.close()


async def give_rebuild_up(settings: TimelineSettings) -> int:
    """Take away what a rebuild has made that was not finished; return the exit status."""
    clock = SystemClock()
    tables = _tables(settings, clock)
    return await give_up(tables=tables, clock=clock, say=partial(print, flush=True))


def _views(settings: TimelineSettings, broker: Broker, clock: Clock) -> ServingViews:
    def fill(store: FeedStore) -> Coroutine[None, None, None]:
        return Filling(broker, store, clock).run()

    return ServingViews(_tables(settings, clock).open, fill=fill, clock=clock)


def _tables(settings: TimelineSettings, clock: Clock) -> CassandraTables:
    return CassandraTables(
        contact_points=parse_addresses(settings.cassandra),
        keyspace=settings.cassandra_keyspace,
        replication=settings.cassandra_replication,
        schema=_SCHEMA,
        clock=clock,
    )
