"""What can go wrong before or while the stack starts.

`StackError` is for people: its text is one clear sentence that says what is
wrong and what to do. The command line prints it and exits with 1; anything
else that escapes is a bug and shows its traceback.
"""

from __future__ import annotations

import errno

_CURES = {
    errno.ENOSPC: "the disk is full: make room (`make clean` drops Kanvas's own data)",
    errno.EDQUOT: "your share of the disk is used up: make room, or ask for more",
    errno.EROFS: (
        "that disk can only be read: keep the checkout, and the cache (XDG_CACHE_HOME), "
        "where you may write"
    ),
    errno.EACCES: (
        "it belongs to another user, or may only be read: each user needs a checkout, and a "
        "cache folder (XDG_CACHE_HOME), of their own"
    ),
    errno.EPERM: "it belongs to another user: each user needs a checkout of their own",
    errno.ENAMETOOLONG: "the path is too long: use a folder nearer to the root",
}


class StackError(Exception):
    """The stack cannot do what was asked; the message says why and what to do."""


class UnitDied(StackError):
    """A process died before it was ever ready; the message carries the end of its log."""


def sentence_of(error: OSError) -> str:
    """Return what to tell a person of a disk or folder that does not do.

    Raises:
        OSError: It is about something else: `error` itself.
    """
    cure = _CURES.get(error.errno or 0)
    if cure is None:
        raise error
    return f"{error.filename or 'A file'} cannot be used: {cure}."
