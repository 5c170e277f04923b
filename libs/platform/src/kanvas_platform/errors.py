"""The errors that cross a process boundary.

    KanvasError                 INTERNAL
    ├── InvalidArgument         INVALID_ARGUMENT     the request is wrong, whatever the state
    │   └── CommandIdReused     COMMAND_ID_REUSED
    ├── Unauthenticated         UNAUTHENTICATED      nobody, or not who they say
    │   └── IdentityRequired    IDENTITY_REQUIRED
    ├── PermissionDenied        PERMISSION_DENIED    known, but not allowed
    ├── NotFound                NOT_FOUND
    ├── AlreadyExists           ALREADY_EXISTS
    ├── Conflict                ABORTED              read again, decide again
    ├── FailedPrecondition      FAILED_PRECONDITION  wrong in the present state
    │   ├── CommandExpired      COMMAND_EXPIRED
    │   └── PositionUnknown     POSITION_UNKNOWN
    ├── ResourceExhausted       RESOURCE_EXHAUSTED   come back after `retry_after`
    │   └── Overloaded          OVERLOADED
    ├── Unavailable             UNAVAILABLE          repeat the same call, with the same ids
    │   ├── NotLeader         NOT_LEADER
    │   ├── NotFresh            NOT_FRESH
    │   ├── PositionNotReached  POSITION_NOT_REACHED
    │   └── OutcomeUnknown      OUTCOME_UNKNOWN
    ├── DeadlineExceeded        DEADLINE_EXCEEDED    unknown whether it happened
    └── Internal                INTERNAL             a fault in Kanvas; the trace id finds it

The second column is the gRPC status of the class or, indented, the reason that the subclass
fixes. Services derive their own classes in their `errors.py` and set `reason`:

    class HandleTaken(AlreadyExists):
        reason = "HANDLE_TAKEN"

A reason is the stable name that programs match on; a message is for the person who debugs. Both
leave the process, so neither may quote what a user typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is wrong: its path in the request, and what it should be."""

    field: str
    message: str


class KanvasError(Exception):
    """Base of every error that may leave a process.

    Attributes:
        status: Name of the gRPC status code, the same for all instances of a class.
        reason: Stable upper-case name, of the class unless given to the instance.
        message: One sentence for the reader of a log or a response.
        metadata: Small facts for programs (a position, an address); never personal text.
    """

    status: ClassVar[str] = "INTERNAL"
    reason: str = "INTERNAL"

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = dict(metadata or {})
        if reason is not None:
            self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class InvalidArgument(KanvasError):
    """The request is wrong in itself; repeating it cannot help.

    Attributes:
        violations: The fields that are wrong; may be empty.
    """

    status = "INVALID_ARGUMENT"
    reason = "INVALID_ARGUMENT"

    def __init__(
        self,
        message: str = "The request is not valid.",
        *,
        violations: Sequence[Violation] = (),
        reason: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, reason=reason, metadata=metadata)
        self.violations = tuple(violations)


class CommandIdReused(InvalidArgument):
    """The command id was used before, for another command."""

    reason = "COMMAND_ID_REUSED"


class Unauthenticated(KanvasError):
    """The caller has not shown who they are."""

    status = "UNAUTHENTICATED"
    reason = "UNAUTHENTICATED"


class IdentityRequired(Unauthenticated):
    """The method acts for an account, and the call names none."""

    reason = "IDENTITY_REQUIRED"


class PermissionDenied(KanvasError):
    """The caller is known and may not do this."""

    status = "PERMISSION_DENIED"
    reason = "PERMISSION_DENIED"


class NotFound(KanvasError):
    """What the request names does not exist, or not for this caller."""

    status = "NOT_FOUND"
    reason = "NOT_FOUND"


class AlreadyExists(KanvasError):
    """What the request would create is there already."""

    status = "ALREADY_EXISTS"
    reason = "ALREADY_EXISTS"


class Conflict(KanvasError):
    """Somebody else was first: read again, decide again."""

    status = "ABORTED"
    reason = "CONFLICT"


class FailedPrecondition(KanvasError):
    """The request is fine, the present state does not allow it."""

    status = "FAILED_PRECONDITION"
    reason = "FAILED_PRECONDITION"


class CommandExpired(FailedPrecondition):
    """The command is older than the window in which repeats are recognised."""

    reason = "COMMAND_EXPIRED"


class PositionUnknown(FailedPrecondition):
    """The log ends before the position that the caller wants included: nobody was given it yet."""

    reason = "POSITION_UNKNOWN"


class _Retryable(KanvasError):
    def __init__(
        self,
        message: str,
        *,
        retry_after: float = 0.0,
        reason: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, reason=reason, metadata=metadata)
        self.retry_after = retry_after


class ResourceExhausted(_Retryable):
    """A quota or a bound is used up.

    Attributes:
        retry_after: Seconds before which a repeat is pointless; 0 where nobody can say.
    """

    status = "RESOURCE_EXHAUSTED"
    reason = "RESOURCE_EXHAUSTED"


class Overloaded(ResourceExhausted):
    """A queue of this process is full: it sheds load rather than grow."""

    reason = "OVERLOADED"


class Unavailable(_Retryable):
    """Not now: repeat the same call with the same ids, here or at another instance.

    Attributes:
        retry_after: Seconds before which a repeat is pointless; 0 where nobody can say.
    """

    status = "UNAVAILABLE"
    reason = "UNAVAILABLE"


class NotLeader(Unavailable):
    """This instance is not the writer and knows no other, or has forwarded once already."""

    reason = "NOT_LEADER"


class NotFresh(Unavailable):
    """This instance cannot show that it is close to the end of the log."""

    reason = "NOT_FRESH"


class PositionNotReached(Unavailable):
    """The position that the caller wants included has not been applied in time."""

    reason = "POSITION_NOT_REACHED"


class OutcomeUnknown(Unavailable):
    """The command may or may not have been committed; a repeat with its id finds out."""

    reason = "OUTCOME_UNKNOWN"


class DeadlineExceeded(KanvasError):
    """The time of the call is over; it may still take effect."""

    status = "DEADLINE_EXCEEDED"
    reason = "DEADLINE_EXCEEDED"


class Internal(KanvasError):
    """A fault in Kanvas. The message says no more than the trace id under which it is logged."""
