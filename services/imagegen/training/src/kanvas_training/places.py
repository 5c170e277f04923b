"""Where the training project keeps things: what it reads, and what it makes."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
REPOSITORY = PROJECT.parents[2]
PACKAGES = PROJECT / "node_modules"
SHIPPED = PROJECT.parent / "src" / "kanvas_imagegen"  # what is exported goes into this package
# Made things are large and can be made again, so git ignores them.
WORK = Path(os.environ.get("KANVAS_TRAINING", REPOSITORY / ".local" / "training"))
