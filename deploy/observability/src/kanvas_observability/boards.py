"""The dashboards of Kanvas. Every metric of the catalogue stands on at least one of them."""

from collections.abc import Sequence

from kanvas_observability.dashboards import (
    Board,
    Panel,
    Query,
    highest,
    now,
    quantile,
    quantiles,
    rate,
    total,
)
from kanvas_observability.layout import FOLDER

DASHBOARDS = FOLDER / "dashboards"

_NEVER = (
    ("kanvas_log_gaps_total", "positions missing"),
    ("kanvas_writer_foreign_records_total", "foreign records"),
    ("kanvas_log_displaced_records_total", "displaced records"),
    ("kanvas_log_poison_total", "records set aside"),
)


def _never() -> Sequence[Query]:
    counters = [Query(total(now(counter)), said) for counter, said in _NEVER]
    lost = total(now("kanvas_stream_skips_total", 'reason="POSITIONS_LOST"'))
    missing = total(now("kanvas_timeline_hidden_posts_total", 'reason="missing"'))
    return [*counters, Query(lost, "positions lost for clients"), Query(missing, "posts missing")]


OVERVIEW = Board(
    "overview",
    "overview",
    "Does Kanvas keep what it promises, and does anything need a person?",
    [
        Panel(
            "Promises kept, 30 days",
            "The part of all events that kept each promise of slos.yaml.",
            "percentunit",
            [Query("1 - slo:sli_error:ratio_rate30d", "{{slo}}")],
            "stat",
        ),
        Panel(
            "Budget left, 30 days",
            "1: nothing was used up. Below 0: the promise is broken.",
            "percentunit",
            [Query("slo:error_budget_remaining:ratio", "{{slo}}")],
            "stat",
        ),
        Panel(
            "Alerts that fire",
            "Each has a page in docs/runbooks.",
            "short",
            [
                Query(
                    'count by (alertname, severity) (ALERTS{alertstate="firing"})', "{{alertname}}"
                )
            ],
            "stat",
        ),
        Panel(
            "Versions",
            "Instances of each service, by version.",
            "short",
            [Query("count by (service, version) (kanvas_build_info)", "{{service}} {{version}}")],
            "stat",
        ),
        Panel(
            "Burn rate",
            "1: the budget would last exactly 30 days. Above 14.4 for an hour somebody is paged.",
            "short",
            [Query("slo:current_burn_rate:ratio", "{{slo}}")],
        ),
        Panel(
            "What must never happen",
            "Since each process was started. Anything above 0 needs an explanation.",
            "short",
            _never(),
        ),
        Panel(
            "Requests",
            "Answers of REST, by status.",
            "reqps",
            [Query(total(rate("kanvas_http_requests_total"), "status"), "{{status}}")],
        ),
        Panel(
            "Sockets",
            "Open sockets of the live stream.",
            "short",
            [Query(total(now("kanvas_stream_connections")), "open")],
        ),
        Panel(
            "Commands",
            "Acknowledged commands, by service.",
            "ops",
            [Query(total(rate("kanvas_writer_ack_seconds_count"), "service"), "{{service}}")],
        ),
        Panel(
            "Pictures",
            "Jobs that end, by outcome.",
            "ops",
            [Query(total(rate("kanvas_imagegen_job_seconds_count"), "outcome"), "{{outcome}}")],
        ),
    ],
)

