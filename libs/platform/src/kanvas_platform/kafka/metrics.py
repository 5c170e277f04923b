"""Metrics of the writer kit. Label sets are closed: names of logs, readers and services."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.002, 0.004, 0.006, 0.008, 0.012, 0.016, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

leads = Gauge("kanvas_writer_leads", "1 while this instance leads", ["service"])
terms_begun = Counter("kanvas_writer_terms_begun_total", "Terms begun", ["service"])
terms_ended = Counter(
    "kanvas_writer_terms_ended_total",
    "Terms ended; cause: fenced, replaced, displaced, broker, stopped, unfit, store, clock, fault",
    ["service", "cause"],
)
batches = Counter(
    "kanvas_writer_batches_total",
    "Batches by result: committed, empty (proven by a barrier), refused, displaced, unknown",
    ["service", "result"],
)
batch_commands = Histogram(
    "kanvas_writer_batch_commands",
    "Commands in a committed batch",
    ["service"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
commit_seconds = Histogram(
    "kanvas_writer_commit_seconds", "Duration of a transaction", ["service"], buckets=_SECONDS
)
ack_seconds = Histogram(
    "kanvas_writer_ack_seconds",
    "From a command's submission to its answer",
    ["service"],
    buckets=_SECONDS,
)
refused = Counter(
    "kanvas_writer_refused_total",
    "Commands that the writer did not carry out; reason: of the error",
    ["service", "reason"],
)
clock_ahead = Gauge(
    "kanvas_writer_clock_ahead_seconds",
    "By how much the own clock is ahead of the broker's (negative: behind): as measured at a "
    "commit, and moved by as much as the own clock was set since",
    ["service"],
)
foreign_records = Counter(
    "kanvas_writer_foreign_records_total",
    "Records in a log of the leader that it did not write; alert on any",
    ["service", "topic"],
)
queue_depth = Gauge("kanvas_writer_queue_commands", "Commands that wait", ["service"])
window_size = Gauge(
    "kanvas_writer_window_commands", "Command ids remembered for repeats", ["reader"]
)

position = Gauge("kanvas_log_position", "Applied position", ["reader", "topic"])
end_lag = Gauge(
    "kanvas_log_end_lag_offsets",
    "The lag in records: offsets from what is applied to the end, as last asked for",
    ["reader", "topic"],
)
proof_age = Gauge(
    "kanvas_log_proof_age_seconds",
    "The lag in seconds, at most: all that was committed so long ago is applied; up to 2.5 where "
    "nobody asks, +Inf before the end was reached for the first time, and no series while the "
    "reader is not meant to read",
    ["reader"],
)
records = Counter("kanvas_log_records_total", "Records applied", ["reader", "topic"])
stale_records = Counter(
    "kanvas_log_stale_records_total",
    "Records ignored because they are at or below the applied position",
    ["reader", "topic"],
)
displaced_records = Counter(
    "kanvas_log_displaced_records_total",
    "Records of commands and copies ignored because a foreign record has their position; "
    "alert on any",
    ["reader", "topic"],
)
gaps = Counter("kanvas_log_gaps_total", "Positions missing where none may be", ["reader", "topic"])
poison = Counter(
    "kanvas_log_poison_total",
    "Records set aside; reason: undecodable, wrong_meta, impossible_number, apply, callback",
    ["reader", "topic", "reason"],
)
reader_restarts = Counter(
    "kanvas_log_reader_restarts_total",
    "Times that reading began again; cause: broker, offset_lost, halted, store",
    ["reader", "cause"],
)
standing_still = Gauge(
    "kanvas_standing_still",
    "1 while a reader or copier does not go on by itself; cause: poison, hole, log_replaced",
    ["reader", "topic", "cause"],
)

flushes = Counter(
    "kanvas_state_flushes_total",
    "Layers of the state written to the store; result: written, failed (and tried again)",
    ["reader", "result"],
)
flush_seconds = Histogram(
    "kanvas_state_flush_seconds", "Duration of a write to the store", ["reader"], buckets=_SECONDS
)
unwritten = Gauge(
    "kanvas_state_unwritten_bytes", "Memory of what is not yet written to the store", ["reader"]
)
written_age = Gauge(
    "kanvas_state_written_age_seconds",
    "Age of the last state that was written to the store, or of the process before there was one",
    ["reader"],
)
store_bytes = Gauge(
    "kanvas_state_store_bytes", "Size of the store on disk, at its last write", ["reader"]
)

erasures = Counter(
    "kanvas_erasures_total", "Commands that erased some of what belongs to erased accounts"
)
erasures_stuck = Counter(
    "kanvas_erasures_stuck_total", "Erased accounts of which something stays that cannot be erased"
)


@contextmanager
def shown(gauge: Gauge, label: str, value: Callable[[], float]) -> Iterator[None]:
    """Show a value as it is at each scrape, and no longer than the block runs.

    What ended has no such value: the clock that the value is told by may be gone.
    """
    gauge.labels(label).set_function(value)
    try:
        yield
    finally:
        gauge.remove(label)
