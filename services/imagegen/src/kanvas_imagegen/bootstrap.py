"""The one place that chooses adapters and wires them."""

from collections.abc import Sequence

from kanvas_imagegen.adapters.object_store import ObjectPictureStore
from kanvas_imagegen.adapters.scheduler_rpc import RpcScheduler
from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.desk import Desk
from kanvas_imagegen.domain.catalogue import CATALOGUE, Catalogue
from kanvas_imagegen.domain.decide import decide
from kanvas_imagegen.domain.jobs import Jobs
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.entrypoints.grpc import (
    IMAGE_GENERATION,
    WORKER,
    ImageGeneration,
    WorkerDesk,
)
from kanvas_imagegen.expire_leases import LeaseKeeper
from kanvas_imagegen.ports import Painter, PictureStore, Scheduler
from kanvas_imagegen.pulse import Pulse
from kanvas_imagegen.settings import ImagegenSettings
from kanvas_imagegen.worker import Worker
from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.lifecycle import Component, Connections, Readiness
from kanvas_platform.observability import LoopLag
from kanvas_platform.ops import OpsServer
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.server import Registration, RpcServer

SERVICE = "imagegen"


async def build(settings: ImagegenSettings) -> Sequence[Component]:
    """Return the components of one process, in order of dependency."""
    clock = SystemClock()
    readiness = Readiness()
    painter = TritonPainter(settings.triton_grpc, probe_model=CATALOGUE.default.name)
    store = ObjectPictureStore(settings.media_url)
    broker = KafkaBroker(settings.kafka)
    # Through the front door: a worker in another process or on another machine is no different.
    own_door = connect(settings.grpc_address)
    return [
        Connections(broker.close, painter.close, own_door.close),
        OpsServer(settings.ops_listen, readiness),
        LoopLag(),
        *scheduling(settings, broker=broker, catalogue=CATALOGUE, clock=clock, readiness=readiness),
        *painting(
            settings,
            scheduler=RpcScheduler(own_door),
            painter=painter,
            store=store,
            catalogue=CATALOGUE,
            clock=clock,
        ),
        readiness,
    ]


def scheduling(
    settings: ImagegenSettings,
    *,
    broker: Broker,
    catalogue: Catalogue,
    clock: Clock,
    readiness: Readiness,
) -> Sequence[Component]:
    """Return what decides: the log, its writer, and the calls that come in."""
    desk = Desk(clock=clock)
    replica = Replica(
        broker=broker,
        main=IMAGES,
        sides=(),
        state=Jobs(),
        clock=clock,
        on_applied=desk.on_applied,
        name=f"{SERVICE}-replica",
    )
    writer = Writer(
        service=SERVICE,
        address=settings.grpc_address,
        replica=replica,
        decide=decide,
        broker=broker,
        clock=clock,
        on_leadership=desk.on_leadership,
    )
    readiness.require("replica", lambda: replica.ready)
    readiness.watch(replica)
    jobs = ImageGeneration(
        replica=replica, commands=writer, desk=desk, catalogue=catalogue, clock=clock
    )
    leases = WorkerDesk(replica=replica, commands=writer, desk=desk, clock=clock)
    server = RpcServer(
        listen=settings.grpc_listen,
        services=[
            Registration(IMAGE_GENERATION, jobs),
            Registration(WORKER, leases),
        ],
        leadership=writer,
        ready=readiness,
    )
    keeper = LeaseKeeper(desk=desk, replica=replica, commands=writer, clock=clock)
    return [replica, writer, server, keeper]


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
    pulse = Pulse(painter=painter, clock=clock)
    workers = [
        Worker(
            name=f"worker-{number}",
            scheduler=scheduler,
            painter=painter,
            store=store,
            pulse=pulse,
            catalogue=catalogue,
            clock=clock,
        )
        for number in range(1, settings.workers + 1)
    ]
    return [pulse, *workers]