LIVE_FEED = Board(
    "live-feed",
    "live feed",
    "How soon does what was accepted stand on a screen?",
    [
        Panel(
            "Accepted to frame",
            "From the writer's decision to the write pass that sends the event. Promised: 99 % "
            "within 2 s.",
            "s",
            quantiles("kanvas_stream_accepted_to_frame_seconds"),
        ),
        Panel(
            "Commit",
            "Duration of a transaction: most of the time above.",
            "s",
            [Query(quantile(0.99, "kanvas_writer_commit_seconds", "service"), "p99 {{service}}")],
        ),
        Panel(
            "Lag of the gateways' reader",
            "All that was committed so long ago is applied.",
            "s",
            [Query(now("kanvas_log_proof_age_seconds", 'reader="feed"'), "{{instance}}")],
        ),
        Panel(
            "Held",
            "1 while a gateway cannot tell whether it is up to date, and sends nothing.",
            "short",
            [Query(now("kanvas_stream_held"), "{{instance}}")],
        ),
        Panel(
            "Events",
            "Feed records that the gateways applied, by kind.",
            "ops",
            [Query(total(rate("kanvas_stream_events_total"), "entity"), "{{entity}}")],
        ),
        Panel(
            "Told to load the page again",
            "Subscriptions that could not be continued, by reason.",
            "ops",
            [Query(total(rate("kanvas_stream_skips_total"), "reason"), "{{reason}}")],
        ),
        Panel(
            "Age of the ring",
            "How far back a client may resume.",
            "s",
            [Query(now("kanvas_stream_ring_age_seconds"), "{{instance}}")],
        ),
        Panel(
            "Size of the ring",
            "Memory of the events that clients may resume from, estimated.",
            "bytes",
            [Query(now("kanvas_stream_ring_bytes"), "{{instance}}")],
        ),
    ],
)

FAN_OUT = Board(
    "fan-out",
    "fan-out",
    "How much work does one event make, and who does not keep up?",
    [
        Panel(
            "Deliveries",
            "Events handed to sockets, by kind of stream.",
            "ops",
            [Query(total(rate("kanvas_stream_deliveries_total"), "stream"), "{{stream}}")],
        ),
        Panel(
            "Amplification",
            "Deliveries for each record that the gateways applied.",
            "short",
            [
                Query(
                    f"{total(rate('kanvas_stream_deliveries_total'))} / "
                    f"({total(rate('kanvas_stream_events_total'))} > 0)",
                    "deliveries for each record",
                )
            ],
        ),
        Panel(
            "Bytes sent",
            "Bytes of events handed to sockets.",
            "Bps",
            [Query(total(rate("kanvas_stream_sent_bytes_total"), "instance"), "{{instance}}")],
        ),
        Panel(
            "Slow readers",
            "Sockets that read from the ring by their own cursor, and who was cut off.",
            "short",
            [
                Query(now("kanvas_stream_lagging_connections"), "lagging {{instance}}"),
                Query(
                    total(
                        rate("kanvas_stream_closes_total", 'reason=~"stalled|revoked"'), "reason"
                    ),
                    "{{reason}} each second",
                ),
            ],
        ),
        Panel(
            "Subscriptions",
            "Open subscriptions, by kind of stream.",
            "short",
            [Query(total(now("kanvas_stream_subscriptions"), "stream"), "{{stream}}")],
        ),
        Panel(
            "Audiences",
            "Readers whose follows and blocks are held. Who is loading gets nothing yet.",
            "short",
            [Query(total(now("kanvas_stream_audiences"), "state"), "{{state}}")],
        ),
        Panel(
            "Audiences loaded",
            "Sets fetched from the timeline, by outcome.",
            "ops",
            [Query(total(rate("kanvas_stream_audience_loads_total"), "outcome"), "{{outcome}}")],
        ),
        Panel(
            "Jobs watched",
            "Jobs that sockets of a gateway look at.",
            "short",
            [Query(now("kanvas_stream_job_watches"), "{{instance}}")],
        ),
    ],
)

