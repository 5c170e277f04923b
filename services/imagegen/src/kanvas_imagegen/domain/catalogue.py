"""The models that this build offers. Triton serves one under each name."""

from kanvas.imagegen.v1.service_pb2 import Model
from kanvas_paint_contract.cards import CARDS, ModelCard


class Catalogue:
    """The models on offer, by name. The first one is the default."""

    def __init__(self, *cards: ModelCard) -> None:
        self._cards = {card.name: card for card in cards}

    @property
    def default(self) -> ModelCard:
        """The card of the model that paints when a job names none."""
        return next(iter(self._cards.values()))

    def find(self, name: str) -> ModelCard | None:
        """Return the card of that name, or None."""
        return self._cards.get(name)

    def described(self) -> list[Model]:
        """Return all cards as callers see them, the default one first."""
        return [_described(card) for card in self._cards.values()]


def _described(card: ModelCard) -> Model:
    return Model(
        name=card.name,
        version=card.version,
        statement=card.statement,
        generative=card.generative,
        styles=card.styles,
        sizes=[str(size) for size in card.sizes],
        default_steps=card.default_steps,
        default_guidance=card.default_guidance,
    )


CATALOGUE = Catalogue(*CARDS)
