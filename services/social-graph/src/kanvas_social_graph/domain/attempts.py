"""How often somebody may try passwords.

Three bounds, each a burst and a rate after it:

- a client on a handle: 20 attempts, then one in 5 s;
- all clients together on a handle: 100, then one in 2 s, so that many addresses are no way round;
- the clients that have signed in to the account before, together: 20, then one in 5 s. They take
  from neither of the others, so that nobody can lock the owner out.
"""

import hashlib
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

from kanvas_platform.token_bucket import TokenBucket
from kanvas_social_graph.errors import RateLimited

_MOST_BUCKETS = 20_000
_IPV6_HOST_BITS = 64  # below these, everything is one household or server


@dataclass(frozen=True)
class Bound:
    """A burst of attempts, and how many a second after it."""

    burst: float
    rate: float


ONE_CLIENT = Bound(20, 0.2)
ALL_CLIENTS = Bound(100, 0.5)
KNOWN_CLIENTS = Bound(20, 0.2)


class Attempts:
    """Attempts to sign in, of one process; the handles used longest ago are forgotten.

    Neither handles nor addresses are kept, only their hashes.
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[bytes, TokenBucket] = OrderedDict()

    def take(self, handle: str, address: str, now: float, *, known: bool) -> list[TokenBucket]:
        """Count an attempt.

        Args:
            handle: The one that was named, in small letters.
            address: Network address of the client; empty where it is not known.
            now: Monotonic seconds.
            known: Whether the client has signed in to this account before.

        Returns:
            Where to give the attempt back if it turns out not to count.

        Raises:
            RateLimited: There were too many.
        """
        if known:
            wanted = [self._bucket(KNOWN_CLIENTS, now, "known", handle)]
        else:
            wanted = [
                self._bucket(ONE_CLIENT, now, "one", handle, _network(address)),
                self._bucket(ALL_CLIENTS, now, "all", handle),
            ]
        taken: list[TokenBucket] = []
        for bucket in wanted:
            if not bucket.take(now):
                give_back(taken)
                raise RateLimited(
                    "Too many attempts to sign in with this handle.", retry_after=bucket.wait(now)
                )
            taken.append(bucket)
        return taken

    def _bucket(self, bound: Bound, now: float, *parts: str) -> TokenBucket:
        key = hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()
        bucket = self._buckets.pop(key, None)
        if bucket is None:
            bucket = TokenBucket(rate=bound.rate, burst=bound.burst, now=now)
        self._buckets[key] = bucket
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket


def give_back(taken: list[TokenBucket]) -> None:
    """Undo an attempt."""
    for bucket in taken:
        bucket.give_back()


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> _IPV6_HOST_BITS)
