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


def counted(write: Write) -> list[Any]:
    """Return what a route passes as `dependencies` to be counted."""
    return [Depends(count_sign_up if write is Write.SIGN_UP else CountWrite(write))]


def counts(call: Callable[..., Any] | None) -> bool:
    """Say whether a dependency is one that counts."""
    return call is count_sign_up or isinstance(call, CountWrite)
