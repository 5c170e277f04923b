"""From noise to a picture, a step at a time (rectified flow, predicting the picture).

On the straight line between a picture and noise, `x_t = (1 - t) * picture + t * noise`. The
network looks at `x_t` and says what the picture is; the next look is at that, with less noise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from ..collage.canvas import Array
from .networks import SIDE, Painter, Told

SHIFT = 4.0  # above 1, more of the steps are spent where there is much noise


def schedule(steps: int) -> list[float]:
    """Return the times to look at, from 1 down; after the last of them comes 0.

    Even steps u become `SHIFT * u / (1 + (SHIFT - 1) * u)`: what a picture shows is decided in
    the noise, and only its edges are left for the end.
    """
    even = (1 - step / steps for step in range(steps))
    return [SHIFT * u / (1 + (SHIFT - 1) * u) for u in even]


def noises(seed: int, words: str) -> Iterator[Array]:
    """Yield noise (3, SIDE, SIDE) without end: the same for the same seed and words, anywhere."""
    digest = hashlib.sha256(words.encode()).digest()[:8]
    entropy = [seed & (2**64 - 1), int.from_bytes(digest, "big")]
    random = np.random.Generator(np.random.PCG64(entropy))
    while True:
        yield random.standard_normal((3, SIDE, SIDE), dtype=np.float32)


def guided(with_words: Array, without: Array, guidance: float) -> Array:
    """Return the picture that the words call for, pushed on by `guidance`, within -1 to 1."""
    pushed = without + np.float32(guidance) * (with_words - without)
    return np.clip(pushed, -1, 1)


def sample(
    painter: Painter, told: Told, noise: Iterator[Array], *, steps: int, guidance: float
) -> Iterator[Array]:
    """Yield the picture (3, SIDE, SIDE) as expected at each step; the last one is the picture.

    `told` is for one evaluation, the words, or for two: the words, and what to keep away from.
    Only two can be told apart, so `guidance` has no effect on one. One step's work is done for
    each picture that is taken.

    Each step mixes the expected picture with new noise (as consistency models do; Song et al.
    2023, arXiv 2303.01469, algorithm 1). Going on along the old noise, a small network takes
    what it has half painted out of that noise for something that was meant, and things fall
    into colored patches.
    """
    evaluations = len(told.style)
    noisy = next(noise)
    times = schedule(steps)
    for now, then in zip(times, [*times[1:], 0.0], strict=True):
        seen = np.repeat(noisy[None], evaluations, axis=0)
        made = painter.predict(seen, np.full(evaluations, now, dtype=np.float32), told)
        picture = guided(made[0], made[-1], guidance)
        yield picture
        if then:
            noisy = np.float32(1 - then) * picture + np.float32(then) * next(noise)
