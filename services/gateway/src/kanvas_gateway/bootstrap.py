"""Wires the process: the only place that chooses adapters."""

from dataclasses import dataclass

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_gateway.audiences import Audiences
from kanvas_gateway.converse import Conversation
from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.domain.logs import FEED
from kanvas_gateway.domain.ring import Ring
from kanvas_gateway.entrypoints.stream.listener import StreamListener
from kanvas_gateway.fan_out import FanOut
from kanvas_gateway.ports import Images, Timeline
from kanvas_gateway.take_feed import FeedIntake
from kanvas_gateway.tokens import Tokens
from kanvas_gateway.watch_jobs import JobWatches
from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker import Broker
from kanvas_platform.kafka.tail import Since, Tail
from kanvas_platform.lifecycle import Component


@dataclass(frozen=True)
class LiveStream:
    """The parts of the live stream."""

    tail: Tail[FeedRecord]
    fan_out: FanOut
    audiences: Audiences
    jobs: JobWatches
    listener: StreamListener

    def components(self) -> list[Component]:
        """Return what runs, in order of dependency."""
        return [self.tail, self.fan_out, self.audiences, self.jobs, self.listener]


def wire_stream(
    *,
    broker: Broker,
    timeline: Timeline,
    images: Images,
    tokens: Tokens,
    clock: Clock,
    listen: str,
    ring_bytes: int,
    ring_seconds: float,
) -> LiveStream:
    """Make the live stream; the tail begins so far back that the ring is filled."""
    index = AudienceIndex()
    intake = FeedIntake()
    tail: Tail[FeedRecord] = Tail(
        broker=broker,
        log=FEED,
        on_record=intake.take,
        start=Since(clock.now() - ring_seconds),
        clock=clock,
        name="feed",
        on_gap=intake.lose,
    )
    ring = Ring(max_bytes=ring_bytes, max_age=ring_seconds)
    fan_out = FanOut(tail=tail, ring=ring, index=index, clock=clock)
    audiences = Audiences(
        index=index,
        timeline=timeline,
        clock=clock,
        applied=lambda: fan_out.applied,
        suspend=fan_out.suspend,
        go_on=fan_out.go_on,
    )
    intake.hand_to(fan_out, audiences)
    jobs = JobWatches(images=images, clock=clock, nudge=fan_out.nudge)
    conversation = Conversation(fan_out=fan_out, audiences=audiences, jobs=jobs, tokens=tokens)
    listener = StreamListener(
        listen=listen, conversation=conversation, fan_out=fan_out, clock=clock
    )
    return LiveStream(tail, fan_out, audiences, jobs, listener)
