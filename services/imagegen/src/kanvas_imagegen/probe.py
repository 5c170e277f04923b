"""Paint a small picture with each model, to tell a Triton that works from a Triton that says so.

A command of its own with its own small wiring: `bootstrap` loads all that serving needs.
"""

import asyncio
import sys

from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.domain.catalogue import CATALOGUE
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.ports import PaintingError
from kanvas_imagegen.settings import ProbeSettings

_SECONDS = 2.0
"""Leaves a second of the promised three for the start of the interpreter."""


def probe() -> int:
    """Return 0 if Triton works, or 1 after 2 s at the latest; what is wrong goes to stderr.

    Triton works if the default model paints and the process of every other model lives. A model
    that lives and cannot paint is named, but to start Triton again would not mend it.
    """
    return asyncio.run(_probe(ProbeSettings()))


async def _probe(settings: ProbeSettings) -> int:
    default = CATALOGUE.default.name
    names = [model.name for model in CATALOGUE.described()]
    painter = TritonPainter(settings.triton_grpc, probe_model=default)
    try:
        reasons = await asyncio.gather(*(_reason(painter, name) for name in names))
    finally:
        await painter.close()
    is_down = False
    for name, reason in zip(names, reasons, strict=True):
        if reason is not None:
            print(f"{name}: {reason}", file=sys.stderr)  # noqa: T201 - the answer of a command
            is_down |= name == default or reason is not Reason.MODEL_FAULT
    return int(is_down)


async def _reason(painter: TritonPainter, model: str) -> Reason | None:
    """Return why the model does not paint; None if it does."""
    try:
        await painter.probe(_SECONDS, model)
    except PaintingError as error:
        return error.reason
    return None