GATEWAY = Board(
    "gateway",
    "gateway",
    "Are requests answered, and do sockets stay?",
    [
        Panel(
            "Requests",
            "Answers, by status.",
            "reqps",
            [Query(total(rate("kanvas_http_requests_total"), "status"), "{{status}}")],
        ),
        Panel(
            "Slowest routes",
            "From the request's head to the end of the answer; the ten slowest.",
            "s",
            [
                Query(
                    f"topk(10, {quantile(0.99, 'kanvas_http_request_seconds', 'method', 'route')})",
                    "p99 {{method}} {{route}}",
                )
            ],
        ),
        Panel(
            "Failing routes",
            "Answers with a status of 500 or above.",
            "reqps",
            [
                Query(
                    total(rate("kanvas_http_requests_total", 'status=~"5.."'), "route", "status"),
                    "{{status}} {{route}}",
                )
            ],
        ),
        Panel(
            "Refused before any work",
            "Floods, by reason.",
            "reqps",
            [Query(total(rate("kanvas_http_requests_refused_total"), "reason"), "{{reason}}")],
        ),
        Panel(
            "Places of REST",
            "Requests that are worked on, and open connections.",
            "short",
            [
                Query(now("kanvas_http_requests_in_flight"), "in flight {{instance}}"),
                Query(now("kanvas_http_connections"), "connections {{instance}}"),
            ],
        ),
        Panel(
            "Bodies",
            "Bytes held of bodies that have not come completely.",
            "bytes",
            [Query(now("kanvas_http_body_bytes"), "{{instance}}")],
        ),
        Panel(
            "Sockets",
            "Open sockets, by gateway.",
            "short",
            [Query(now("kanvas_stream_connections"), "{{instance}}")],
        ),
        Panel(
            "Sockets opened and closed",
            "Closes by reason; docs/metrics.md explains each.",
            "ops",
            [
                Query(total(rate("kanvas_stream_opens_total")), "opened"),
                Query(total(rate("kanvas_stream_closes_total"), "reason"), "{{reason}}"),
            ],
        ),
        Panel(
            "Bad frames",
            "Frames of clients that got an error, by reason.",
            "ops",
            [Query(total(rate("kanvas_stream_bad_frames_total"), "reason"), "{{reason}}")],
        ),
        Panel(
            "Calls to other services",
            "Time of an outgoing call with its repeats, by request.",
            "s",
            [
                Query(
                    f"topk(10, {quantile(0.99, 'kanvas_rpc_client_seconds', 'request')})",
                    "p99 {{request}}",
                )
            ],
        ),
    ],
)

