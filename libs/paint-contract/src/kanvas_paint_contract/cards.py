"""The models on offer, each with what it takes and one honest sentence on what it does."""

from __future__ import annotations

from dataclasses import dataclass

STYLES = ("3d", "flat", "watercolor", "ink", "pixel", "paper")
"""The styles that both models know, in the order in which easel has learned them."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model takes, and one honest sentence on what it does.

    Attributes:
        name: As in `JobSpec.model`, and the name of the model in Triton.
        version: Name and number, such as "collage-9"; stands in the record of each picture.
        statement: The sentence, as a person reads it before choosing a model.
        generative: Whether the model is generative AI.
        styles: The styles that the model knows; a job may also name none.
        sizes: The sizes of pictures on offer, the default one first.
        default_steps: Steps where a job names none.
        most_steps: The highest number of steps that a job may ask for; the lowest is 1.
        default_guidance: Guidance where a job names none; 0 for a model that has none.
        guidance_away: The same for a job with negative words, which act through guidance above 1;
            0 where it is the same.
    """

    name: str
    version: str
    statement: str
    generative: bool
    styles: tuple[str, ...]
    sizes: tuple[Size, ...]
    default_steps: int
    most_steps: int
    default_guidance: float = 0.0
    guidance_away: float = 0.0


COLLAGE = ModelCard(
    name="collage",
    version="collage-9",
    statement="Arranges and relights openly licensed drawings; not generative AI.",
    generative=False,
    styles=STYLES,
    sizes=(Size(512, 512), Size(768, 512), Size(512, 768), Size(768, 768), Size(1024, 1024)),
    default_steps=8,
    most_steps=50,
)

EASEL = ModelCard(
    name="easel",
    version="easel-8",
    statement="Experimental: painted by a small generative network of ours, which has learned "
    "from pictures composed of openly licensed drawings.",
    generative=True,
    styles=STYLES,
    sizes=(Size(512, 512),),
    default_steps=12,
    most_steps=16,
    default_guidance=1.0,
    guidance_away=1.5,
)

CARDS = (COLLAGE, EASEL)
"""The cards of all models that ship, the default one first."""
