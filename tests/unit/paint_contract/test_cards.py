"""What is offered is what the models take, and each model says what it is."""

import pytest

from kanvas_paint_contract.cards import CARDS, COLLAGE, EASEL, ModelCard
from kanvas_paint_contract.order import PaintOrder
from kanvas_painters.collage.order import CollageOrder
from kanvas_painters.collage.reading.reader import style_named
from kanvas_painters.easel.order import EaselOrder

ORDERS: dict[str, type[PaintOrder]] = {"collage": CollageOrder, "easel": EaselOrder}


def test_the_composer_is_the_default_and_says_what_it_is() -> None:
    assert CARDS[0] is COLLAGE
    assert (COLLAGE.name, COLLAGE.generative) == ("collage", False)
    assert COLLAGE.statement == (
        "Arranges and relights openly licensed drawings; not generative AI."
    )
    assert str(COLLAGE.sizes[0]) == "512x512"
    assert COLLAGE.default_guidance == 0


def test_the_painting_network_says_that_it_is_generative_and_experimental() -> None:
    assert (EASEL.name, EASEL.generative) == ("easel", True)
    assert "Experimental" in EASEL.statement
    assert list(map(str, EASEL.sizes)) == ["512x512"]
    assert EASEL.default_guidance > 0


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_model_takes_all_that_its_card_offers(card: ModelCard) -> None:
    for size in card.sizes:
        for style in ("", *card.styles):
            ORDERS[card.name](
                prompt="a fox",
                style=style,
                width=size.width,
                height=size.height,
                steps=card.most_steps,
                guidance=card.guidance_away,
            )


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_style_of_a_card_means_itself(card: ModelCard) -> None:
    assert [style_named(style) for style in card.styles] == list(card.styles)
