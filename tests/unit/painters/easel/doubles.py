"""Networks whose pictures are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kanvas_painters.collage.canvas import Array
from kanvas_painters.easel.networks import SIDE, Networks, Told
from kanvas_painters.language.encoder import Encoded


def gradient() -> Array:
    """Return a picture (3, SIDE, SIDE) within -1 to 1 that is nowhere the same."""
    line = np.linspace(-0.8, 0.8, SIDE, dtype=np.float32)
    picture = np.zeros((3, SIDE, SIDE), dtype=np.float32)
    picture[0] = line[None, :]
    picture[1] = line[:, None]
    return picture


@dataclass
class KnownPainter:
    """Expects `with_words` where it is told a style and `without` elsewhere, whatever it sees.

    Attributes:
        seen: What each call was given: the noisy pictures, the times, what was told.
    """

    with_words: Array = field(default_factory=gradient)
    without: Array = field(default_factory=gradient)
    seen: list[tuple[Array, Array, Told]] = field(default_factory=list)

    def predict(self, noisy: Array, time: Array, told: Told) -> Array:
        self.seen.append((noisy.copy(), time, told))
        return np.stack([self.with_words if style else self.without for style in told.style])


@dataclass
class DampingPainter(KnownPainter):
    """Expects what it sees, a little calmer: the noise decides."""

    def predict(self, noisy: Array, time: Array, told: Told) -> Array:
        self.seen.append((noisy.copy(), time, told))
        return noisy * np.float32(0.5)


@dataclass
class RepeatingFinisher:
    """Every pixel four times.

    Attributes:
        seen: The reference canvas of each call.
    """

    seen: list[Array] = field(default_factory=list)

    def finished(self, rough: Array, reference: Array) -> Array:
        self.seen.append(reference)
        return rough.repeat(2, axis=2).repeat(2, axis=3)


@dataclass
class LengthEncoder:
    """A text's vector is its length.

    Attributes:
        texts: All texts so far.
    """

    texts: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Encoded:
        self.texts += texts
        lengths = np.array([len(text) for text in texts], dtype=np.float32)
        mask = np.arange(24)[None] < lengths[:, None]
        tokens = np.broadcast_to(lengths[:, None, None], (len(texts), 24, 384))
        return Encoded(tokens, mask, np.broadcast_to(lengths[:, None], (len(texts), 384)))


def known_networks(painter: KnownPainter | None = None) -> Networks:
    """Networks without a file."""
    return Networks(painter or KnownPainter(), RepeatingFinisher(), LengthEncoder())


def told(styles: Sequence[int] = (1, 0)) -> Told:
    """Return what two evaluations may be told."""
    n = len(styles)
    return Told(
        reference=np.zeros((n, 4, SIDE, SIDE), dtype=np.float32),
        tokens=np.zeros((n, 24, 384), dtype=np.float32),
        mask=np.zeros((n, 24), dtype=np.float32),
        pooled=np.zeros((n, 384), dtype=np.float32),
        style=np.array(styles, dtype=np.int64),
    )
