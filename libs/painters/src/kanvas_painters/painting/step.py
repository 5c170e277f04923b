"""What a painter answers an order with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step's result: a WebP, and on the last step what there is to say of the picture."""

    step: int
    of: int
    image: bytes
    meta: str
    last: bool
