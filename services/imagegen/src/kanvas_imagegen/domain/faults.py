"""Why an attempt ended without a picture, and how often that may happen to one job.

A reason that says nothing about the job (Triton or the object store is down) never ends it: it
waits. A reason that may be the job's own doing has a limit, or one job that crashes the model would
crash it for ever.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Closed set: label of a metric, and word in `JobFailure.reason`."""

    MODEL_REJECTED = "MODEL_REJECTED"
    """The model says that it cannot paint this. Final at once."""

    MODEL_FAULT = "MODEL_FAULT"
    """The model failed, or gave something that is no such picture. It may pass."""

    MODEL_INTERRUPTED = "MODEL_INTERRUPTED"
    """The model went away while it painted: killed, or crashed by this job."""

    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    """Nothing was painted, because the model cannot be reached."""

    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    """The picture was painted, but could not be stored."""

    WORKER_LEAVING = "WORKER_LEAVING"
    """The worker is shutting down."""

    LEASE_EXPIRED = "LEASE_EXPIRED"
    """The worker was not heard of: killed, paused, or crashed by this job."""

    ATTEMPTS_EXHAUSTED = "ATTEMPTS_EXHAUSTED"
    """One of the reasons above reached its limit. Final."""


_LIMITS = {
    Reason.MODEL_REJECTED: 1,
    Reason.MODEL_FAULT: 3,
    # High enough that a stack under chaos tests does not reach them with an innocent job.
    Reason.MODEL_INTERRUPTED: 10,
    Reason.LEASE_EXPIRED: 10,
}

TRANSIENT = frozenset(
    {
        Reason.MODEL_INTERRUPTED,
        Reason.MODEL_UNAVAILABLE,
        Reason.STORE_UNAVAILABLE,
        Reason.WORKER_LEAVING,
        Reason.LEASE_EXPIRED,
    }
)
"""What may pass without anybody changing the job or the model."""


def is_exhausted(reason: Reason, count: int) -> bool:
    """Return whether a job that ended `count` attempts for that reason is given up."""
    limit = _LIMITS.get(reason)
    return limit is not None and count >= limit
