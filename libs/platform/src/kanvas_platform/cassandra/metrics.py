"""Metrics of the Cassandra kit. A statement's label is its verb and table."""

from prometheus_client import Counter, Gauge, Histogram

statement_seconds = Histogram(
    "kanvas_cassandra_statement_seconds",
    "Time of a statement from the call to its rows, waiting for room included; outcome: OK, "
    "CANCELLED, or the status of the error",
    ["statement", "outcome"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
in_flight = Gauge(
    "kanvas_cassandra_in_flight", "Statements sent and not yet answered or given up by the driver"
)
waiting = Gauge("kanvas_cassandra_waiting", "Statements that wait for room to be sent")
connect_failures = Counter(
    "kanvas_cassandra_connect_failures_total", "Attempts to connect that failed"
)
