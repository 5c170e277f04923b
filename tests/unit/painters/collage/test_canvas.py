"""Layers whose color is multiplied by alpha, and back."""

from __future__ import annotations

import numpy as np
import pytest

from kanvas_painters.collage.canvas import Array, multiplied, straight, turned


def layer() -> Array:
    """Return a row of red, half transparent green, and nothing."""
    return np.array([[[1, 0, 0, 1], [0, 0.8, 0, 0.5], [0, 0, 0, 0]]], dtype=np.float32)


def test_a_multiplied_layer_comes_back_as_it_was() -> None:
    assert multiplied(layer())[0, 1] == pytest.approx([0, 0.4, 0, 0.5])
    assert straight(multiplied(layer())) == pytest.approx(layer())


def test_a_layer_turns_counterclockwise_and_grows() -> None:
    upright = turned(multiplied(layer()), 90)
    assert upright.shape == (3, 1, 4)
    assert upright[2, 0] == pytest.approx([1, 0, 0, 1])
    assert upright[0, 0].max() == 0


def test_a_turned_layer_has_no_color_beyond_its_alpha() -> None:
    square = np.zeros((20, 20, 4), dtype=np.float32)
    square[5:15, 5:15] = 1
    askew = turned(square, 30)
    assert askew.shape[0] > 20
    assert (askew <= askew[..., 3:]).all()
