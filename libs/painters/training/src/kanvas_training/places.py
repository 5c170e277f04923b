"""Where the training project keeps things: what it reads, and what it makes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
REPOSITORY = PROJECT.parents[2]
PACKAGES = PROJECT / "node_modules"
SHIPPED = PROJECT.parent / "src" / "kanvas_painters"  # what is exported goes into this package
# Made things are large and can be made again, so git ignores them.
WORK = Path(os.environ.get("KANVAS_TRAINING", REPOSITORY / ".local" / "training"))


def edition(path: Path) -> str:
    """Return a short name that tells a file from others in its place: what was made with it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
