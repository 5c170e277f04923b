"""The log that this service writes, and how its records are keyed and typed."""

from kanvas.images.v1.records_pb2 import ImageRecord, Job
from kanvas_platform.kafka.records.logs import Draft, LogSpec

IMAGES = LogSpec(
    topic="kanvas.images.v1",
    record_type=ImageRecord,
    source="/kanvas/imagegen/kanvas.images.v1",
)
READ = (IMAGES,)
"""What the service reads; an operator can let it go past a record of each."""


def job_draft(job: Job) -> Draft:
    """Return a record of a job's whole new state."""
    return Draft(
        log=IMAGES,
        key=f"job:{job.id}",
        type="kanvas.images.job.v1",
        record=ImageRecord(job=job),
    )
