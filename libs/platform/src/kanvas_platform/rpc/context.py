"""What belongs to the call being served: who calls and how much time is left.

Both live in context variables, follow asyncio tasks, and are passed on by the client, so that a
chain of calls acts for one account and ends at one deadline.
"""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

from kanvas_platform.errors import IdentityRequired

_caller: ContextVar[str | None] = ContextVar("kanvas_caller", default=None)
_deadline: ContextVar[float | None] = ContextVar("kanvas_deadline", default=None)


def caller() -> str | None:
    """Return the id of the account that the call acts for, if any."""
    return _caller.get()


def require_caller() -> str:
    """Return the id of the account that the call acts for.

    Raises:
        IdentityRequired: The call names none.
    """
    account_id = _caller.get()
    if account_id is None:
        raise IdentityRequired("This call must name the account it acts for.")
    return account_id


def remaining(default: float) -> float:
    """Return how many seconds the call has left, never negative; `default` outside of calls."""
    deadline = _deadline.get()
    return default if deadline is None else max(0.0, deadline - time.monotonic())


@contextlib.contextmanager
def bind_caller(account_id: str | None) -> Iterator[None]:
    """Act for an account, or for none, until the block ends."""
    token = _caller.set(account_id)
    try:
        yield
    finally:
        _caller.reset(token)


@contextlib.contextmanager
def bind_deadline(seconds: float) -> Iterator[None]:
    """Have at most that many seconds until the block ends; never more than were left before.

    Nothing is canceled when they are over: `remaining` says 0, and calls fail.
    """
    end = time.monotonic() + max(0.0, seconds)
    outer = _deadline.get()
    token = _deadline.set(end if outer is None else min(outer, end))
    try:
        yield
    finally:
        _deadline.reset(token)