IMAGES = Board(
    "images",
    "images and GPU",
    "How long do people wait for a picture, and what does it cost?",
    [
        Panel(
            "Accepted to the end",
            "The whole time of a job, the queue included. Promised: 95 % within 60 s.",
            "s",
            [
                Query(
                    quantile(0.95, "kanvas_imagegen_job_seconds", "model", "outcome"),
                    "p95 {{model}} {{outcome}}",
                )
            ],
        ),
        Panel(
            "Queue",
            "Jobs that wait and jobs that a worker holds, as the leader counts them.",
            "short",
            [
                Query(highest(now("kanvas_imagegen_queue_depth")), "waiting"),
                Query(highest(now("kanvas_imagegen_leased")), "leased"),
            ],
        ),
        Panel(
            "Oldest job",
            "Age of the job that has waited longest.",
            "s",
            [Query(highest(now("kanvas_imagegen_oldest_waiting_seconds")), "oldest")],
        ),
        Panel(
            "Wait and cost",
            "The time in the queue, and the time that a finished picture held the model.",
            "s",
            [
                Query(
                    quantile(0.95, "kanvas_imagegen_wait_seconds", "model"), "wait p95 {{model}}"
                ),
                Query(
                    quantile(0.95, "kanvas_imagegen_paint_seconds", "model"), "cost p95 {{model}}"
                ),
            ],
        ),
        Panel(
            "Attempts that failed",
            "By reason; leases are taken from workers that are silent.",
            "ops",
            [
                Query(total(rate("kanvas_imagegen_attempts_failed_total"), "reason"), "{{reason}}"),
                Query(total(rate("kanvas_imagegen_leases_expired_total")), "leases expired"),
            ],
        ),
        Panel(
            "The model is well",
            "1 while it paints, by its last probe or picture; probes that fail.",
            "short",
            [
                Query(now("kanvas_imagegen_model_well"), "well {{instance}}"),
                Query(total(rate("kanvas_imagegen_probes_failed_total")), "failed each second"),
            ],
        ),
        Panel(
            "Probes",
            "How long the probes took that passed.",
            "s",
            quantiles("kanvas_imagegen_probe_seconds"),
        ),
        Panel(
            "Watching",
            "Streams that follow a job, and previews that workers sent.",
            "short",
            [
                Query(total(now("kanvas_imagegen_watchers")), "watchers"),
                Query(total(rate("kanvas_imagegen_previews_total")), "previews each second"),
            ],
        ),
        Panel(
            "Stored",
            "Pictures that were stored, and jobs whose time was over before they were published.",
            "ops",
            [
                Query(total(rate("kanvas_imagegen_pictures_stored_total")), "stored"),
                Query(total(rate("kanvas_imagegen_lapsed_total")), "lapsed"),
            ],
        ),
        Panel(
            "Bytes stored",
            "Bytes of the pictures stored.",
            "Bps",
            [Query(total(rate("kanvas_imagegen_picture_bytes_total")), "bytes")],
        ),
        Panel(
            "Files that nothing names",
            "Pictures that are unused and wait for their deletion, those that were deleted, and "
            "passes over the store that broke off.",
            "short",
            [
                Query(highest(now("kanvas_imagegen_pictures_unused")), "unused"),
                Query(total(rate("kanvas_imagegen_pictures_swept_total")), "deleted each second"),
                Query(total(rate("kanvas_imagegen_sweeps_failed_total")), "broken off each second"),
            ],
        ),
        Panel(
            "Triton: queue and compute",
            "Time of a request in Triton's own queue, and in the model. Divided by the requests "
            "that were answered: nothing is drawn where there are none.",
            "s",
            [
                Query(
                    f"sum by (model) (rate(nv_inference_{part}_duration_us[$__rate_interval])) / "
                    "sum by (model) (rate(nv_inference_request_success[$__rate_interval]) > 0) "
                    "/ 1e6",
                    f"{said} {{{{model}}}}",
                )
                for part, said in (("queue", "queue"), ("compute_infer", "compute"))
            ],
        ),
        Panel(
            "Triton: requests",
            "Requests that wait, and those that failed, by reason.",
            "short",
            [
                Query("nv_inference_pending_request_count", "pending {{model}}"),
                Query(
                    "sum by (model, reason) (rate(nv_inference_request_failure[$__rate_interval]))",
                    "{{model}} {{reason}} each second",
                ),
            ],
        ),
        Panel(
            "GPU",
            "How busy it is, and how full its memory. Nothing on a machine without a GPU.",
            "percentunit",
            [
                Query("nv_gpu_utilization", "busy {{gpu_uuid}}"),
                Query(
                    "nv_gpu_memory_used_bytes / nv_gpu_memory_total_bytes", "memory {{gpu_uuid}}"
                ),
            ],
        ),
        Panel(
            "Power of the GPU",
            "Nothing on a machine without a GPU.",
            "watt",
            [Query("nv_gpu_power_usage", "{{gpu_uuid}}")],
        ),
    ],
)

