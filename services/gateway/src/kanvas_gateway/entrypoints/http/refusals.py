"""Which reasons each route of REST may answer with, of all in docs/errors.md.

A route names what only it refuses: `@router.get(…, openapi_extra=refuses("POST_UNKNOWN"))`. The
rest follows from what the route takes, as `entrypoints.http.description` knows it.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from kanvas_gateway import errors as own
from kanvas_gateway.entrypoints.http.problems import http_status
from kanvas_platform import errors as common

NAMED_BY_ROUTE = "x-refuses"

_OF_SERVICES: Mapping[str, type[common.KanvasError]] = {
    "ACCOUNT_EXISTS": common.AlreadyExists,
    "ACCOUNT_NOT_COPIED": common.FailedPrecondition,
    "ACCOUNT_UNKNOWN": common.NotFound,
    "BLOCKED": common.FailedPrecondition,
    "CLOCK_DIFFERS": common.Unavailable,
    "COMMAND_DISPLACED": common.Internal,
    "CREDENTIALS_WRONG": common.Unauthenticated,
    "EXPORT_TOO_SOON": common.ResourceExhausted,
    "EXPORT_UNKNOWN": common.NotFound,
    "HANDLE_TAKEN": common.AlreadyExists,
    "HISTORY_UNAVAILABLE": common.Unavailable,
    "JOB_EXISTS": common.AlreadyExists,
    "JOB_UNKNOWN": common.NotFound,
    "NOT_YOURS": common.PermissionDenied,
    "PASSWORD_WRONG": common.PermissionDenied,
    "POST_EXISTS": common.AlreadyExists,
    "POST_UNKNOWN": common.NotFound,
    "QUEUE_FULL": common.ResourceExhausted,
    "RATE_LIMITED": common.ResourceExhausted,
    "RECORD_REFUSED": common.Internal,
    "SELF_FOLLOW": common.FailedPrecondition,
    "STATEMENT_REFUSED": common.Internal,
    "VERSION_CONFLICT": common.Conflict,
    "VIEWS_BEHIND": common.Unavailable,
}
"""Reasons that services give, and the classes below which theirs stand."""

_OF_CLASSES = (
    own.AccountDeleting,
    own.AccountDiffers,
    own.BodyTimeout,
    own.BodyTooLarge,
    own.ClientHeaderRequired,
    own.ExportNotReady,
    own.HeadTimeout,
    own.HeadTooLarge,
    own.JobNotFinished,
    own.MediaTypeUnsupported,
    own.NotJson,
    own.PictureUndecided,
    own.PictureUnknown,
    own.PreconditionFailed,
    own.RangeNotSatisfiable,
    own.RequestMalformed,
    own.RouteUnknown,
    own.SessionEnded,
    own.SessionsUnknown,
    own.TokenExpired,
    own.TokenInvalid,
    own.TooManyConnections,
    own.TooManyWrites,
    common.CommandExpired,
    common.CommandIdReused,
    common.DeadlineExceeded,
    common.IdentityRequired,
    common.Internal,
    common.InvalidArgument,
    common.NotFresh,
    common.NotLeader,
    common.OutcomeUnknown,
    common.Overloaded,
    common.PositionNotReached,
    common.PositionUnknown,
    common.Unavailable,
)

STATUSES: Mapping[str, HTTPStatus] = {
    reason: HTTPStatus(http_status(reason, kind))
    for reason, kind in [*_OF_SERVICES.items(), *((kind.reason, kind) for kind in _OF_CLASSES)]
}
"""Every reason with which a route may refuse, and the status that goes with it."""

OF_NO_ROUTE = (
    "ALREADY_EXISTS",
    "CONFLICT",
    "FAILED_PRECONDITION",
    "METHOD_NOT_ALLOWED",
    "NOT_FOUND",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "UNAUTHENTICATED",
)
"""Reasons of paths and methods that no route takes, and those below which more telling ones stand:
an answer may name them, and no route does."""

OF_EVERY_ROUTE = (
    "REQUEST_MALFORMED",
    "HEAD_TIMEOUT",
    "HEAD_TOO_LARGE",
    "PRECONDITION_FAILED",
    "TOO_MANY_CONNECTIONS",
    "OVERLOADED",
    "INTERNAL",
)
OF_BODIES = ("NOT_JSON", "BODY_TIMEOUT", "BODY_TOO_LARGE", "MEDIA_TYPE_UNSUPPORTED")
OF_INPUT = ("INVALID_ARGUMENT",)
OF_PATHS = ("ROUTE_UNKNOWN",)
"""A name in a path that holds a slash makes another path of it."""
OF_CALLS = ("UNAVAILABLE", "NOT_FRESH", "DEADLINE_EXCEEDED")
OF_WRITES = (
    "NOT_LEADER",
    "OUTCOME_UNKNOWN",
    "CLOCK_DIFFERS",
    "RECORD_REFUSED",
    "COMMAND_DISPLACED",
)
OF_COMMANDS = ("COMMAND_ID_REUSED", "COMMAND_EXPIRED")
OF_TOKENS = (
    "TOKEN_EXPIRED",
    "TOKEN_INVALID",
    "SESSION_ENDED",
    "SESSIONS_UNKNOWN",
    "ACCOUNT_DIFFERS",
)
OF_ACTIVE_ACCOUNTS = ("ACCOUNT_DELETING",)
OF_WRITES_BY_COOKIE = ("CLIENT_HEADER_REQUIRED",)
OF_COUNTED = ("TOO_MANY_WRITES",)
OF_IDENTITY = ("IDENTITY_REQUIRED",)
OF_POSITIONS = ("POSITION_UNKNOWN", "POSITION_NOT_REACHED")
OF_HISTORY = ("HISTORY_UNAVAILABLE", "STATEMENT_REFUSED")
"""What reads of old posts add, which a route names itself."""


def refuses(*reasons: str) -> dict[str, Any]:
    """Return what tells the description of a route which reasons only this route has.

    Raises:
        KeyError: There is no such reason.
    """
    return {NAMED_BY_ROUTE: [reason for reason in reasons if STATUSES[reason]]}


def by_status(reasons: Iterable[str]) -> dict[HTTPStatus, list[str]]:
    """Return reasons by the status that they have, both in order."""
    found: dict[HTTPStatus, list[str]] = {}
    for reason in sorted(set(reasons)):
        found.setdefault(STATUSES[reason], []).append(reason)
    return dict(sorted(found.items()))
