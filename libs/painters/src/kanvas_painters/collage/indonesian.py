"""Prints how the drawings are called in Indonesian: `python -m kanvas_painters.collage.indonesian`.

Provenance names drawings in English; a page that speaks Indonesian looks them up in what this
prints.
"""

import json
import sys
from collections.abc import Mapping

from .library import library


def indonesian_names() -> Mapping[str, str]:
    """Return the Indonesian names of drawings by the English ones, where they differ."""
    named = ((one.name, one.indonesian[0]) for one in library().drawings.values() if one.indonesian)
    return {english: name for english, name in sorted(named) if name != english}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(indonesian_names(), ensure_ascii=False, indent=2) + "\n")