KAFKA = Board(
    "kafka",
    "logs and Kafka",
    "Are writes committed, and do readers keep up?",
    [
        Panel(
            "Who leads",
            "1 for the instance that leads each service: one, at any moment.",
            "short",
            [Query(now("kanvas_writer_leads"), "{{service}} {{instance}}")],
        ),
        Panel(
            "Terms",
            "Terms that began, and why terms ended.",
            "ops",
            [
                Query(
                    total(rate("kanvas_writer_terms_begun_total"), "service"), "{{service}} begun"
                ),
                Query(
                    total(rate("kanvas_writer_terms_ended_total"), "service", "cause"),
                    "{{service}} ended: {{cause}}",
                ),
            ],
        ),
        Panel(
            "Commands",
            "From a command's submission to its answer. Promised: 99.9 % within 5 s.",
            "s",
            [Query(quantile(0.99, "kanvas_writer_ack_seconds", "service"), "p99 {{service}}")],
        ),
        Panel(
            "Commits",
            "Duration of a transaction.",
            "s",
            [Query(quantile(0.99, "kanvas_writer_commit_seconds", "service"), "p99 {{service}}")],
        ),
        Panel(
            "Batches",
            "Transactions by result.",
            "ops",
            [
                Query(
                    total(rate("kanvas_writer_batches_total"), "service", "result"),
                    "{{service}} {{result}}",
                )
            ],
        ),
        Panel(
            "Commands in a batch",
            "How many were committed together.",
            "short",
            [Query(quantile(0.95, "kanvas_writer_batch_commands", "service"), "p95 {{service}}")],
        ),
        Panel(
            "Commands not carried out",
            "By reason: most are the rules' refusals.",
            "ops",
            [
                Query(
                    total(rate("kanvas_writer_refused_total"), "service", "reason"),
                    "{{service}} {{reason}}",
                )
            ],
        ),
        Panel(
            "Commands that wait",
            "In the queue of the leader; and the window of ids by which repeats are known.",
            "short",
            [
                Query(total(now("kanvas_writer_queue_commands"), "service"), "{{service}} queue"),
                Query(now("kanvas_writer_window_commands"), "{{reader}} window {{instance}}"),
            ],
        ),
        Panel(
            "Clocks",
            "By how much a clock is ahead of the broker's. Beyond 5 s an instance does not lead.",
            "s",
            [Query(now("kanvas_writer_clock_ahead_seconds"), "{{service}} {{instance}}")],
        ),
        Panel(
            "Lag in seconds",
            "All that was committed so long ago is applied.",
            "s",
            [Query(now("kanvas_log_proof_age_seconds"), "{{reader}} {{instance}}")],
        ),
        Panel(
            "Lag in records",
            "Offsets from what is applied to the end.",
            "short",
            [Query(now("kanvas_log_end_lag_offsets"), "{{reader}} {{topic}} {{instance}}")],
        ),
        Panel(
            "Records",
            "Records applied, and such that were known already.",
            "ops",
            [
                Query(
                    total(rate("kanvas_log_records_total"), "reader", "topic"),
                    "{{reader}} {{topic}}",
                ),
                Query(
                    total(rate("kanvas_log_stale_records_total"), "reader", "topic"),
                    "{{reader}} {{topic}} known",
                ),
            ],
        ),
        Panel(
            "Positions",
            "The applied position of each reader: instances of a service should not differ.",
            "short",
            [Query(now("kanvas_log_position"), "{{reader}} {{topic}} {{instance}}")],
        ),
        Panel(
            "Readers that began again",
            "By cause.",
            "ops",
            [
                Query(
                    total(rate("kanvas_log_reader_restarts_total"), "reader", "cause"),
                    "{{reader}} {{cause}}",
                )
            ],
        ),
    ],
)

