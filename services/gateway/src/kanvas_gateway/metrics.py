"""Every metric of the gateway. Labels take values from closed sets only."""

from prometheus_client import Counter, Gauge, Histogram

http_requests = Counter(
    "kanvas_http_requests_total",
    "Requests answered, by route template",
    ["method", "route", "status"],
)
http_seconds = Histogram(
    "kanvas_http_request_seconds",
    "Time from the request's head to the end of the answer",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
http_in_flight = Gauge(
    "kanvas_http_requests_in_flight", "Requests worked on: the body is there, the answer is not"
)
http_body_bytes = Gauge(
    "kanvas_http_body_bytes", "Bytes held of bodies that have not come completely"
)
http_connections = Gauge("kanvas_http_connections", "Open connections")
http_refused = Counter(
    "kanvas_http_requests_refused_total",
    "Requests and connections refused before any work was done; reason: of the error",
    ["reason"],
)
blocks_ahead = Gauge(
    "kanvas_gateway_blocks_ahead",
    "Blocks that this gateway hides by though the feed has no copy of them yet",
)
ended_sessions = Gauge(
    "kanvas_gateway_ended_sessions",
    "Sessions that were ended before their time and are remembered, 100,000 at most. Of more than "
    "that, those that began first count as ended too",
)
pictures = Counter(
    "kanvas_gateway_pictures_total",
    "Requests for a picture, by what was decided; outcome: public, remembered, held (the timeline "
    "does not answer now), own, refused, undecided",
    ["outcome"],
)

stream_connections = Gauge("kanvas_stream_connections", "Open sockets")
stream_subscriptions = Gauge(
    "kanvas_stream_subscriptions", "Open subscriptions, by kind of stream", ["stream"]
)
stream_lagging = Gauge(
    "kanvas_stream_lagging_connections", "Sockets that read from the ring by their own cursor"
)
stream_held = Gauge(
    "kanvas_stream_held", "1 while this gateway cannot tell whether it is up to date"
)
stream_opens = Counter("kanvas_stream_opens_total", "Sockets opened: their handshake succeeded")
stream_closes = Counter(
    "kanvas_stream_closes_total",
    "Sockets that ended; reason: handshake (it never succeeded), client (it closed), lost (the "
    "connection broke), unresponsive (no sign of life), token_expired, session_ended, malformed, "
    "too_large, too_many_frames, too_many_errors, draining (announced beforehand), stopping (the "
    "gateway ended without notice), stalled (a reader took no byte for 30 s), revoked (a slow "
    "reader, from whom somebody was hidden)",
    ["reason"],
)
stream_bad_frames = Counter(
    "kanvas_stream_bad_frames_total",
    "Frames of clients that got an error; reason: of the error frame",
    ["reason"],
)
stream_skips = Counter(
    "kanvas_stream_skips_total",
    "Subscriptions told that they must fetch the page again; reason: POSITION_TOO_OLD, "
    "POSITION_UNKNOWN, LAGGED, POSITIONS_LOST",
    ["reason"],
)
stream_events = Counter("kanvas_stream_events_total", "Feed records applied", ["entity"])
stream_deliveries = Counter(
    "kanvas_stream_deliveries_total", "Events handed to sockets, by kind of stream", ["stream"]
)
stream_bytes = Counter("kanvas_stream_sent_bytes_total", "Bytes of events handed to sockets")
stream_seconds = Histogram(
    "kanvas_stream_accepted_to_frame_seconds",
    "From the writer's decision to the write pass that sends the event",
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10, 30),
)
ring_bytes = Gauge("kanvas_stream_ring_bytes", "Bytes held in the ring, estimated")
ring_age = Gauge("kanvas_stream_ring_age_seconds", "Age of the oldest event in the ring")
audiences = Gauge(
    "kanvas_stream_audiences",
    "Readers whose follows and blocks are held; state: ready, loading",
    ["state"],
)
audience_loads = Counter(
    "kanvas_stream_audience_loads_total",
    "Sets fetched from the timeline; outcome: installed, failed (and tried again)",
    ["outcome"],
)
job_watches = Gauge("kanvas_stream_job_watches", "Jobs watched")
