"""How many connections there may be, and how many of them one address may hold."""

from collections import Counter

from kanvas_platform.addresses import subscriber


class ConnectionLimit:
    """The count of the connections of one listener, and its bounds.

    One address is an IPv4 address, or a /64 of IPv6: that much a single subscriber has.

    Args:
        most: Connections in all.
        each: Connections of one address; 0 for no bound of its own, where all come from a proxy.

    Attributes:
        taken: Connections that are counted now.
        held: How many of them each address has; only addresses that have any.
    """

    def __init__(self, *, most: int, each: int) -> None:
        self._most = most
        self._each = each or most
        self.held: Counter[str] = Counter()
        self.taken = 0

    @property
    def full(self) -> bool:
        """Whether there is no room at all."""
        return self.taken >= self._most

    def take(self, host: str) -> bool:
        """Count a connection from a host; False, and nothing counted, where there is no room."""
        key = subscriber(host)
        if self.full or self.held[key] >= self._each:
            self._forget(key)
            return False
        self.held[key] += 1
        self.taken += 1
        return True

    def give_back(self, host: str) -> None:
        """Count a connection no more that was taken."""
        key = subscriber(host)
        self.held[key] -= 1
        self.taken -= 1
        self._forget(key)

    def _forget(self, key: str) -> None:
        if self.held[key] <= 0:
            del self.held[key]
