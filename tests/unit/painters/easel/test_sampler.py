"""From noise to the picture that the network sees: arithmetic, determinism, one step at a time."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from kanvas_painters.collage.canvas import Array
from kanvas_painters.easel.networks import SIDE
from kanvas_painters.easel.sampler import guided, noises, sample, schedule
from tests.unit.painters.easel.doubles import DampingPainter, KnownPainter, gradient, told


def noise_of(seed: int, words: str) -> Array:
    """Return the first noise of a picture."""
    return next(noises(seed, words))


@pytest.mark.parametrize("steps", [1, 2, 12, 16])
def test_the_schedule_falls_from_one_and_dwells_on_noise(steps: int) -> None:
    times = schedule(steps)
    assert len(times) == steps
    assert times[0] == 1
    assert all(then < now for now, then in pairwise([*times, 0.0]))
    drops = [now - then for now, then in pairwise([*times, 0.0])]
    assert all(first < second for first, second in pairwise(drops))


@pytest.mark.parametrize("steps", [1, 5, 16])
def test_the_sampler_lands_on_what_the_network_expects(steps: int) -> None:
    pictures = list(sample(KnownPainter(), told(), noises(7, "a fox"), steps=steps, guidance=1.0))
    assert len(pictures) == steps
    assert np.array_equal(pictures[-1], gradient())


def test_each_step_looks_at_the_mix_of_picture_and_noise_that_its_time_says() -> None:
    painter = KnownPainter()
    list(sample(painter, told(), noises(7, "a fox"), steps=6, guidance=1.0))
    assert len(painter.seen) == 6
    noise = noises(7, "a fox")
    for (noisy, time, _), expected in zip(painter.seen, schedule(6), strict=True):
        assert noisy.shape == (2, 3, SIDE, SIDE)
        assert noisy.dtype == time.dtype == np.float32
        assert time == pytest.approx([expected, expected])
        mixed = (1 - expected) * gradient() + expected * next(noise)
        assert np.allclose(noisy, mixed, atol=1e-5)


def test_guidance_pushes_away_from_what_would_be_without_the_words() -> None:
    with_words = np.array([0.5, 0.5], dtype=np.float32)
    without = np.array([0.2, -0.4], dtype=np.float32)
    assert guided(with_words, without, 1.0) == pytest.approx([0.5, 0.5])
    assert guided(with_words, without, 2.0) == pytest.approx([0.8, 1.0])  # held within 1
    assert guided(-with_words, -without, 2.0) == pytest.approx([-0.8, -1.0])


def test_the_sampler_guides_the_first_evaluation_away_from_the_second() -> None:
    painter = KnownPainter(
        with_words=np.full((3, SIDE, SIDE), 0.3, np.float32),
        without=np.full((3, SIDE, SIDE), 0.1, np.float32),
    )
    (*_, picture) = sample(painter, told(), noises(7, "a fox"), steps=3, guidance=3.0)
    assert np.allclose(picture, 0.7)


def test_one_evaluation_is_enough_where_nothing_is_to_be_kept_away_from() -> None:
    painter = KnownPainter()
    pictures = list(sample(painter, told([1]), noises(7, "a fox"), steps=3, guidance=5.0))
    assert [len(noisy) for noisy, _, _ in painter.seen] == [1, 1, 1]
    assert np.allclose(pictures[-1], gradient())


def test_noise_depends_on_the_seed_and_the_words_alone() -> None:
    noise = noise_of(7, "a fox")
    assert np.array_equal(noise, noise_of(7, "a fox"))
    assert not np.array_equal(noise, noise_of(8, "a fox"))
    assert not np.array_equal(noise, noise_of(7, "a cat"))
    assert noise.dtype == np.float32
    assert float(noise.std()) == pytest.approx(1, abs=0.02)


def test_each_step_has_noise_of_its_own() -> None:
    first, second = islice(noises(7, "a fox"), 2)
    assert abs(float((first * second).mean())) < 0.02


def test_the_first_numbers_of_the_noise_never_change() -> None:
    """Posts name their seed: a picture must come out the same after an upgrade."""
    assert noise_of(-1, "é")[0, 0, :3] == pytest.approx([0.7190163, 0.12839416, -0.28732014])


def test_a_picture_that_nobody_takes_costs_nothing() -> None:
    painter = DampingPainter()
    taken = list(islice(sample(painter, told(), noises(7, "a fox"), steps=12, guidance=2.0), 3))
    assert len(taken) == len(painter.seen) == 3
