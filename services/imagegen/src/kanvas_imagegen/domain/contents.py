"""What may be asked for: a job's specification, checked and completed."""

from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_imagegen.domain.catalogue import Catalogue
from kanvas_paint_contract.cards import ModelCard, Size
from kanvas_paint_contract.order import GUIDANCE
from kanvas_platform.validation import Violations

MOST_CHARACTERS = 1000
"""Characters of a prompt, and of a negative prompt."""

HIGHEST_SEED = 2**53 - 1
"""The highest integer that JSON in a browser carries exactly."""


def complete(spec: JobSpec, catalogue: Catalogue, violations: Violations) -> JobSpec:
    """Return the specification with every default filled in.

    What is wrong is added to `violations`, every field of it; the result is of use only where
    nothing was added.
    """
    prompt = violations.text("spec.prompt", spec.prompt, least=1, most=MOST_CHARACTERS)
    negative = violations.text("spec.negative_prompt", spec.negative_prompt, most=MOST_CHARACTERS)
    if not 0 <= spec.seed <= HIGHEST_SEED:
        violations.add("spec.seed", f"Between 0 and {HIGHEST_SEED}.")
    card = catalogue.find(spec.model) if spec.model else catalogue.default
    if card is None:
        violations.add("spec.model", "Not a model of ListModels.")
        return spec
    size = _size(spec, card, violations)
    return JobSpec(
        prompt=prompt,
        negative_prompt=negative,
        model=card.name,
        width=size.width,
        height=size.height,
        steps=_steps(spec, card, violations),
        seed=spec.seed,
        style=_style(spec, card, violations),
        guidance=_guidance(spec, card, violations),
    )


def _size(spec: JobSpec, card: ModelCard, violations: Violations) -> Size:
    if not spec.width and not spec.height:
        return card.sizes[0]
    size = Size(spec.width, spec.height)
    if size not in card.sizes:
        known = ", ".join(map(str, card.sizes))
        for field in ("spec.width", "spec.height"):
            violations.add(field, f"{card.name} paints {known}.")
    return size


def _steps(spec: JobSpec, card: ModelCard, violations: Violations) -> int:
    if not spec.steps:
        return card.default_steps
    if not 1 <= spec.steps <= card.most_steps:
        violations.add("spec.steps", f"{card.name} takes 1 to {card.most_steps} steps.")
    return spec.steps


def _style(spec: JobSpec, card: ModelCard, violations: Violations) -> str:
    if spec.style and spec.style not in card.styles:
        violations.add("spec.style", f"{card.name} knows {', '.join(card.styles)}.")
    return spec.style


def _guidance(spec: JobSpec, card: ModelCard, violations: Violations) -> float:
    """Return the guidance to paint with: 0 for a model that has none, whatever was asked for."""
    least, most = GUIDANCE
    if spec.guidance and not least <= spec.guidance <= most:
        violations.add("spec.guidance", f"Between {least:g} and {most:g}.")
    own = (card.guidance_away if spec.negative_prompt else 0) or card.default_guidance
    return own and (spec.guidance or own)
