"""Painting one small picture, to tell a Triton that works from one that only says so.

A command of its own with its own small wiring: `bootstrap` loads all that serving needs.
"""

import asyncio
import sys

from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.domain.catalogue import CATALOGUE
from kanvas_imagegen.ports import PaintingError
from kanvas_imagegen.settings import ProbeSettings

_SECONDS = 2.0
"""Leaves a second of the promised three for the start of the interpreter."""


def probe() -> int:
    """Return 0 once Triton has painted, or 1 after 2 s, with the reason on stderr."""
    return asyncio.run(_probe(ProbeSettings()))


async def _probe(settings: ProbeSettings) -> int:
    painter = TritonPainter(settings.triton_grpc, probe_model=CATALOGUE.default.name)
    try:
        await painter.probe(_SECONDS)
    except PaintingError as error:
        print(error.reason, file=sys.stderr)  # noqa: T201 - the answer of a command
        return 1
    finally:
        await painter.close()
    return 0
