"""The one place that chooses adapters and wires them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from kanvas_imagegen.adapters.object_store import ObjectPictureStore
from kanvas_imagegen.adapters.scheduler_rpc import RpcScheduler
from kanvas_imagegen.adapters.social_graph_rpc import RpcErasedAccounts
from kanvas_imagegen.adapters.timeline_rpc import RpcPosts
from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.domain.belongings import belongings
from kanvas_imagegen.domain.catalogue import CATALOGUE, Catalogue
from kanvas_imagegen.domain.decide import decide
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import FORMAT, Jobs
from kanvas_imagegen.entrypoints.grpc import (
    IMAGE_GENERATION,
    WORKER,
    ImageGenerationService,
    WorkerService,
)
from kanvas_imagegen.lease_keeper import LeaseKeeper
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_imagegen.model_health import ModelHealth
from kanvas_imagegen.picture_sweeper import PictureSweeper
from kanvas_imagegen.ports import Painter, PictureStore, Scheduler
from kanvas_imagegen.settings import ImagegenSettings
from kanvas_imagegen.shelf_keeper import ShelfKeeper
from kanvas_imagegen.worker import Worker
from kanvas_platform.assembly import OwnLog, kept_state, own_log, process
from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.eraser import Eraser
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.reading.kept import Kept
from kanvas_platform.kafka.store.folder import Format
from kanvas_platform.lifecycle import Component
from kanvas_platform.object_store import open_store
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.server import Registration

_SERVICE = "imagegen"
_DAY = 24 * 3600.0


@dataclass(frozen=True)
class Scheduling:
    """What decides: the log of the jobs, and the calls that come in.

    Attributes:
        log: The log of the jobs.
        services: What gRPC serves.
        keepers: Take back the leases that have run out, and forget what was kept long enough.
    """

    log: OwnLog[Jobs]
    services: Sequence[Registration]
    keepers: Sequence[Component]


async def build(settings: ImagegenSettings) -> Sequence[Component]:
    """Return the components of one process, in order of dependency."""
    clock = SystemClock()
    painter = TritonPainter(settings.triton_grpc, probe_model=CATALOGUE.default.name)
    broker = KafkaBroker(settings.kafka)
    # Through the front door: a worker in another process or on another machine is no different.
    own_door = connect(settings.grpc_address)
    timeline, graph = connect(settings.timeline_targets), connect(settings.social_graph_targets)
    store = ObjectPictureStore(open_store(settings.media_url))
    scheduling = schedule(
        address=settings.grpc_address,
        broker=broker,
        catalogue=CATALOGUE,
        clock=clock,
        keep_seconds=settings.keep_days * _DAY,
        kept=await kept_state(settings, Format(_SERVICE, FORMAT, (IMAGES,)), clock),
    )
    workers = painting(
        settings,
        scheduler=RpcScheduler(own_door),
        painter=painter,
        store=store,
        catalogue=CATALOGUE,
        clock=clock,
    )
    sweeper = PictureSweeper(
        replica=scheduling.log.replica,
        commands=scheduling.log.writer,
        store=store,
        posts=RpcPosts(timeline),
        clock=clock,
        seconds=settings.sweep_seconds,
        most=settings.sweep_most,
    )
    eraser = Eraser(
        commands=scheduling.log.writer,
        accounts=RpcErasedAccounts(graph),
        belongings=partial(belongings, scheduling.log.replica.state),
        clock=clock,
    )
    return process(
        settings,
        log=scheduling.log,
        services=scheduling.services,
        components=[*scheduling.log.components, *scheduling.keepers, sweeper, eraser],
        guests=workers,
        closes=[broker.close, painter.close, own_door.close, timeline.close, graph.close],
    )


def schedule(
    *,
    address: str,
    broker: Broker,
    catalogue: Catalogue,
    clock: Clock,
    keep_seconds: float,
    kept: Kept | None = None,
) -> Scheduling:
    """Return what decides.

    Args:
        address: Where this instance takes forwarded commands.
        broker: Where the log is.
        catalogue: What can paint.
        clock: Time.
        keep_seconds: How long a job is kept that has ended and is not published.
        kept: Where the state stands on disk; None: in memory only.
    """
    live = LiveJobs(clock=clock)
    log = own_log(
        service=_SERVICE,
        address=address,
        broker=broker,
        clock=clock,
        main=IMAGES,
        state=Jobs,
        decide=decide,
        kept=kept,
        on_applied=live.on_applied,
        on_leadership=live.on_leadership,
    )
    jobs = ImageGenerationService(
        replica=log.replica, commands=log.writer, live=live, catalogue=catalogue, clock=clock
    )
    leases = WorkerService(
        replica=log.replica,
        commands=log.writer,
        live=live,
        clock=clock,
        keep_seconds=keep_seconds,
    )
    return Scheduling(
        log=log,
        services=[Registration(IMAGE_GENERATION, jobs), Registration(WORKER, leases)],
        keepers=[
            LeaseKeeper(
                live=live,
                replica=log.replica,
                commands=log.writer,
                clock=clock,
                keep_seconds=keep_seconds,
            ),
            ShelfKeeper(replica=log.replica, commands=log.writer, clock=clock),
        ],
    )


def painting(
    settings: ImagegenSettings,
    *,
    scheduler: Scheduler,
    painter: Painter,
    store: PictureStore,
    catalogue: Catalogue,
    clock: Clock,
) -> Sequence[Component]:
    """Return what paints: the workers of this process, and what tells them whether to begin."""
    if not settings.workers:
        return []
    health = ModelHealth(painter=painter, clock=clock)
    workers = [
        Worker(
            name=f"worker-{number}",
            scheduler=scheduler,
            painter=painter,
            store=store,
            health=health,
            catalogue=catalogue,
            clock=clock,
        )
        for number in range(1, settings.workers + 1)
    ]
    return [health, *workers]
