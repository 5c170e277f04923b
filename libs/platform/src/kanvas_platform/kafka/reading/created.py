"""The position at which each key first appeared."""

import hashlib
from typing import Final

from kanvas_platform.kafka.store.codecs import NUMBER
from kanvas_platform.kafka.store.space import Space

_PREFIX: Final = b"\xf2"


class Created:
    """By topic and key of a record, the position of the first record with this key."""

    def __init__(self, space: Space) -> None:
        self._space = space

    def get(self, topic: str, key: str) -> int | None:
        """Return the position of the first record with a key; None where there was none.

        Raises:
            StoreFailed: It cannot be read at present.
        """
        found = self._space.get(_name(topic, key))
        return None if found is None else NUMBER.decode(found)

    def note(self, topic: str, key: str, position: int) -> None:
        """Note the position of a key, if it is not known yet.

        Raises:
            StoreFailed: Whether it is known cannot be read at present.
        """
        name = _name(topic, key)
        if self._space.get(name) is None:
            self._space.set(name, NUMBER.encode(position))


def _name(topic: str, key: str) -> bytes:
    # Keys are of any length, and most are long: 16 bytes are beyond any chance of collision.
    return _PREFIX + hashlib.blake2b(f"{topic}\0{key}".encode(), digest_size=16).digest()
