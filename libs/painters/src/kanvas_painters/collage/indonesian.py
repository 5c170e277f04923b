"""Prints how what is drawn is called in Indonesian: `python -m kanvas_painters.collage.indonesian`.

Provenance names drawings, places and how things stand in English; a page that speaks Indonesian
looks them up in what this prints.
"""

import json
import sys
from collections.abc import Mapping

from .library import library
from .reading.lexicon import lexicon


def indonesian_names() -> Mapping[str, str]:
    """Return the Indonesian names of all that is drawn by the English ones, where they differ."""
    told, named = (lexicon().languages[code].tables["told"] for code in ("en", "id"))
    others = {english: named[value] for value, english in told.items()}
    drawings = {one.name: one.indonesian[0] for one in library().drawings.values()}
    return {
        english: name for english, name in sorted((others | drawings).items()) if name != english
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(indonesian_names(), ensure_ascii=False, indent=2) + "\n")
