"""How often a password may be tried.

Three bounds, each a burst and a rate after it:

- an address on a handle: 20 attempts, then one in 5 s; not where the address is not known, or one
  stranger would keep out everybody else behind the same proxy;
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

_IPV6_HOST_BITS = 64  # below these, everything is one household or server


@dataclass(frozen=True)
class Bound:
    """A limit: so many attempts at once, then so many a second.

    Attributes:
        burst: Attempts that may follow each other at once.
        rate: Attempts that come back in a second.
    """

    burst: float
    rate: float


ONE_CLIENT = Bound(20, 0.2)
ALL_CLIENTS = Bound(100, 0.5)
KNOWN_CLIENTS = Bound(20, 0.2)


Taken = dict[bytes, TokenBucket]
"""Where an attempt was counted."""


class Attempts:
    """Attempts to sign in, of one process.

    Only what has been used up lately is kept. Where that is too much, what was used longest ago is
    forgotten. Neither handles nor addresses are kept, only their hashes.

    Args:
        most: How many handles, or pairs of a handle and an address, are kept.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._buckets: OrderedDict[bytes, TokenBucket] = OrderedDict()

    def take(self, handle: str, address: str, now: float, *, known: bool) -> Taken:
        """Count an attempt.

        Args:
            handle: The one that was named, in small letters.
            address: Network address of the client; empty where it is not known.
            now: Monotonic seconds.
            known: Whether the client has signed in to this account before.

        Returns:
            What to give back if it turns out not to count.

        Raises:
            RateLimited: There were too many.
        """
        if known:
            wanted = {_key("known", handle): KNOWN_CLIENTS}
        else:
            wanted = {_key("all", handle): ALL_CLIENTS}
            if address:
                wanted[_key("one", handle, _network(address))] = ONE_CLIENT
        taken: Taken = {}
        for key, bound in wanted.items():
            bucket = self._bucket(key, bound, now)
            if not bucket.take(now):
                self.give_back(taken, now)
                raise RateLimited(
                    "Too many attempts to sign in with this handle.", retry_after=bucket.wait(now)
                )
            taken[key] = bucket
        self._make_room(now)
        return taken

    def give_back(self, taken: Taken, now: float) -> None:
        """Undo an attempt."""
        for key, bucket in taken.items():
            bucket.give_back()
            if bucket.full(now) and self._buckets.get(key) is bucket:
                del self._buckets[key]

    def _bucket(self, key: bytes, bound: Bound, now: float) -> TokenBucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(rate=bound.rate, burst=bound.burst, now=now)
        self._buckets.move_to_end(key)
        return bucket

    def _make_room(self, now: float) -> None:
        if len(self._buckets) <= self._most:
            return
        # The full ones first: else made-up handles push out what holds a guesser back. Those that
        # are not full cost a hash each not long ago, so there are few and this is seldom.
        for key in [key for key, bucket in self._buckets.items() if bucket.full(now)]:
            del self._buckets[key]
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)


def _key(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> _IPV6_HOST_BITS)
