"""Wires the process: the only place that chooses adapters."""

from collections.abc import Sequence
from functools import partial

from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_platform.assembly import kept_state, own_log, process
from kanvas_platform.clock import SystemClock
from kanvas_platform.eraser import Eraser, FoldedAccounts
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.store.folder import Format
from kanvas_platform.lifecycle import Component
from kanvas_platform.object_store import open_store
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.server import Registration
from kanvas_social_graph.adapters.argon2 import Argon2Passwords
from kanvas_social_graph.adapters.object_store import ObjectArchives, ObjectPictures
from kanvas_social_graph.domain.belongings import belongings
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.logs import GRAPH, SIDES
from kanvas_social_graph.domain.state import FORMAT, GraphState
from kanvas_social_graph.entrypoints.grpc import CONTRACT, SocialGraph
from kanvas_social_graph.exporter import Exporter, ExportKeeper, ExportRules, Underway
from kanvas_social_graph.grace_keeper import GraceKeeper
from kanvas_social_graph.kept_handles import HandleSecret
from kanvas_social_graph.make_export import Belongings
from kanvas_social_graph.metrics import observe_state
from kanvas_social_graph.settings import SocialGraphSettings

_SERVICE = "social-graph"
_HOUR = 3600.0
_DAY = 24 * _HOUR


async def build(settings: SocialGraphSettings) -> Sequence[Component]:
    """Return the components of one instance, in order of dependency."""
    secret = HandleSecret.read(settings.handle_key_file)
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    kept = await kept_state(settings, Format(_SERVICE, FORMAT, (GRAPH, *SIDES)), clock)
    log = own_log(
        service=_SERVICE,
        address=settings.grpc_address,
        broker=broker,
        clock=clock,
        main=GRAPH,
        sides=SIDES,
        state=GraphState,
        decide=decide,
        kept=kept,
    )
    observe_state(log.replica.state, clock)
    timeline, images = connect(settings.timeline_targets), connect(settings.imagegen_targets)
    archives, underway = ObjectArchives(open_store(settings.exports_url)), Underway()
    rules = ExportRules(
        keep_seconds=settings.export_keep_days * _DAY,
        give_up_seconds=settings.export_give_up_hours * _HOUR,
        pause_seconds=settings.export_pause_hours * _HOUR,
    )
    exporter = Exporter(
        belongings=Belongings(
            replica=log.replica,
            timeline=timeline.stub(TimelineServiceStub),
            images=images.stub(ImageGenerationServiceStub),
            pictures=ObjectPictures(open_store(settings.media_url)),
        ),
        commands=log.writer,
        archives=archives,
        clock=clock,
        rules=rules,
        underway=underway,
    )
    export_keeper = ExportKeeper(
        replica=log.replica, commands=log.writer, archives=archives, clock=clock
    )
    servicer = SocialGraph(
        replica=log.replica,
        commands=log.writer,
        passwords=Argon2Passwords(),
        secret=secret,
        grace_seconds=settings.grace_seconds,
        clock=clock,
        underway=underway,
        export_pause_seconds=rules.pause_seconds,
    )
    keeper = GraceKeeper(replica=log.replica, commands=log.writer, secret=secret, clock=clock)
    eraser = Eraser(
        commands=log.writer,
        accounts=FoldedAccounts(log.replica.state.erased),
        belongings=partial(belongings, log.replica.state),
        clock=clock,
    )
    return process(
        settings,
        log=log,
        services=[Registration(CONTRACT, servicer)],
        components=[*log.components, keeper, eraser, exporter, export_keeper],
        closes=[broker.close, timeline.close, images.close],
    )
