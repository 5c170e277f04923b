"""What becomes of an account that is deleted: hidden for a while, then erased.

    active -> DELETING, with a time -> ERASED
       ^         |
       +---------+  its owner keeps it

Only the writer moves an account along. Who reads looks at the state, never at the time: that a
time is over changes nothing until the writer has said so.
"""

from typing import Final

from kanvas.graph.v1.records_pb2 import (
    ACCOUNT_STATE_DELETING,
    ACCOUNT_STATE_ERASED,
    ACCOUNT_STATE_UNSPECIFIED,
    Account,
    KeptHandle,
)
from kanvas_platform.timestamps import to_seconds, to_timestamp

GRACE_SECONDS: Final = 14 * 86400
"""For how long a deletion can be taken back."""

HANDLE_KEPT_SECONDS: Final = 365 * 86400
"""For how long nobody may have the handle of an erased account: who looks for its owner by an old
link, or writes to them, must not find somebody else."""


def is_active(account: Account) -> bool:
    """Return whether nobody has asked for the deletion of an account."""
    return account.state == ACCOUNT_STATE_UNSPECIFIED


def is_deleting(account: Account) -> bool:
    """Return whether an account is hidden, and its owner can still keep it."""
    return account.state == ACCOUNT_STATE_DELETING


def is_erased(account: Account) -> bool:
    """Return whether nothing of an account is left but that there was one."""
    return account.state == ACCOUNT_STATE_ERASED


def is_due(account: Account, now: float) -> bool:
    """Return whether an account is to be erased at a Unix time."""
    return is_deleting(account) and to_seconds(account.erase_at) <= now


def deleting(account: Account, erase_at: float) -> Account:
    """Return an account as it is once its owner has asked for its deletion."""
    after = _changed(account)
    after.state = ACCOUNT_STATE_DELETING
    after.erase_at.CopyFrom(to_timestamp(erase_at))
    return after


def kept(account: Account) -> Account:
    """Return an account as it is once its owner has taken the deletion back."""
    after = _changed(account)
    after.ClearField("state")
    after.ClearField("erase_at")
    return after


def erased(account: Account) -> Account:
    """Return what stays of an account: that there was one, for whatever still names its id."""
    return Account(id=account.id, version=account.version + 1, state=ACCOUNT_STATE_ERASED)


def kept_handle(digest: bytes, now: float) -> KeptHandle:
    """Return what keeps the handle of an account that is erased now from reuse."""
    return KeptHandle(digest=digest, until=to_timestamp(now + HANDLE_KEPT_SECONDS))


def _changed(account: Account) -> Account:
    after = Account()
    after.CopyFrom(account)
    after.version += 1
    return after
