"""Numbers and text as tensors, and what becomes of the capsules that carry them."""

from __future__ import annotations

import gc
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kanvas_painters.painting import tensors
from tests.unit.painters.painting.dlpack import Tensor

BACKEND = SimpleNamespace(Tensor=Tensor)


@pytest.mark.parametrize("value", ["", "a fox", "füchsin \U0001f98a", "x" * 100_000])
def test_text_comes_back_as_it_went(value: str) -> None:
    name, sent = tensors.of_text(BACKEND, "prompt", value)
    assert (name, sent.dtype) == ("prompt", np.uint8)
    assert tensors.text(sent) == value


def test_a_number_comes_back_as_it_went() -> None:
    _, sent = tensors.of_number(BACKEND, "step", -(2**31))
    assert sent.dtype == np.int32
    assert tensors.number(sent) == -(2**31)


@pytest.mark.parametrize("value", [np.int64(2**62 + 1), np.float32(2.5)])
def test_numbers_of_other_types_are_read(value: Any) -> None:
    assert tensors.number(np.array([value])) == value


def test_what_is_no_text_is_told() -> None:
    with pytest.raises(UnicodeDecodeError):
        tensors.text(np.array([0xFF], np.uint8))


def test_an_emptied_capsule_ends_without_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    for _ in range(3):
        tensors.of_bytes(BACKEND, "image", b"webp")
    gc.collect()
    assert complaints == []
