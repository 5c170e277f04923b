"""The networks that ship: they load, they take what the sampler gives, they see what it needs."""

from __future__ import annotations

import gzip
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.easel.networks import SIDE, NetworkError, OnnxFinisher, OnnxPainter, networks
from kanvas_painters.easel.order import EaselOrder, EaselWork
from kanvas_painters.easel.sampler import noises
from kanvas_painters.painting import packed
from tests.unit.painters.easel.doubles import gradient, told


def test_the_painter_sees_a_picture_in_a_little_noise() -> None:
    noisy = 0.9 * gradient() + 0.1 * next(noises(1, "a fox"))
    batch = np.stack([noisy] * (1 + len(STYLES)))
    time = np.full(len(batch), 0.1, dtype=np.float32)
    seen = networks().painter.predict(batch, time, told(range(len(batch))))
    assert seen.shape == batch.shape
    assert seen.dtype == np.float32
    assert np.isfinite(seen).all()
    assert float(np.square(seen[0] - gradient()).mean()) < float(
        np.square(noisy - gradient()).mean()
    )


def test_an_evaluation_does_not_depend_on_its_batch() -> None:
    batch = np.stack([next(noises(seed, "a fox")) for seed in (1, 2)])
    time = np.ones(2, dtype=np.float32)
    both = networks().painter.predict(batch, time, told())
    alone = networks().painter.predict(batch[:1], time[:1], told([1]))
    assert np.allclose(both[:1], alone, atol=1e-3)


def test_the_finisher_doubles_a_picture_and_keeps_what_it_shows() -> None:
    rough = gradient()[None]
    large = networks().finisher.finished(
        rough, np.zeros((1, 4, 2 * SIDE, 2 * SIDE), dtype=np.float32)
    )
    assert large.shape == (1, 3, 2 * SIDE, 2 * SIDE)
    halved = large.reshape(1, 3, SIDE, 2, SIDE, 2).mean((3, 5))
    assert float(np.abs(halved - rough)[:, :, 4:-4, 4:-4].mean()) < 0.05


def test_the_finisher_sharpens_an_edge_that_the_canvas_shows() -> None:
    """A blurred disc beside a sharp one: what comes out rises within fewer pixels."""
    y, x = np.mgrid[: 2 * SIDE, : 2 * SIDE] - SIDE
    away = SIDE / 2 - np.hypot(x, y)
    sharp, soft = (np.clip(away / width + 0.5, 0, 1).astype(np.float32) for width in (1, 12))
    canvas = np.stack([sharp, np.zeros_like(sharp), np.zeros_like(sharp), sharp])[None]
    tones = np.array([[0.9, -0.9, -0.9], [0.4, 0.6, 0.9]], dtype=np.float32)[:, :, None, None]
    blurred = tones[1] + (tones[0] - tones[1]) * soft
    rough = blurred.reshape(3, SIDE, 2, SIDE, 2).mean((2, 4))
    finished = networks().finisher.finished(rough[None], canvas)[0]
    row = slice(SIDE + SIDE // 4, 2 * SIDE - 4)
    steepest = [float(np.abs(np.diff(one[1, SIDE, row])).max()) for one in (finished, blurred)]
    assert steepest[0] > 1.5 * steepest[1]


def test_the_picture_takes_after_the_reference_canvas() -> None:
    """A red thing and a green one: the networks together, as a caller sees them."""
    means = []
    for prompt in ("a tomato", "a frog"):
        order = EaselOrder(prompt, width=64, height=64, steps=1)
        (step,) = EaselWork(order, networks()).steps()
        placeholder = step.meta.split('"placeholder": "#')[1]
        means.append(int(placeholder[0:2], 16) - int(placeholder[2:4], 16))
    assert means[0] > means[1]


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "files", lambda _: tmp_path)
    with pytest.raises(NetworkError, match=r"painter\.onnx\.gz is missing"):
        OnnxPainter()


@pytest.mark.parametrize("content", [b"not packed", gzip.compress(b"\x08 no network", mtime=0)])
def test_a_damaged_file_is_named(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "finisher.onnx.gz").write_bytes(content)
    monkeypatch.setattr(packed, "files", lambda _: tmp_path)
    with pytest.raises(NetworkError, match=r"finisher\.onnx\.gz is damaged"):
        OnnxFinisher()


def test_another_network_is_not_taken_for_easels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = files("kanvas_painters.language") / "encoder.onnx.gz"
    shutil.copyfile(str(encoder), tmp_path / "painter.onnx.gz")
    monkeypatch.setattr(packed, "files", lambda _: tmp_path)
    with pytest.raises(NetworkError, match=r"painter\.onnx\.gz is another network"):
        OnnxPainter()
