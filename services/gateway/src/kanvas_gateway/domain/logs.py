"""The log that the gateway reads."""

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_platform.kafka.records.logs import LogSpec

FEED = LogSpec(
    topic="kanvas.feed.v1",
    record_type=FeedRecord,
    source="/kanvas/timeline/kanvas.feed.v1",
)
"""The one order of all that a screen may show. Timeline writes it."""

READ = (FEED,)
"""What the service reads; an operator can let it go past a record of each."""
