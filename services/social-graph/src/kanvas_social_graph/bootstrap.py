"""Wires the process: the only place that chooses adapters."""

from collections.abc import Sequence

from kanvas_platform.clock import SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.lifecycle import Component, Connections, Readiness
from kanvas_platform.observability import LoopLag
from kanvas_platform.ops import OpsServer
from kanvas_platform.rpc.server import Registration, RpcServer
from kanvas_social_graph.adapters.argon2 import Argon2Passwords
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.logs import CREDENTIALS, GRAPH
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.entrypoints.grpc import CONTRACT, SocialGraph
from kanvas_social_graph.metrics import observe_state
from kanvas_social_graph.settings import SocialGraphSettings


async def build(settings: SocialGraphSettings) -> Sequence[Component]:
    """The components of one instance, in order of dependency."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    readiness = Readiness()
    replica = Replica(
        broker=broker,
        main=GRAPH,
        sides=[CREDENTIALS],
        state=GraphState(),
        clock=clock,
        name="graph",
    )
    observe_state(replica.state)
    writer = Writer(
        service="social-graph",
        address=settings.grpc_address,
        replica=replica,
        decide=decide,
        broker=broker,
        clock=clock,
    )
    server = RpcServer(
        listen=settings.grpc_listen,
        services=[
            Registration(
                CONTRACT,
                SocialGraph(
                    replica=replica, commands=writer, passwords=Argon2Passwords(), clock=clock
                ),
            )
        ],
        leadership=writer,
        ready=readiness,
    )
    readiness.require("replica", lambda: replica.ready)
    readiness.watch(replica)
    return [
        OpsServer(settings.ops_listen, readiness),
        LoopLag(),
        Connections(broker.close),
        replica,
        writer,
        server,
        readiness,
    ]
