"""How often somebody may try passwords on one handle."""

import hashlib
from collections import OrderedDict

from kanvas_gateway.domain.token_bucket import TokenBucket
from kanvas_gateway.errors import RateLimited
from kanvas_platform.clock import Clock

_BURST = 20.0
_PER_SECOND = 0.2
_MOST_HANDLES = 10_000


class SignInLimit:
    """Allows 20 attempts at once for a handle, and one every 5 seconds after that.

    Of this process; the handles used longest ago are forgotten. Handles are kept as hashes only.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[bytes, TokenBucket] = OrderedDict()

    def take(self, handle: str) -> None:
        """Count an attempt.

        Raises:
            RateLimited: There were too many.
        """
        now = self._clock.monotonic()
        key = hashlib.blake2b(handle.strip().lower().encode(), digest_size=16).digest()
        bucket = self._buckets.pop(key, None) or TokenBucket(
            rate=_PER_SECOND, burst=_BURST, now=now
        )
        self._buckets[key] = bucket
        if len(self._buckets) > _MOST_HANDLES:
            self._buckets.popitem(last=False)
        if not bucket.take(now):
            raise RateLimited(
                "Too many attempts to sign in with this handle.", retry_after=bucket.wait(now)
            )
