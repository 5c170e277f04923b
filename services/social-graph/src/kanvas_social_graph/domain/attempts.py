"""How often a password may be tried.

Three bounds, each a burst and a rate after it:

- an address on a handle: 20 attempts, then one in 5 s; not where the address is not known, or one
  stranger would keep out everybody else behind the same proxy;
- all clients together on a handle: 100, then one in 2 s, so that many addresses are no way round;
- the clients that have signed in to the account before, together: 20, then one in 5 s. They take
  from neither of the others, so that nobody can lock the owner out.
"""

from kanvas_platform.addresses import subscriber
from kanvas_platform.errors import ResourceExhausted
from kanvas_platform.rates import Bound, Rates, Taken, key_of
from kanvas_social_graph.errors import RateLimited

ONE_CLIENT = Bound(20, 0.2)
ALL_CLIENTS = Bound(100, 0.5)
KNOWN_CLIENTS = Bound(20, 0.2)


class Attempts:
    """Attempts to sign in, of one process.

    Args:
        most: How many handles, or pairs of a handle and an address, are kept.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._rates = Rates(most)

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
            wanted = {key_of("known", handle): KNOWN_CLIENTS}
        else:
            wanted = {key_of("all", handle): ALL_CLIENTS}
            if address:
                wanted[key_of("one", handle, subscriber(address))] = ONE_CLIENT
        try:
            return self._rates.take(wanted, now)
        except ResourceExhausted as error:
            raise RateLimited(
                "Too many attempts to sign in with this handle.", retry_after=error.retry_after
            ) from None

    def give_back(self, taken: Taken, now: float) -> None:
        """Undo an attempt."""
        self._rates.give_back(taken, now)
