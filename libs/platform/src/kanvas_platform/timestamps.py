"""Unix time in seconds, as code computes with it, and protobuf's timestamps, as records hold it."""

from google.protobuf.timestamp_pb2 import Timestamp

_NANOSECONDS = 1_000_000_000


def to_seconds(moment: Timestamp) -> float:
    """Return the Unix time of a timestamp, in seconds."""
    return moment.seconds + moment.nanos / _NANOSECONDS


def to_timestamp(seconds: float) -> Timestamp:
    """Return the timestamp of a Unix time in seconds."""
    moment = Timestamp()
    moment.FromNanoseconds(int(seconds * _NANOSECONDS))
    return moment
