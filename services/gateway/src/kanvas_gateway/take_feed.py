"""What the tail of the feed brings, to those who need it, in the order in which they need it."""

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_gateway.audiences import Audiences
from kanvas_gateway.fan_out import FanOut
from kanvas_platform.kafka.reading.tail import Delivered
from kanvas_platform.kafka.records.position import is_next
from kanvas_platform.observability import parse_traceparent, trace_id


class FeedIntake:
    """Takes the records of the feed. Call `hand_to` before the tail runs."""

    _fan_out: FanOut
    _audiences: Audiences

    def hand_to(self, fan_out: FanOut, audiences: Audiences) -> None:
        """Say who sends records, and who learns from them who follows and who is hidden.

        Apart from the constructor, because the fan-out holds on to the tail that calls `take`.
        """
        self._fan_out = fan_out
        self._audiences = audiences

    def take(self, delivered: Delivered[FeedRecord]) -> None:
        """Take the next record."""
        before, position = self._fan_out.applied, delivered.position
        # A record that was set aside as poison leaves a hole that the tail does not report.
        if before and not is_next(position, before):
            self.lose(before, position)
        trace = parse_traceparent(delivered.trace)
        self._fan_out.take(
            delivered.record, time=delivered.time, trace="" if trace is None else trace_id(trace)
        )
        self._audiences.apply(delivered.record)

    def lose(self, _before: int, found: int) -> None:
        """Take note that positions are missing before `found`, the next one to come."""
        self._fan_out.lose(found)
        self._audiences.reload()
