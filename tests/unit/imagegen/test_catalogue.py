"""What is offered is what the models know."""

from kanvas_imagegen.collage.order import MODEL_VERSION, SIDES, STEPS, Order
from kanvas_imagegen.collage.prompt import STYLES
from kanvas_imagegen.domain.catalogue import CATALOGUE, COLLAGE


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
