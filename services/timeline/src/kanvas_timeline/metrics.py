"""Every metric of this service. Labels are closed sets, named here."""

import math

from prometheus_client import Counter, Gauge, Histogram

from kanvas_platform.kafka.contract import StoreFailed
from kanvas_timeline.ports import FeedReplica

applied_position = Gauge(
    "kanvas_timeline_applied_position", "Position of the feed up to which this instance has folded"
)
materialised_position = Gauge(
    "kanvas_timeline_materialised_position",
    "Position of the feed up to which the views are known to hold every record",
)
copied_position = Gauge(
    "kanvas_timeline_copied_position", "Position of the graph up to which it was copied"
)
copy_delay = Histogram(
    "kanvas_timeline_copy_delay_seconds",
    "From a record's append to the graph's log to the acknowledgement of its copy",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120),
)
copy_waiting = Gauge(
    "kanvas_timeline_copy_waiting_records", "Records of the graph that were read and not yet copied"
)
copy_failures = Counter(
    "kanvas_timeline_copy_failures_total",
    "Times that copying began again; reason: hole, refused",
    ["reason"],
)
materialise_failures = Counter(
    "kanvas_timeline_materialise_failures_total",
    "Calls to the views that have to be repeated",
)
views_rebuilds = Counter(
    "kanvas_timeline_views_rebuilds_total",
    "Views that this instance saw to be lost and had written again; cause: new, emptied, "
    "replaced (made anew, or another instance saw it first), behind (an older copy)",
    ["view", "cause"],
)
views_whole = Gauge(
    "kanvas_timeline_views_whole",
    "Whether the views are known to hold everything below the memory: 0 while they are rebuilt",
)
audit_differences = Counter(
    "kanvas_audit_differences_total",
    "Differences between the views and the log that a sample has found; difference: missing (the "
    "log has it), extra (a line that no record made), misplaced (another position, author or "
    "order), different (another content)",
    ["difference"],
)
audit_records = Counter(
    "kanvas_audit_records_total", "Records about posts that samples have compared with the views"
)
audit_failures = Counter(
    "kanvas_audit_failures_total",
    "Samples that were given up: Kafka or the views did not answer, or the views were lost",
)
recent_bytes = Gauge("kanvas_timeline_recent_bytes", "Memory held by the recent log, estimated")
recent_floor = Gauge(
    "kanvas_timeline_recent_floor_position",
    "Position at or below which posts are in the views only",
)
read_seconds = Histogram(
    "kanvas_timeline_read_seconds",
    "Time to answer a read; feed: home, user, global, tag, post, audience, picture, likes",
    ["feed"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
hidden_posts = Counter(
    "kanvas_timeline_hidden_posts_total",
    "Posts that the rules took out of a page; reason: removed, account_gone (of an account that is "
    "being deleted or is erased), blocked, not_a_follower, unfollowed, elsewhere, missing (a feed "
    "names it and no view has it: never expected)",
    ["reason"],
)


def observe_replica(replica: FeedReplica) -> None:
    """Read the state of a replica at each scrape."""
    applied_position.set_function(lambda: replica.position)
    copied_position.set_function(lambda: _copied(replica))
    materialised_position.set_function(lambda: replica.state.recent.materialised)
    views_whole.set_function(lambda: replica.state.recent.views_reach)
    recent_bytes.set_function(lambda: replica.state.recent.bytes)
    recent_floor.set_function(lambda: replica.state.recent.floor)


def _copied(replica: FeedReplica) -> float:
    """Return up to where the graph was copied; no number where that cannot be read."""
    try:
        return replica.state.copied
    except StoreFailed:
        return math.nan