CASSANDRA = Board(
    "cassandra",
    "timeline and Cassandra",
    "Are pages read quickly, and are the views whole?",
    [
        Panel(
            "Reads",
            "Time to answer a read, by feed.",
            "s",
            [Query(quantile(0.99, "kanvas_timeline_read_seconds", "feed"), "p99 {{feed}}")],
        ),
        Panel(
            "Statements",
            "From the call to its rows, waiting for room included.",
            "s",
            [
                Query(
                    quantile(0.99, "kanvas_cassandra_statement_seconds", "statement"),
                    "p99 {{statement}}",
                )
            ],
        ),
        Panel(
            "Outcomes",
            "Statements, by outcome.",
            "ops",
            [
                Query(
                    total(rate("kanvas_cassandra_statement_seconds_count"), "outcome"),
                    "{{outcome}}",
                )
            ],
        ),
        Panel(
            "In flight",
            "Statements that were sent, and such that wait for room.",
            "short",
            [
                Query(now("kanvas_cassandra_in_flight"), "in flight {{instance}}"),
                Query(now("kanvas_cassandra_waiting"), "waiting {{instance}}"),
            ],
        ),
        Panel(
            "Connections that failed",
            "Attempts to connect to Cassandra.",
            "ops",
            [
                Query(
                    total(rate("kanvas_cassandra_connect_failures_total"), "instance"),
                    "{{instance}}",
                )
            ],
        ),
        Panel(
            "Views behind the log",
            "Records of the feed that are in memory and not known to be in the views.",
            "short",
            [
                Query(
                    f"{now('kanvas_timeline_applied_position')} - "
                    f"{now('kanvas_timeline_materialised_position')}",
                    "{{instance}}",
                )
            ],
        ),
        Panel(
            "Views",
            "1: whole. 0: being written again.",
            "short",
            [Query(now("kanvas_timeline_views_whole"), "{{instance}}")],
        ),
        Panel(
            "Views written again",
            "Calls to the views that are repeated, and views that were lost, by cause.",
            "ops",
            [
                Query(total(rate("kanvas_timeline_materialise_failures_total")), "repeated calls"),
                Query(
                    total(rate("kanvas_timeline_views_rebuilds_total"), "view", "cause"),
                    "{{view}} {{cause}}",
                ),
            ],
        ),
        Panel(
            "Views compared with the log",
            "Records in samples, and such samples as were given up.",
            "ops",
            [
                Query(total(rate("kanvas_audit_records_total")), "records"),
                Query(total(rate("kanvas_audit_failures_total")), "given up"),
            ],
        ),
        Panel(
            "Differences from the log",
            "What samples have found; never expected.",
            "ops",
            [Query(total(rate("kanvas_audit_differences_total"), "difference"), "{{difference}}")],
        ),
        Panel(
            "Memory of the recent log",
            "Estimated.",
            "bytes",
            [Query(now("kanvas_timeline_recent_bytes"), "{{instance}}")],
        ),
        Panel(
            "Floor of the recent log",
            "Posts at or below this position are in the views only.",
            "short",
            [Query(now("kanvas_timeline_recent_floor_position"), "{{instance}}")],
        ),
    ],
)

STATE = Board(
    "state",
    "state on disk",
    "Is what an instance keeps on its disk recent and small enough?",
    [
        Panel(
            "Age of what is written",
            "It is written at least once a minute.",
            "s",
            [Query(now("kanvas_state_written_age_seconds"), "{{reader}} {{instance}}")],
        ),
        Panel(
            "Waiting to be written",
            "Memory of the changes that are not on disk yet. At 64 MiB nothing more is read.",
            "bytes",
            [Query(now("kanvas_state_unwritten_bytes"), "{{reader}} {{instance}}")],
        ),
        Panel(
            "Writes",
            "Duration of a write, and writes by result.",
            "s",
            [Query(quantile(0.99, "kanvas_state_flush_seconds", "reader"), "p99 {{reader}}")],
        ),
        Panel(
            "Results",
            "Writes by result.",
            "ops",
            [
                Query(
                    total(rate("kanvas_state_flushes_total"), "reader", "result"),
                    "{{reader}} {{result}}",
                )
            ],
        ),
        Panel(
            "Size on disk",
            "The file never shrinks: freed pages are used again.",
            "bytes",
            [Query(now("kanvas_state_store_bytes"), "{{reader}} {{instance}}")],
        ),
        Panel(
            "What the graph holds",
            "Accounts, follows and blocks in the applied state.",
            "short",
            [
                Query(highest(now(f"kanvas_graph_{table}")), table)
                for table in ("accounts", "follows", "blocks")
            ],
        ),
    ],
)

