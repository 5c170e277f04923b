"""Every violation of a specification is named, and every gap filled."""

from dataclasses import replace

import pytest

from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_imagegen.domain.catalogue import CATALOGUE, Catalogue
from kanvas_imagegen.domain.contents import HIGHEST_SEED, complete
from kanvas_paint_contract.cards import COLLAGE, EASEL, Size
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.validation import Violations


def check(**fields: object) -> JobSpec:
    violations = Violations()
    spec = complete(JobSpec(**fields), CATALOGUE, violations)  # type: ignore[arg-type]
    violations.raise_if_any()
    return spec


def test_defaults_are_filled_in() -> None:
    spec = check(prompt="a fox")
    size = COLLAGE.sizes[0]
    assert spec == JobSpec(
        prompt="a fox",
        model="collage",
        width=size.width,
        height=size.height,
        steps=COLLAGE.default_steps,
    )


def test_a_size_that_is_on_offer_is_kept() -> None:
    spec = check(prompt="a fox", width=512, height=768)
    assert (spec.width, spec.height) == (512, 768)


def test_bounds_are_inclusive() -> None:
    check(prompt="x" * 1000, negative_prompt="y" * 1000, seed=HIGHEST_SEED, steps=1)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("spec.prompt", {"prompt": ""}),
        ("spec.prompt", {"prompt": "  "}),
        ("spec.prompt", {"prompt": "x" * 1001}),
        ("spec.prompt", {"prompt": "a\x00fox"}),
        ("spec.negative_prompt", {"negative_prompt": "x" * 1001}),
        ("spec.negative_prompt", {"negative_prompt": "a\x1bfox"}),
        ("spec.seed", {"seed": -1}),
        ("spec.seed", {"seed": HIGHEST_SEED + 1}),
        ("spec.model", {"model": "dall-e"}),
        ("spec.width", {"width": 511, "height": 512}),
        ("spec.height", {"width": 512}),
        ("spec.steps", {"steps": -1}),
        ("spec.steps", {"steps": COLLAGE.most_steps + 1}),
        ("spec.style", {"style": "vermeer"}),
        ("spec.steps", {"model": "easel", "steps": 17}),
        ("spec.width", {"model": "easel", "width": 768, "height": 768}),
        ("spec.guidance", {"guidance": -1.0}),
        ("spec.guidance", {"guidance": 0.9, "model": "easel"}),
        ("spec.guidance", {"guidance": 10.1, "model": "easel"}),
        ("spec.guidance", {"guidance": float("nan"), "model": "easel"}),
    ],
)
def test_each_violation_names_its_field(field: str, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check(**{"prompt": "a fox", **fields})
    assert field in {violation.field for violation in refused.value.violations}


def test_a_model_with_guidance_takes_what_is_asked_or_its_own() -> None:
    assert check(prompt="a fox", model="easel").guidance == EASEL.default_guidance > 0
    assert check(prompt="a fox", model="easel", guidance=10.0).guidance == 10.0
    away = {"prompt": "a fox", "negative_prompt": "trees", "model": "easel"}
    assert check(**away).guidance == EASEL.guidance_away > 1
    assert check(**away, guidance=3.0).guidance == 3.0


def test_negative_words_leave_guidance_to_a_model_that_makes_no_difference() -> None:
    catalogue = Catalogue(replace(EASEL, guidance_away=0.0))
    for asked, given in ((0.0, EASEL.default_guidance), (3.0, 3.0)):
        spec = JobSpec(prompt="a fox", negative_prompt="trees", guidance=asked)
        assert complete(spec, catalogue, Violations()).guidance == given


def test_a_model_without_guidance_comes_to_none_whatever_is_asked() -> None:
    assert check(prompt="a fox", guidance=5.0).guidance == 0


def test_a_named_model_brings_its_own_defaults() -> None:
    spec = check(prompt="a fox", model="easel")
    assert (spec.model, Size(spec.width, spec.height)) == ("easel", EASEL.sizes[0])
    assert spec.steps == EASEL.default_steps


def test_all_violations_are_named_at_once() -> None:
    with pytest.raises(InvalidArgument) as refused:
        check(prompt="", seed=-1, style="vermeer", steps=1000)
    fields = {violation.field for violation in refused.value.violations}
    assert fields == {"spec.prompt", "spec.seed", "spec.style", "spec.steps"}
