"""What imagegen counts beyond what the platform counts for every service.

Jobs are counted by the leader only, so that sums over instances are right. The label `model` is the
name of a model of the catalogue: no other is ever accepted.
"""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

queue_depth = Gauge(
    "kanvas_imagegen_queue_depth", "Jobs that wait; 0 where this instance does not lead"
)
oldest_waiting = Gauge(
    "kanvas_imagegen_oldest_waiting_seconds",
    "Age of the job that has waited longest; 0 where this instance does not lead",
)
leased = Gauge(
    "kanvas_imagegen_leased", "Jobs that a worker holds; 0 where this instance does not lead"
)
wait_seconds = Histogram(
    "kanvas_imagegen_wait_seconds",
    "From acceptance of a job to its first lease",
    ["model"],
    buckets=_SECONDS,
)
job_seconds = Histogram(
    "kanvas_imagegen_job_seconds",
    "From acceptance of a job to its end, the queue included; outcome: succeeded, failed, canceled",
    ["model", "outcome"],
    buckets=_SECONDS,
)
paint_seconds = Histogram(
    "kanvas_imagegen_paint_seconds",
    "What a finished picture cost of the model",
    ["model"],
    buckets=_SECONDS,
)
attempts_failed = Counter(
    "kanvas_imagegen_attempts_failed",
    "Attempts that ended without a picture; reason: of domain.faults.Reason",
    ["reason"],
)
leases_expired = Counter("kanvas_imagegen_leases_expired", "Leases taken from silent workers")
lapsed = Counter(
    "kanvas_imagegen_lapsed",
    "Jobs that were forgotten because their time was over: kept long enough, or ended a day before",
)
previews = Counter("kanvas_imagegen_previews", "Previews taken in from workers")
watchers = Gauge("kanvas_imagegen_watchers", "Streams that follow a job")
model_well = Gauge(
    "kanvas_imagegen_model_well", "1 while the model paints, by its last probe or picture"
)
probe_seconds = Histogram(
    "kanvas_imagegen_probe_seconds", "Duration of probes that passed", buckets=_SECONDS
)
probes_failed = Counter("kanvas_imagegen_probes_failed", "Probes that did not pass")
pictures_stored = Counter("kanvas_imagegen_pictures_stored", "Pictures that a worker stored")
picture_bytes = Counter("kanvas_imagegen_picture_bytes", "Bytes of the pictures stored")
pictures_unused = Gauge(
    "kanvas_imagegen_pictures_unused",
    "Pictures that nothing named at the last look and that wait for their deletion",
)
pictures_swept = Counter(
    "kanvas_imagegen_pictures_swept", "Pictures that nothing named any more, whose file was deleted"
)
sweeps_failed = Counter(
    "kanvas_imagegen_sweeps_failed", "Passes over the stored pictures that broke off"
)
