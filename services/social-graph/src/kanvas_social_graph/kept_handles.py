"""The secret under which the handles of erased accounts are kept from reuse.

Whoever reads the logs alone cannot tell which handles these are, nor try a list of names on them.
"""

import hashlib
import hmac
from pathlib import Path
from typing import Final, Self

_LEAST_BYTES: Final = 32


class HandleSecret:
    """Makes digests of handles.

    Args:
        secret: At least 32 bytes. All instances have the same, for ever: under another one, the
            handles that were kept are free.

    Raises:
        ValueError: It is shorter.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _LEAST_BYTES:
            raise ValueError(f"The secret of handles has fewer than {_LEAST_BYTES} bytes.")
        self._secret = secret

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the secret from a file; blanks and line ends around it do not count.

        Raises:
            OSError: The file cannot be read.
            ValueError: It holds too little.
        """
        return cls(path.read_bytes().strip())

    def digest(self, handle: str) -> bytes:
        """Return what stands for a handle, which is in small letters."""
        return hmac.digest(self._secret, handle.encode(), hashlib.sha256)
