"""What this service may answer besides results. Every reason is explained in docs/errors.md.

    KanvasError
    ├── AlreadyExists
    │   └── PostExists           POST_EXISTS
    ├── FailedPrecondition
    │   └── AccountNotCopied     ACCOUNT_NOT_COPIED
    ├── NotFound
    │   ├── AccountUnknown       ACCOUNT_UNKNOWN
    │   └── PostUnknown          POST_UNKNOWN
    ├── PermissionDenied
    │   ├── AccountDeleting      ACCOUNT_DELETING
    │   └── NotYours             NOT_YOURS
    └── Unavailable
        ├── HistoryUnavailable   HISTORY_UNAVAILABLE
        └── ViewsBehind          VIEWS_BEHIND

`CopyHole` is not among them: it never leaves the process.
"""

from kanvas_platform.errors import (
    AlreadyExists,
    FailedPrecondition,
    Internal,
    NotFound,
    PermissionDenied,
    Unavailable,
)


class PostExists(AlreadyExists):
    """A post with this id was made by another command."""

    reason = "POST_EXISTS"


class AccountNotCopied(FailedPrecondition):
    """The acting account is not in the feed yet: its copy comes after its making."""

    reason = "ACCOUNT_NOT_COPIED"


class AccountUnknown(NotFound):
    """There is no such account."""

    reason = "ACCOUNT_UNKNOWN"


class PostUnknown(NotFound):
    """There is no such post, or not for this caller; which one is not said."""

    reason = "POST_UNKNOWN"


class AccountDeleting(PermissionDenied):
    """The acting account is being deleted: it can be kept, and does nothing else."""

    reason = "ACCOUNT_DELETING"


class NotYours(PermissionDenied):
    """Only its author may delete a post."""

    reason = "NOT_YOURS"


class HistoryUnavailable(Unavailable):
    """What is asked for lies below the memory, and the views cannot be read or are not whole."""

    reason = "HISTORY_UNAVAILABLE"


class ViewsBehind(Unavailable):
    """The views are so far behind the log that no more posts are taken: memory is bounded."""

    reason = "VIEWS_BEHIND"


class CopyHole(Internal):
    """Records of the graph between the last copied one and these are missing.

    Never repaired by skipping: whoever is copying reads again from the last copied position.
    """

    reason = "COPY_HOLE"
