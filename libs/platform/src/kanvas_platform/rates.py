"""How often each of many may do something: token buckets by key, in bounded memory."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from kanvas_platform.errors import ResourceExhausted
from kanvas_platform.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit: so many at once, then so many a second.

    Attributes:
        burst: How many may follow each other at once.
        rate: How many come back in a second.
    """

    burst: float
    rate: float


Taken = dict[bytes, TokenBucket]
"""Where something was counted."""


class Rates:
    """What was done lately, by key.

    Only what has been used up lately is kept. Where that is too much, what was used longest ago is
    forgotten. The names in a key are not kept, only their hash.

    Args:
        most: How many keys are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._buckets: OrderedDict[bytes, TokenBucket] = OrderedDict()

    def take(self, wanted: Mapping[bytes, Bound], now: float) -> Taken:
        """Count something under each key, or under none.

        Args:
            wanted: The bound of each key, which is always the same for one key.
            now: Monotonic seconds.

        Returns:
            What to give back if it turns out not to count.

        Raises:
            ResourceExhausted: The bound of a key is reached.
        """
        taken: Taken = {}
        for key, bound in wanted.items():
            bucket = self._bucket(key, bound, now)
            if not bucket.take(now):
                self.give_back(taken, now)
                raise ResourceExhausted("Too often.", retry_after=bucket.wait(now))
            taken[key] = bucket
        self._make_room(now)
        return taken

    def give_back(self, taken: Taken, now: float) -> None:
        """Undo what was counted."""
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
        # The full ones first: else made-up names push out what holds somebody back. Those that
        # are not full cost a request each not long ago, so there are few and this is seldom.
        for key in [key for key, bucket in self._buckets.items() if bucket.full(now)]:
            del self._buckets[key]
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)


def key_of(*names: str) -> bytes:
    """Return the key under which the things of these names are counted."""
    return hashlib.blake2b("\0".join(names).encode(), digest_size=16).digest()
