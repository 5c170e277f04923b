"""Wires the process of the live stream, which starts that of REST (`bootstrap_rest`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.block_link import HeardBlocks
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.domain.logs import FEED
from kanvas_gateway.ended_sessions import EndedSessions
from kanvas_gateway.entrypoints.grpc import CONTRACT, Gateway
from kanvas_gateway.entrypoints.stream.listener import StreamListener
from kanvas_gateway.rest_process import BothMetrics, RestProcess
from kanvas_gateway.settings import GatewaySettings
from kanvas_gateway.stream.audiences import Audiences
from kanvas_gateway.stream.catch_up import CatchUp
from kanvas_gateway.stream.client_frames import ClientFrames
from kanvas_gateway.stream.fan_out import FanOut
from kanvas_gateway.stream.feed_dispatch import FeedDispatch
from kanvas_gateway.stream.job_watches import JobWatches
from kanvas_gateway.stream.keeping_up import KeepingUp
from kanvas_gateway.stream.ring import Ring
from kanvas_gateway.stream.session_sockets import SessionSockets
from kanvas_gateway.stream.socket import Socket
from kanvas_gateway.tokens import ACCESS_SECONDS, CLOCK_LEEWAY_SECONDS, Tokens
from kanvas_platform.assembly import process
from kanvas_platform.clock import Clock, SystemClock
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.reading.tail import Since, Tail
from kanvas_platform.lifecycle import Component
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.server import Registration


@dataclass(frozen=True)
class LiveStream:
    """The parts of the live stream, all but its listener."""

    tail: Tail[FeedRecord]
    dispatch: FeedDispatch
    catch_up: CatchUp
    fan_out: FanOut
    audiences: Audiences
    jobs: JobWatches
    client_frames: ClientFrames
    ahead: BlocksAhead
    blocks: HeardBlocks

    def components(self) -> list[Component]:
        """Return what runs, in order of dependency."""
        return [self.tail, self.fan_out, self.audiences, self.jobs]

    def listener(self, *, listen: str, limit: ConnectionLimit, clock: Clock) -> StreamListener:
        """Return what takes sockets for it, after `components` in the order of dependency."""
        return StreamListener(
            listen=listen,
            limit=limit,
            client_frames=self.client_frames,
            catch_up=self.catch_up,
            fan_out=self.fan_out,
            clock=clock,
        )


def wire_stream(
    *,
    broker: Broker,
    timeline: TimelineServiceStub,
    images: ImageGenerationServiceStub,
    tokens: Tokens,
    clock: Clock,
    ring_bytes: int,
    ring_seconds: float,
) -> LiveStream:
    """Make the live stream.

    The tail begins so far back that the ring is filled, and that it meets the end of every session
    of which a token may still come: a socket is authenticated by an access token at most. So the
    ends of sessions are all known once the tail is ready.
    """
    index: AudienceIndex[Socket] = AudienceIndex()
    ring = Ring(max_bytes=ring_bytes, max_age=ring_seconds)
    keeping_up = KeepingUp()
    catch_up = CatchUp(ring=ring, index=index, keeping_up=keeping_up)
    ahead = BlocksAhead()
    audiences = Audiences(
        index=index, timeline=timeline, clock=clock, ring=ring, service=catch_up, ahead=ahead
    )
    sessions = SessionSockets(EndedSessions(clock=clock, complete=True))
    dispatch = FeedDispatch(ring=ring, ahead=ahead, audiences=audiences, sessions=sessions)
    back = max(ring_seconds, ACCESS_SECONDS + CLOCK_LEEWAY_SECONDS)
    tail: Tail[FeedRecord] = Tail(
        broker=broker,
        log=FEED,
        on_record=dispatch.take,
        start=Since(clock.now() - back),
        clock=clock,
        name="feed",
        on_gap=dispatch.lose,
    )
    fan_out = FanOut(
        tail=tail,
        ring=ring,
        news=dispatch.news,
        index=index,
        keeping_up=keeping_up,
        catch_up=catch_up,
        clock=clock,
    )
    jobs = JobWatches(images=images, clock=clock, nudge=catch_up.nudge)
    client_frames = ClientFrames(
        keeping_up=keeping_up,
        catch_up=catch_up,
        audiences=audiences,
        jobs=jobs,
        tokens=tokens,
        sessions=sessions,
    )
    blocks = HeardBlocks(ahead, audiences)
    return LiveStream(
        tail=tail,
        dispatch=dispatch,
        catch_up=catch_up,
        fan_out=fan_out,
        audiences=audiences,
        jobs=jobs,
        client_frames=client_frames,
        ahead=ahead,
        blocks=blocks,
    )


async def build(settings: GatewaySettings) -> Sequence[Component]:
    """Return the components of one instance, in order of dependency."""
    clock = SystemClock()
    broker = KafkaBroker(settings.kafka)
    timeline_client = connect(settings.timeline_targets)
    images_client = connect(settings.imagegen_targets)
    stream = wire_stream(
        broker=broker,
        timeline=timeline_client.stub(TimelineServiceStub),
        images=images_client.stub(ImageGenerationServiceStub),
        tokens=Tokens(
            key_file=settings.token_key_file,
            other_key_file=settings.other_token_key_file,
            clock=clock,
        ),
        clock=clock,
        ring_bytes=settings.ring_bytes,
        ring_seconds=settings.ring_seconds,
    )
    limit = ConnectionLimit(most=settings.stream_connections, each=settings.stream_connections_each)
    listener = stream.listener(listen=settings.stream_listen, limit=limit, clock=clock)
    rest = RestProcess(stream.blocks)
    servicer = Gateway(fan_out=stream.fan_out, listener=listener)
    return process(
        settings,
        services=[Registration(CONTRACT, servicer)],
        # REST before the stream, which so drains first: one client of REST may use up the drain's
        # time.
        components=[rest, *stream.components(), listener],
        closes=[broker.close, timeline_client.close, images_client.close],
        readers=[stream.tail],
        requires={
            "feed": lambda: stream.tail.ready and stream.fan_out.ready,
            "stream": lambda: listener.listening,
            "http": lambda: rest.ready,
        },
        registry=BothMetrics(rest),
    )
