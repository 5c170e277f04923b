"""What the edge itself may answer besides results. Every reason is explained in docs/errors.md.

KanvasError
├── FailedPrecondition
│   ├── AccountDiffers
│   ├── ExportNotReady
│   ├── JobNotFinished
│   └── PreconditionFailed
├── InvalidArgument
│   ├── BodyTimeout
│   ├── BodyTooLarge
│   ├── HeadTimeout
│   ├── HeadTooLarge
│   ├── MediaTypeUnsupported
│   ├── MethodNotAllowed
│   ├── NotJson
│   ├── RangeNotSatisfiable
│   └── RequestMalformed
├── NotFound
│   ├── PictureUnknown
│   └── RouteUnknown
├── PermissionDenied
│   ├── AccountDeleting
│   └── ClientHeaderRequired
├── ResourceExhausted
│   ├── TooManyConnections
│   └── TooManyWrites
├── Unauthenticated
│   ├── SessionEnded
│   ├── TokenExpired
│   └── TokenInvalid
│       └── TokenForeign
└── Unavailable
    ├── PictureUndecided
    └── SessionsUnknown

Errors of the services behind it pass through with their reasons. The reasons of error frames on
the live stream stand in `kanvas_gateway.stream.protocol`.
"""

from kanvas_platform.errors import (
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)


class ExportNotReady(FailedPrecondition):
    """The export has no archive: it is not made yet, gone, or failed."""

    reason = "EXPORT_NOT_READY"


class JobNotFinished(FailedPrecondition):
    """The job has no picture: it still runs, failed or was canceled."""

    reason = "JOB_NOT_FINISHED"


class PreconditionFailed(FailedPrecondition):
    """What is there is not what the condition of the request expects."""

    reason = "PRECONDITION_FAILED"


class RangeNotSatisfiable(InvalidArgument):
    """What is there has no byte of the range that the request asks for.

    Its metadata has the `size` in bytes of what is there.
    """

    reason = "RANGE_NOT_SATISFIABLE"


class BodyTimeout(InvalidArgument):
    """The body did not arrive within the time that the edge waits for one."""

    reason = "BODY_TIMEOUT"


class BodyTooLarge(InvalidArgument):
    """The body of the request is larger than the edge takes."""

    reason = "BODY_TOO_LARGE"


class HeadTimeout(InvalidArgument):
    """The head of the request did not arrive within the time that the edge waits for one."""

    reason = "HEAD_TIMEOUT"


class HeadTooLarge(InvalidArgument):
    """The head has more bytes or more fields, or a longer target, than the edge takes."""

    reason = "HEAD_TOO_LARGE"


class MediaTypeUnsupported(InvalidArgument):
    """The body is not declared as `application/json`."""

    reason = "MEDIA_TYPE_UNSUPPORTED"


class MethodNotAllowed(InvalidArgument):
    """The path exists, but not for this method.

    Attributes:
        allowed: The methods that the path takes, as `Allow` names them.
    """

    reason = "METHOD_NOT_ALLOWED"

    def __init__(self, message: str, *, allowed: str) -> None:
        super().__init__(message)
        self.allowed = allowed


class NotJson(InvalidArgument):
    """The body is not JSON."""

    reason = "NOT_JSON"


class RequestMalformed(InvalidArgument):
    """What came is not a request of HTTP/1.1."""

    reason = "REQUEST_MALFORMED"


class PictureUnknown(NotFound):
    """There is no picture of that name, or not for this caller; which one is not said."""

    reason = "PICTURE_UNKNOWN"


class RouteUnknown(NotFound):
    """There is nothing at that path."""

    reason = "ROUTE_UNKNOWN"


class AccountDeleting(PermissionDenied):
    """The account of the token is being deleted: it can be kept, and does nothing else."""

    reason = "ACCOUNT_DELETING"


class ClientHeaderRequired(PermissionDenied):
    """A write by cookie lacks the header that no other site can send."""

    reason = "CLIENT_HEADER_REQUIRED"


class AccountDiffers(FailedPrecondition):
    """The request is written for another account than the one that the browser is signed in to."""

    reason = "ACCOUNT_DIFFERS"


class TooManyConnections(ResourceExhausted):
    """The address holds as many connections as one may."""

    reason = "TOO_MANY_CONNECTIONS"


class TooManyWrites(ResourceExhausted):
    """The account or the address has written as often as one may."""

    reason = "TOO_MANY_WRITES"


class SessionEnded(Unauthenticated):
    """The session that the token names was ended: from another device, or with the password."""

    reason = "SESSION_ENDED"


class TokenExpired(Unauthenticated):
    """The token was good and is too old."""

    reason = "TOKEN_EXPIRED"


class TokenInvalid(Unauthenticated):
    """The token was not made here, was changed, or is for something else."""

    reason = "TOKEN_INVALID"


class TokenForeign(TokenInvalid):
    """The token is no good here, but may be at another gateway.

    It names another key, or its time has not come by the clock of this one.
    """


class PictureUndecided(Unavailable):
    """Those who know whether the caller may see a picture do not answer."""

    reason = "PICTURE_UNDECIDED"


class SessionsUnknown(Unavailable):
    """This gateway has just started, and does not know yet which sessions have ended."""

    reason = "SESSIONS_UNKNOWN"
