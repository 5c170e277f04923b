"""Metrics of the gRPC kit. Methods and message types are labels; ids never are."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

served_seconds = Histogram(
    "kanvas_rpc_server_seconds",
    "Time from the request of a unary call to its status",
    ["method", "code"],
    buckets=_SECONDS,
)
streams_ended = Counter(
    "kanvas_rpc_server_streams_ended_total", "Streaming calls that have ended", ["method", "code"]
)
in_progress = Gauge(
    "kanvas_rpc_server_in_progress", "Calls being served; kind: unary, stream", ["kind"]
)
forwarded = Counter(
    "kanvas_rpc_server_forwarded_total", "Calls passed on to the leader", ["method"]
)
called_seconds = Histogram(
    "kanvas_rpc_client_seconds",
    "Time of an outgoing unary call, with its repeats",
    ["request", "status"],
    buckets=_SECONDS,
)
repeats = Counter("kanvas_rpc_client_repeats_total", "Repeated outgoing calls", ["request"])
