"""The errors that this service answers with. docs/errors.md explains every reason.

KanvasError
├── AlreadyExists
│   ├── HandleTaken
│   └── AccountExists
├── Conflict
│   └── VersionConflict
├── FailedPrecondition
│   ├── Blocked
│   └── SelfFollow
├── NotFound
│   ├── AccountUnknown
│   └── ExportUnknown
├── PermissionDenied
│   ├── AccountDeleting
│   └── PasswordWrong
├── ResourceExhausted
│   ├── ExportTooSoon
│   ├── HashingBusy
│   └── RateLimited
└── Unauthenticated
    ├── CredentialsWrong
    └── SessionEnded
"""

from kanvas_platform.errors import (
    AlreadyExists,
    Conflict,
    FailedPrecondition,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)


class HandleTaken(AlreadyExists):
    """Another account has the handle."""

    reason = "HANDLE_TAKEN"


class AccountExists(AlreadyExists):
    """An account with this id exists, and another sign-up made it."""

    reason = "ACCOUNT_EXISTS"


class VersionConflict(Conflict):
    """The profile was changed since the version that the caller saw."""

    reason = "VERSION_CONFLICT"


class Blocked(FailedPrecondition):
    """One of the two accounts blocks the other."""

    reason = "BLOCKED"


class SelfFollow(FailedPrecondition):
    """An account was to follow or block itself."""

    reason = "SELF_FOLLOW"


class AccountUnknown(NotFound):
    """There is no such account."""

    reason = "ACCOUNT_UNKNOWN"


class ExportUnknown(NotFound):
    """The account has never asked for an export."""

    reason = "EXPORT_UNKNOWN"


class CredentialsWrong(Unauthenticated):
    """The handle or the password is wrong; which one is not said."""

    reason = "CREDENTIALS_WRONG"


class SessionEnded(Unauthenticated):
    """The session was ended, has ended by itself, or never was one of the account's."""

    reason = "SESSION_ENDED"


class AccountDeleting(PermissionDenied):
    """The account that acts is being deleted: it can be kept, and does nothing else."""

    reason = "ACCOUNT_DELETING"


class PasswordWrong(PermissionDenied):
    """The present password, which somebody who is signed in was asked for again, is wrong."""

    reason = "PASSWORD_WRONG"


class RateLimited(ResourceExhausted):
    """There were too many attempts to sign in with one handle."""

    reason = "RATE_LIMITED"


class ExportTooSoon(ResourceExhausted):
    """The account asked for an export a short while ago, and it did not fail."""

    reason = "EXPORT_TOO_SOON"


class HashingBusy(ResourceExhausted):
    """Too many passwords are being hashed. Try again in a second."""

    reason = "OVERLOADED"
