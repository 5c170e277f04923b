"""The error tree on the wire: a gRPC status with `google.rpc` details, and back.

Every error carries an `ErrorInfo` with the domain `kanvas`, its reason and its metadata; a
`BadRequest` where fields are wrong; a `RetryInfo` where a repeat should wait.
"""

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]

from kanvas_platform import errors

DOMAIN = "kanvas"
STATUS_DETAILS = "grpc-status-details-bin"

# A status travels in HTTP/2 headers, of which gRPC accepts 8 KiB by default.
_MAX_MESSAGE = 1024
_MAX_VIOLATIONS = 20

_STATUSES: tuple[type[errors.KanvasError], ...] = (
    errors.InvalidArgument,
    errors.Unauthenticated,
    errors.PermissionDenied,
    errors.NotFound,
    errors.AlreadyExists,
    errors.Conflict,
    errors.FailedPrecondition,
    errors.ResourceExhausted,
    errors.Unavailable,
    errors.DeadlineExceeded,
    errors.Internal,
)
_REASONS: tuple[type[errors.KanvasError], ...] = (
    errors.CommandIdReused,
    errors.IdentityRequired,
    errors.CommandExpired,
    errors.PositionUnknown,
    errors.Overloaded,
    errors.NotLeader,
    errors.NotFresh,
    errors.PositionNotReached,
    errors.OutcomeUnknown,
)
_BY_STATUS = {kind.status: kind for kind in _STATUSES} | {
    # Not by us, then by a server that is going away: its calls are canceled when its drain ends.
    "CANCELLED": errors.Unavailable,
    "OUT_OF_RANGE": errors.InvalidArgument,
}
_BY_REASON = {kind.reason: kind for kind in _REASONS}


def to_code(error: errors.KanvasError) -> grpc.StatusCode:
    """Return the status code of an error."""
    return grpc.StatusCode[error.status]


def to_details(error: errors.KanvasError) -> bytes:
    """Return the `google.rpc.Status` of an error, as it stands in the trailing metadata."""
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    details: list[Message] = [info]
    violations = getattr(error, "violations", ())[:_MAX_VIOLATIONS]
    if violations:
        request = error_details_pb2.BadRequest()
        for violation in violations:
            request.field_violations.add(field=violation.field, description=violation.message)
        details.append(request)
    retry_after = getattr(error, "retry_after", 0.0)
    if retry_after > 0:
        delay = Duration()
        delay.FromMilliseconds(round(retry_after * 1000))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    code: int = to_code(error).value[0]
    status = status_pb2.Status(code=code, message=to_message(error))
    for detail in details:
        status.details.add().Pack(detail)
    serialized: bytes = status.SerializeToString()
    return serialized


def to_message(error: errors.KanvasError) -> str:
    """Return the message of an error, cut to what headers may hold."""
    return error.message[:_MAX_MESSAGE]


def from_rpc_error(failure: grpc.aio.AioRpcError) -> errors.KanvasError:
    """Return the error that the other side raised.

    A status without our details, made by gRPC itself or by a stranger, becomes the class of its
    code with that class's reason; a code that no class has becomes `Internal`.
    """
    info, request, retry = _details(failure)
    code = failure.code().name
    kind = _BY_STATUS.get(code, errors.Internal)
    if info.reason in _BY_REASON and issubclass(_BY_REASON[info.reason], kind):
        kind = _BY_REASON[info.reason]
    error = kind(failure.details() or code, metadata=info.metadata)
    if info.reason:
        error.reason = info.reason
    if isinstance(error, errors.InvalidArgument):
        error.violations = tuple(
            errors.Violation(violation.field, violation.description)
            for violation in request.field_violations
        )
    if isinstance(error, errors.ResourceExhausted | errors.Unavailable):
        error.retry_after = retry.retry_delay.ToMilliseconds() / 1000
    return error


def _details(
    failure: grpc.aio.AioRpcError,
) -> tuple[error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo]:
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    raw = dict(failure.trailing_metadata() or ()).get(STATUS_DETAILS)
    if isinstance(raw, bytes):
        try:
            for detail in status_pb2.Status.FromString(raw).details:
                # Unpack leaves its argument alone where the type is another.
                detail.Unpack(info)
                detail.Unpack(request)
                detail.Unpack(retry)
        except DecodeError:
            return type(info)(), type(request)(), type(retry)()
    if info.domain != DOMAIN:
        info.Clear()
    return info, request, retry