DEAD_LETTERS = Board(
    "dead-letters",
    "dead letters",
    "Which records are of no use, and who does not go on?",
    [
        Panel(
            "Standing still",
            "1 while a reader waits for a person's decision (docs/runbook.md).",
            "short",
            [
                Query(
                    highest(now("kanvas_standing_still"), "reader", "topic", "cause"),
                    "{{reader}} {{topic}} {{cause}}",
                )
            ],
        ),
        Panel(
            "Records set aside",
            "Since each process was started, by topic and reason.",
            "short",
            [
                Query(
                    highest(now("kanvas_log_poison_total"), "reader", "topic", "reason"),
                    "{{reader}} {{topic}} {{reason}}",
                )
            ],
        ),
        Panel(
            "Positions missing",
            "Since each process was started.",
            "short",
            [
                Query(
                    highest(now("kanvas_log_gaps_total"), "reader", "topic"), "{{reader}} {{topic}}"
                )
            ],
        ),
        Panel(
            "Foreign records",
            "Records that the leader has not written, and such that they have displaced.",
            "short",
            [
                Query(
                    highest(now("kanvas_writer_foreign_records_total"), "topic"),
                    "{{topic}} foreign",
                ),
                Query(
                    highest(now("kanvas_log_displaced_records_total"), "topic"),
                    "{{topic}} displaced",
                ),
            ],
        ),
    ],
)

PRIVACY = Board(
    "privacy",
    "privacy",
    "How soon does a block have effect, and what is kept from whom?",
    [
        Panel(
            "Graph to feed",
            "From a follow or block to its copy in the feed, from where on it is in force "
            "everywhere.",
            "s",
            quantiles("kanvas_timeline_copy_delay_seconds"),
        ),
        Panel(
            "Not yet copied",
            "Records of the graph that wait, and blocks that gateways enforce meanwhile.",
            "short",
            [
                Query(highest(now("kanvas_timeline_copy_waiting_records")), "records"),
                Query(total(now("kanvas_gateway_blocks_ahead")), "blocks ahead"),
            ],
        ),
        Panel(
            "Copied up to",
            "Position of the graph. It stands while nobody follows or blocks, or while copying "
            "does.",
            "short",
            [Query(now("kanvas_timeline_copied_position"), "{{instance}}")],
        ),
        Panel(
            "Copying began again",
            "By reason.",
            "ops",
            [Query(total(rate("kanvas_timeline_copy_failures_total"), "reason"), "{{reason}}")],
        ),
        Panel(
            "Hidden posts",
            "Posts that the rules took out of a page, by reason.",
            "ops",
            [Query(total(rate("kanvas_timeline_hidden_posts_total"), "reason"), "{{reason}}")],
        ),
        Panel(
            "Pictures",
            "Requests for a picture, by what was decided.",
            "reqps",
            [Query(total(rate("kanvas_gateway_pictures_total"), "outcome"), "{{outcome}}")],
        ),
        Panel(
            "Passwords",
            "Passwords shown, by outcome. Many refused ones are somebody who guesses.",
            "ops",
            [Query(total(rate("kanvas_graph_sign_ins_total"), "outcome"), "{{outcome}}")],
        ),
        Panel(
            "Exports",
            "Attempts to make an export, by outcome. One that failed is tried again.",
            "ops",
            [Query(total(rate("kanvas_graph_exports_total"), "outcome"), "{{outcome}}")],
        ),
        Panel(
            "Exports that wait or are kept",
            "Exports that are not made yet, and those whose archive is kept for a week.",
            "short",
            [
                Query(highest(now(f"kanvas_graph_exports_{state}")), state)
                for state in ("asked", "ready")
            ],
        ),
        Panel(
            "Oldest export",
            "How long somebody has waited for an export. After six hours it is given up.",
            "s",
            [Query(highest(now("kanvas_graph_export_oldest_seconds")), "oldest")],
        ),
        Panel(
            "Archives",
            "Bytes of exports that were made. Archives that no record names are swept: of attempts "
            "that died, of exports from before, of accounts that were erased.",
            "Bps",
            [
                Query(total(rate("kanvas_graph_export_bytes_total")), "made"),
                Query(total(rate("kanvas_graph_exports_swept_total")), "swept, archives"),
            ],
        ),
        Panel(
            "Ended sessions",
            "Sessions that were signed out, as the gateway that remembers most of them does. At "
            "100,000 others begin to be signed out with them.",
            "short",
            [Query(highest(now("kanvas_gateway_ended_sessions")), "remembered")],
        ),
        Panel(
            "Erasures",
            "Commands that erased what belongs to erased accounts, and accounts of which something "
            "stays that cannot be erased: that is a fault, and the log names the account.",
            "short",
            [
                Query(total(rate("kanvas_erasures_total")), "commands each second"),
                Query(total(now("kanvas_erasures_stuck_total")), "stuck"),
            ],
        ),
        Panel(
            "Unpublished work forgotten",
            "Jobs that were kept long enough and not published.",
            "ops",
            [Query(total(rate("kanvas_imagegen_lapsed_total")), "forgotten")],
        ),
    ],
)

