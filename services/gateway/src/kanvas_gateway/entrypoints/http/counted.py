"""Routes that write are counted, each with those that do the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends

from kanvas_gateway.entrypoints.http.identity import Address, SignedInAs
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.write_limits import Write


@dataclass(frozen=True, slots=True)
class CountWrite:
    """Dependency that counts a write of somebody who has signed in; `TooManyWrites` beyond."""

    write: Write

    async def __call__(self, services: Services, identity: SignedInAs, address: Address) -> None:
        """Count it."""
        services.write_limits.count(self.write, account_id=identity.account_id, address=address)


async def count_sign_up(services: Services, address: Address) -> None:
    """Count a sign-up; `TooManyWrites` beyond."""
    services.write_limits.count(Write.SIGN_UP, account_id=None, address=address)


async def count_sign_in(services: Services, address: Address) -> None:
    """Count a sign-in; `TooManyWrites` beyond."""
    services.write_limits.count(Write.SIGN_IN, account_id=None, address=address)


_OF_NOBODY = {Write.SIGN_UP: count_sign_up, Write.SIGN_IN: count_sign_in}


def counted(write: Write) -> list[Any]:
    """Return what a route passes as `dependencies` to be counted."""
    return [Depends(_OF_NOBODY.get(write) or CountWrite(write))]


def counts(call: Callable[..., Any] | None) -> bool:
    """Say whether a dependency is one that counts."""
    return call in _OF_NOBODY.values() or isinstance(call, CountWrite)
