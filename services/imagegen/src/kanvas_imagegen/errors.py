"""The errors that only this service raises; the rest of the tree is in `kanvas_platform.errors`.

    NotFound
    └── JobUnknown          JOB_UNKNOWN    no such job, or somebody else's
    AlreadyExists
    └── JobExists           JOB_EXISTS     another command made a job with that id
    ResourceExhausted
    └── QueueFull           QUEUE_FULL     come back after `retry_after`
    FailedPrecondition
    └── LeaseLost           LEASE_LOST     a later attempt or an end has overtaken the report

The second column is the reason, under which docs/errors.md lists them.
"""

from kanvas_platform.errors import AlreadyExists, FailedPrecondition, NotFound, ResourceExhausted


class JobUnknown(NotFound):
    """There is no such job, or it is not the caller's: nobody learns which."""

    reason = "JOB_UNKNOWN"


class JobExists(AlreadyExists):
    """The job id is taken."""

    reason = "JOB_EXISTS"


class QueueFull(ResourceExhausted):
    """So many jobs are waiting that another would wait too long."""

    reason = "QUEUE_FULL"


class LeaseLost(FailedPrecondition):
    """The attempt that reports no longer holds the job: stop, and forget it."""

    reason = "LEASE_LOST"
