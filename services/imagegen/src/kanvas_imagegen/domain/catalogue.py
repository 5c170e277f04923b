"""The models that this build offers. Triton serves one under each name."""

from dataclasses import dataclass

from kanvas.imagegen.v1.service_pb2 import Model


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
        styles: What it knows; a job may also name none.
        sizes: What it paints, the default one first.
        default_steps: Steps where a job names none.
        most_steps: The highest number of steps that a job may ask for.
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

    def described(self) -> Model:
        """Return the card as callers see it."""
        return Model(
            name=self.name,
            version=self.version,
            statement=self.statement,
            generative=self.generative,
            styles=self.styles,
            sizes=[str(size) for size in self.sizes],
            default_steps=self.default_steps,
            default_guidance=self.default_guidance,
        )


class Catalogue:
    """The models on offer, by name. The first one is the default."""

    def __init__(self, *cards: ModelCard) -> None:
        self._cards = {card.name: card for card in cards}

    @property
    def default(self) -> ModelCard:
        """What paints when a job names no model."""
        return next(iter(self._cards.values()))

    def find(self, name: str) -> ModelCard | None:
        """Return the card of that name, or None."""
        return self._cards.get(name)

    def described(self) -> list[Model]:
        """Return all cards as callers see them, the default one first."""
        return [card.described() for card in self._cards.values()]


COLLAGE = ModelCard(
    name="collage",
    version="collage-4",
    statement="Arranges and relights openly licensed drawings; not generative AI.",
    generative=False,
    styles=("3d", "flat", "watercolor", "ink", "pixel", "paper"),
    sizes=(Size(512, 512), Size(768, 512), Size(512, 768), Size(768, 768), Size(1024, 1024)),
    default_steps=8,
    most_steps=50,
)

EASEL = ModelCard(
    name="easel",
    version="easel-3",
    statement="Experimental: painted by a small generative network of ours, which has learned "
    "from pictures composed of openly licensed drawings.",
    generative=True,
    styles=COLLAGE.styles,
    sizes=(Size(512, 512),),
    default_steps=12,
    most_steps=16,
    default_guidance=1.0,
    guidance_away=1.5,
)

CATALOGUE = Catalogue(COLLAGE, EASEL)
