"""What is offered is what the models know."""

from kanvas_imagegen.domain.catalogue import CATALOGUE, COLLAGE, EASEL
from kanvas_painters.collage.order import MODEL_VERSION, SIDES, STEPS, Order
from kanvas_painters.collage.phrases import STYLES
from kanvas_painters.easel import order as easel


def test_the_composer_is_the_default_and_says_what_it_is() -> None:
    first = CATALOGUE.described()[0]
    assert (first.name, first.generative) == ("collage", False)
    assert first.statement == ("Arranges and relights openly licensed drawings; not generative AI.")
    assert first.sizes[0] == "512x512"


def test_the_card_of_the_composer_agrees_with_the_composer() -> None:
    assert COLLAGE.styles == tuple(STYLES)
    assert COLLAGE.version == MODEL_VERSION
    assert COLLAGE.most_steps == STEPS[1]
    for size in COLLAGE.sizes:
        assert all(SIDES[0] <= side <= SIDES[1] for side in (size.width, size.height))
        Order(prompt="a fox", width=size.width, height=size.height, steps=COLLAGE.default_steps)


def test_the_painting_network_says_that_it_is_generative_and_experimental() -> None:
    second = CATALOGUE.described()[1]
    assert (second.name, second.generative) == ("easel", True)
    assert "Experimental" in second.statement
    assert list(second.sizes) == ["512x512"]
    assert second.default_guidance > 0
    assert CATALOGUE.described()[0].default_guidance == 0


def test_the_card_of_the_painting_network_agrees_with_it() -> None:
    assert EASEL.styles == tuple(STYLES)
    assert EASEL.version == easel.MODEL_VERSION
    assert EASEL.most_steps == easel.STEPS[1]
    assert (EASEL.default_guidance, EASEL.guidance_away) == (easel.GUIDANCE, easel.AWAY)
    for size in EASEL.sizes:
        easel.Order(prompt="a fox", width=size.width, height=size.height, steps=EASEL.default_steps)
