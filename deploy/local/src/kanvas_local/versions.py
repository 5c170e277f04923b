"""Digests that tell whether what a process runs has changed since it was started."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

_IGNORED = {"__pycache__", "node_modules", "dist"}


def digest_of(*places: Path) -> str:
    """Return a digest over the names, sizes and modification times of all files below `places`.

    Cheap (no file is read) and so only good on one machine: a fresh checkout has
    other times. Places that do not exist count as empty.
    """
    digest = hashlib.sha256()
    for place in places:
        for path in sorted(_files(place)):
            status = path.stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def digest_of_text(*texts: str) -> str:
    """Return a digest of configuration that is written again at each start."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        for child in place.iterdir():
            if child.name not in _IGNORED and not child.name.endswith(".egg-info"):
                yield from _files(child)
