"""The graph's log as social-graph writes it, for tests that have no social-graph."""

from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas_platform.kafka.broker.port import OutRecord
from kanvas_platform.kafka.records import codec
from kanvas_timeline.domain.logs import GRAPH, copy_draft


class GraphLog:
    """Numbers records and puts them into the form in which they stand in Kafka.

    Attributes:
        position: Position of the last record; 0 before the first.
    """

    def __init__(self) -> None:
        self.position = 0
        self._created: dict[str, int] = {}

    def next(self, record: GraphRecord, *, now: float, trace: str = "") -> OutRecord:
        """Return the next record; `now` is unix seconds."""
        self.position += 1
        key = copy_draft(record, self.position).key
        meta = record.meta
        meta.position = self.position
        meta.created_position = self._created.setdefault(key, self.position)
        meta.decided_at.FromMilliseconds(round(now * 1000))
        kind = record.WhichOneof("entity")
        return codec.encode(GRAPH, key, f"kanvas.graph.{kind}.v1", record, trace)
