"""One order for a picture, whichever model paints it: what it may ask for, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

PROMPT_CHARACTERS = 4000
"""The most characters of a prompt that a model reads. The service sets a lower bound for people."""

GUIDANCE = (1.0, 10.0)
"""The least and the most that a caller may ask for: 1 leaves the words unamplified."""


class InvalidOrder(ValueError):
    """An order that cannot be painted; the message says why, for the caller to read."""


@dataclass(frozen=True)
class Bounds:
    """What a model takes.

    Attributes:
        sides: The least and the most pixels of a side.
        steps: The fewest and the most.
        styles: Names of its styles.
        is_style: Whether a text means one of them.
        square: Whether both sides must be the same.
    """

    sides: tuple[int, int]
    steps: tuple[int, int]
    styles: tuple[str, ...]
    is_style: Callable[[str], bool]
    square: bool = False


@dataclass(frozen=True)
class PaintOrder:
    """What a caller asks for; each model has its own kind, with its bounds.

    A prompt has up to 4000 characters; `style` is empty (the words decide) or the name of a
    style; `guidance` is 1 to 10, or 0 for the model's own.

    Raises:
        InvalidOrder: The order lies outside the bounds.
    """

    bounds: ClassVar[Bounds]

    prompt: str
    negative_prompt: str = ""
    style: str = ""
    seed: int = 0
    width: int = 512
    height: int = 512
    steps: int = 8
    guidance: float = 0.0

    def __post_init__(self) -> None:
        bounds = self.bounds
        for name, value, (least, most), unit in (
            ("width", self.width, bounds.sides, " pixels"),
            ("height", self.height, bounds.sides, " pixels"),
            ("steps", self.steps, bounds.steps, ""),
        ):
            if not least <= value <= most:
                raise InvalidOrder(f"{name} must be {least} to {most}{unit}, not {value}")
        if bounds.square and self.width != self.height:
            raise InvalidOrder(
                f"width and height must be the same, not {self.width} and {self.height}"
            )
        for name, text in (("prompt", self.prompt), ("negative_prompt", self.negative_prompt)):
            if len(text) > PROMPT_CHARACTERS:
                raise InvalidOrder(f"{name} must have at most {PROMPT_CHARACTERS} characters")
        if self.style and not bounds.is_style(self.style):
            raise InvalidOrder(f"style must be one of {', '.join(bounds.styles)}, or empty")
        least_guidance, most_guidance = GUIDANCE
        if self.guidance and not least_guidance <= self.guidance <= most_guidance:
            raise InvalidOrder(
                f"guidance must be {least_guidance:g} to {most_guidance:g}, or 0, "
                f"not {self.guidance:g}"
            )
