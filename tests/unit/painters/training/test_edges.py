"""The width of an edge, read off pictures whose edges are known."""

from __future__ import annotations

import numpy as np
import pytest
from kanvas_training.evaluation.edges import Plane, widths


def disc(edge: float) -> Plane:
    """Draw a disc on a plane of 96 by 96, from nothing to all of it within `edge` pixels."""
    rows, columns = np.mgrid[:96, :96] - 47.5
    away = np.hypot(rows, columns)
    shape: Plane = np.clip((30 - away) / edge + 0.5, 0, 1).astype(np.float32)
    return shape


def painted(shape: Plane, thing: float = 0.1, ground: float = 0.9) -> Plane:
    return np.repeat((ground + (thing - ground) * shape)[..., None], 3, axis=2)


@pytest.mark.parametrize("edge", [2.0, 4.0, 6.0])
def test_an_edge_is_as_wide_as_it_was_made(edge: float) -> None:
    found = widths(painted(disc(edge)), disc(edge))
    assert len(found) > 100
    assert np.median(found) == pytest.approx(0.8 * edge, abs=0.35)


def test_what_is_soft_in_the_picture_counts_not_the_shape() -> None:
    assert np.median(widths(painted(disc(6)), disc(1))) > 2 * np.median(
        widths(painted(disc(1)), disc(1))
    )


def test_a_thing_like_its_ground_has_no_edge() -> None:
    assert widths(painted(disc(2), thing=0.8), disc(2)) == []


def test_an_uneven_ground_tells_nothing() -> None:
    noise = np.random.default_rng(1).uniform(-0.2, 0.2, (96, 96, 1)).astype(np.float32)
    assert widths(painted(disc(2)) + noise, disc(2)) == []