RUNTIME = Board(
    "runtime",
    "processes and calls",
    "Have the processes what they need?",
    [
        Panel(
            "Processor",
            "Cores that a process uses. Its event loop has one at most.",
            "short",
            [
                Query(
                    rate("process_cpu_seconds_total", 'job=~"kanvas-.*"'),
                    "{{instance}} {{process}}",
                )
            ],
        ),
        Panel(
            "Memory",
            "Resident memory.",
            "bytes",
            [
                Query(
                    now("process_resident_memory_bytes", 'job=~"kanvas-.*"'),
                    "{{instance}} {{process}}",
                )
            ],
        ),
        Panel(
            "Lateness of the event loop",
            "How late timers run.",
            "s",
            [
                Query(
                    quantile(0.99, "kanvas_event_loop_lag_seconds", "instance", "process"),
                    "p99 {{instance}} {{process}}",
                )
            ],
        ),
        Panel(
            "Open files",
            "The part of the files that a process may open.",
            "percentunit",
            [
                Query(
                    f"{now('process_open_fds')} / {now('process_max_fds')}",
                    "{{instance}} {{process}}",
                )
            ],
        ),
        Panel(
            "Collections of garbage",
            "By generation.",
            "ops",
            [Query(total(rate("python_gc_collections_total"), "generation"), "{{generation}}")],
        ),
        Panel(
            "Age of the processes",
            "Since each was started.",
            "s",
            [
                Query(
                    "time() - " + now("process_start_time_seconds", 'job=~"kanvas-.*"'),
                    "{{instance}} {{process}}",
                )
            ],
        ),
        Panel(
            "Calls served",
            "Time from the request of a unary call to its status; the ten slowest methods.",
            "s",
            [
                Query(
                    f"topk(10, {quantile(0.99, 'kanvas_rpc_server_seconds', 'method')})",
                    "p99 {{method}}",
                )
            ],
        ),
        Panel(
            "Calls that failed",
            "By method and status.",
            "reqps",
            [
                Query(
                    total(rate("kanvas_rpc_server_seconds_count", 'code!="OK"'), "method", "code"),
                    "{{code}} {{method}}",
                ),
                Query(
                    total(rate("kanvas_rpc_server_streams_ended_total"), "method", "code"),
                    "stream {{code}} {{method}}",
                ),
            ],
        ),
        Panel(
            "Calls in progress",
            "By kind.",
            "short",
            [
                Query(
                    total(now("kanvas_rpc_server_in_progress"), "instance", "kind"),
                    "{{instance}} {{kind}}",
                )
            ],
        ),
        Panel(
            "Forwarded and repeated",
            "Calls passed on to the leader, and outgoing calls that were repeated.",
            "reqps",
            [
                Query(
                    total(rate("kanvas_rpc_server_forwarded_total"), "method"),
                    "forwarded {{method}}",
                ),
                Query(
                    total(rate("kanvas_rpc_client_repeats_total"), "request"),
                    "repeated {{request}}",
                ),
            ],
        ),
    ],
)

BOARDS: Sequence[Board] = (
    OVERVIEW,
    LIVE_FEED,
    FAN_OUT,
    GATEWAY,
    IMAGES,
    KAFKA,
    CASSANDRA,
    STATE,
    DEAD_LETTERS,
    PRIVACY,
    RUNTIME,
)
