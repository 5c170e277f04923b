"""The secrets of a stack: each drawn once, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_RANDOM_BYTES = 32


def ensure_token_key(path: Path) -> None:
    """Write a new Ed25519 private key as PEM to `path`, unless there is one."""
    _ensure(path, _private_key)


def ensure_random_key(path: Path) -> None:
    """Write 32 new random bytes in hexadecimal to `path`, unless there is something."""
    _ensure(path, lambda: secrets.token_hex(_RANDOM_BYTES).encode())


def _private_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _ensure(path: Path, draw: Callable[[], bytes]) -> None:
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(draw())
    temporary.replace(path)
