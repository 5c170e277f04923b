"""Wires the process of REST, the child of that of the live stream (`bootstrap`)."""

import socket
from collections.abc import Sequence
from importlib import metadata

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.adapters.object_store import ObjectArchives, ObjectPictures
from kanvas_gateway.block_link import StreamLink, ToldBlocks
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.domain.logs import FEED
from kanvas_gateway.downloads import Downloads
from kanvas_gateway.ended_sessions import EndedBefore, EndedSessions
from kanvas_gateway.entrypoints.http.app import create_app
from kanvas_gateway.entrypoints.http.server import HttpServer, believe_proxies
from kanvas_gateway.entrypoints.http.services import HttpServices
from kanvas_gateway.public_pictures import PublicPictures
from kanvas_gateway.rest_feed import RestFeed
from kanvas_gateway.rest_process import ParentLink
from kanvas_gateway.session_uses import SessionUses
from kanvas_gateway.settings import GatewaySettings
from kanvas_gateway.tokens import Tokens
from kanvas_gateway.write_limits import WriteLimits
from kanvas_platform.clock import SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.reading.tail import Since, Tail
from kanvas_platform.lifecycle import Component, Connections, Readiness
from kanvas_platform.observability import LoopLag
from kanvas_platform.rpc.client import connect

_BEHIND_SECONDS = 5.0
"""A feed that was not read to its end for so long is not read as it should be."""


async def build_rest(settings: GatewaySettings, *, parent: int, stream: int) -> Sequence[Component]:
    """Return the components of the process, in order of dependency.

    Args:
        settings: The same as the parent's.
        parent: Descriptor of the socket over which it asks.
        stream: Descriptor of the socket over which it is told of blocks.
    """
    clock = SystemClock()
    readiness = Readiness()
    link = ParentLink(socket.socket(fileno=parent), readiness)
    stream_link = StreamLink(stream)
    broker = KafkaBroker(settings.kafka)
    graph_client = connect(settings.social_graph_targets)
    timeline_client = connect(settings.timeline_targets)
    images_client = connect(settings.imagegen_targets)
    graph = graph_client.stub(SocialGraphServiceStub)
    ahead, ended = BlocksAhead(), EndedSessions(clock=clock)
    ended_before = EndedBefore(
        ended=ended, graph=graph, clock=clock, is_behind=lambda: not tail.fresh(_BEHIND_SECONDS)
    )
    tail: Tail[FeedRecord] = Tail(
        broker=broker,
        log=FEED,
        on_record=RestFeed(ahead=ahead, ended=ended, lose=ended_before.lose).take,
        start=Since(clock.now() - settings.ring_seconds),
        clock=clock,
        name="feed",
        on_gap=ended_before.lose,
    )
    services = HttpServices(
        graph=graph,
        timeline=timeline_client.stub(TimelineServiceStub),
        images=images_client.stub(ImageGenerationServiceStub),
        pictures=ObjectPictures(settings.media_url),
        public_pictures=PublicPictures(removal_seconds=settings.media_removal_seconds),
        downloads=Downloads(ObjectArchives(settings.exports_url)),
        tail=tail,
        blocks=ToldBlocks(ahead, stream_link),
        tokens=Tokens(
            key_file=settings.token_key_file,
            other_key_file=settings.other_token_key_file,
            clock=clock,
        ),
        ended_sessions=ended,
        session_uses=SessionUses(graph=graph, clock=clock),
        stream_url=str(settings.stream_public_url),
        version=metadata.version("kanvas-gateway"),
        secure_cookies=settings.secure_cookies,
        write_limits=WriteLimits(clock=clock, exempt=settings.exempt_networks),
        knows_addresses=settings.knows_addresses,
    )
    http = HttpServer(
        listen=settings.http_listen,
        app=believe_proxies(
            create_app(services, web_root=settings.web_root), settings.trusted_proxies
        ),
        limit=ConnectionLimit(most=settings.http_connections, each=settings.http_connections_each),
    )
    readiness.watch(tail)
    readiness.require("feed", lambda: tail.ready)
    readiness.require("sessions", lambda: ended.known)
    readiness.require("http", lambda: http.listening)
    return [
        link,
        stream_link,
        LoopLag(),
        Connections(broker.close, graph_client.close, timeline_client.close, images_client.close),
        tail,
        ended_before,
        http,
        readiness,
    ]
