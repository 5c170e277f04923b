"""How often an account, and an address, may write: bounds for everybody, at one gateway.

A person never meets them. They are for programs that make accounts, pictures, posts, follows or
likes without end: those spoil the feeds of others, and use up what all share. What an address may
do is ten times what an account may: a school or a company stands behind one.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from kanvas_gateway import metrics
from kanvas_gateway.errors import TooManyWrites
from kanvas_platform.addresses import parsed, subscriber
from kanvas_platform.clock import Clock
from kanvas_platform.errors import ResourceExhausted
from kanvas_platform.rates import Bound, Rates, key_of

_MOST_KEYS = 50_000
_PEOPLE_BEHIND_AN_ADDRESS = 10


class Write(StrEnum):
    """What is counted together."""

    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    DELETION = "deletion"
    JOB = "job"
    POST = "post"
    FOLLOW = "follow"
    LIKE = "like"


OF_ACCOUNT: Mapping[Write, Bound] = {
    Write.DELETION: Bound(10, 1 / 600),
    Write.JOB: Bound(60, 1 / 5),
    Write.POST: Bound(60, 1 / 10),
    Write.FOLLOW: Bound(200, 1 / 2),
    Write.LIKE: Bound(300, 1),
}
"""What one account may do, from wherever."""

OF_ADDRESS: Mapping[Write, Bound] = {
    Write.SIGN_UP: Bound(30, 1 / 60),
    Write.SIGN_IN: Bound(100, 1 / 10),
    **{
        write: Bound(
            _PEOPLE_BEHIND_AN_ADDRESS * bound.burst, _PEOPLE_BEHIND_AN_ADDRESS * bound.rate
        )
        for write, bound in OF_ACCOUNT.items()
    },
}
"""What all may do together who come from one address (of IPv6, from one /64)."""


class WriteLimits:
    """The writes that one gateway has taken lately.

    Args:
        clock: Time.
        exempt: Networks whose writes are not counted: where demos, tests and benches run.
    """

    def __init__(self, *, clock: Clock, exempt: Sequence[IPv4Network | IPv6Network] = ()) -> None:
        self._clock = clock
        self._exempt = exempt
        self._rates = Rates(_MOST_KEYS)

    def count(self, write: Write, *, account_id: str | None, address: str) -> None:
        """Count a write before it is done.

        Args:
            write: What it does.
            account_id: Who does it; None for a sign-up or a sign-in.
            address: Network address of the client; empty where it is not known.

        Raises:
            TooManyWrites: The account or the address has done it too often.
        """
        if self._is_exempt(address):
            return
        wanted: dict[bytes, Bound] = {}
        if account_id is not None:
            wanted[key_of(write, "account", account_id)] = OF_ACCOUNT[write]
        if address:
            wanted[key_of(write, "address", subscriber(address))] = OF_ADDRESS[write]
        try:
            self._rates.take(wanted, self._clock.monotonic())
        except ResourceExhausted as error:
            metrics.http_refused.labels(TooManyWrites.reason).inc()
            raise TooManyWrites(
                "Too much of this in a short time.", retry_after=error.retry_after
            ) from None

    def _is_exempt(self, address: str) -> bool:
        known = parsed(address)
        return known is not None and any(known in network for network in self._exempt)
