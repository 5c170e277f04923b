"""Orders: every bound of a model is held, and the message says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from kanvas_paint_contract.order import Bounds, InvalidOrder, PaintOrder


@dataclass(frozen=True)
class SquareOrder(PaintOrder):
    bounds: ClassVar[Bounds] = Bounds(
        sides=(64, 512),
        steps=(1, 16),
        styles=("flat",),
        is_style=lambda t: t == "flat",
        square=True,
    )


def test_what_is_within_bounds_is_accepted() -> None:
    SquareOrder("x" * 4000, width=64, height=64, steps=16, style="flat", guidance=1.0)
    SquareOrder("", width=512, height=512, steps=1, guidance=10.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 63}, "width must be 64 to 512 pixels, not 63"),
        ({"height": 513}, "height must be 64 to 512 pixels, not 513"),
        ({"height": 256}, "width and height must be the same, not 512 and 256"),
        ({"steps": 0}, "steps must be 1 to 16, not 0"),
        ({"steps": 17}, "steps must be 1 to 16, not 17"),
        ({"style": "baroque"}, "style must be one of flat, or empty"),
        ({"negative_prompt": "x" * 4001}, "negative_prompt must have at most 4000 characters"),
        ({"guidance": 0.5}, "guidance must be 1 to 10, or 0, not 0.5"),
        ({"guidance": float("nan")}, "guidance must be 1 to 10, or 0, not nan"),
    ],
)
def test_what_is_out_of_bounds_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidOrder, match=message):
        SquareOrder(prompt="a fox", **changes)  # type: ignore[arg-type]
