"""Trains the network that doubles the sides of the 3D drawings, which exist with 256 pixels only.

It learns from vector art, whose truth at 512 pixels is known: gradients by the same hand, and
other hands' (OpenMoji stays held out, as everywhere), made half as large in the ways that the 3D
set may have been, and stored as lossy WebP, as that set is. A tenth of the concepts is kept for
the comparison with bicubic. `libs/painters/drawings/build.py` runs what is written here.

    python -m kanvas_training.sharpener --minutes 12
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from PIL import Image, ImageFilter
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (the name that everybody gives it)

from .export import exported, halved
from .likeness import Floats, decibels
from .places import REPOSITORY, WORK
from .residuals import Residuals
from .sprites import drawn, sprites

FILE = REPOSITORY / "libs" / "painters" / "drawings" / "sharpener.onnx"
SIDE = 512  # pixels of the truth
CROP = 80  # of them, what a step sees
BATCH = 32
KEPT = 24  # drawings of each hand that are compared
# How many drawings of each hand; the first has the gradients and soft shadows of the 3D set.
HANDS = {"fluent-emoji": 400, "noto": 220, "fluent-flat": 80, "twemoji": 60, "emojione": 60}
REDUCTIONS = (
    Image.Resampling.BOX,
    Image.Resampling.HAMMING,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)

Pixels = npt.NDArray[np.uint8]


class Sharpener(nn.Module):
    """Doubles the sides of drawings: a correction of a plain enlargement.

    It works on color multiplied by alpha, so that nothing shines around a silhouette.
    """

    def __init__(self, width: int = 48, blocks: int = 4) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, width, 3, padding=1)
        self.blocks = Residuals(width, blocks)
        self.last = nn.Conv2d(width, 4 * 4, 3, padding=1)
        nn.init.zeros_(self.last.weight)

    def forward(self, small: Tensor) -> Tensor:
        """Return drawings (n, 4, 2h, 2w) for float (n, 4, h, w): color times alpha, and alpha."""
        grid = self.blocks(F.relu(self.first(small)))
        smooth = F.interpolate(small, scale_factor=2.0, mode="bilinear", align_corners=False)
        out: Tensor = smooth + F.pixel_shuffle(self.last(grid), 2)
        return out


def chance(concept: str) -> float:
    """Return a number from 0 to 1 that is the same for the same concept."""
    return int.from_bytes(hashlib.sha256(concept.encode()).digest()[:4], "big") / 2**32


def held_out(concept: str) -> bool:
    """Return whether the concept is kept for the comparison."""
    return chance(concept) < 0.1


def truths(hand: str) -> tuple[Pixels, list[str]]:
    """Return drawings (n, SIDE, SIDE, 4), color multiplied by alpha, and what they show.

    Rendered once: soft shadows take a third of a second each.
    """
    path = WORK / f"sharpener-{hand}.npz"
    if not path.exists():
        concepts = sorted((key for family, key in sprites().index if family == hand), key=chance)
        found = drawn(hand, SIDE, concepts[: HANDS[hand]])
        pictures = {key: picture for key, picture in found if picture.size == (SIDE, SIDE)}
        pixels = np.stack([np.asarray(picture.convert("RGBa")) for picture in pictures.values()])
        np.savez(path, pixels=pixels, concepts=np.array(list(pictures)))
    with np.load(path) as held:
        return held["pixels"], [str(concept) for concept in held["concepts"]]


def reduced(truth: Pixels, random: np.random.Generator) -> Pixels:
    """Return the drawing half as large, as the 3D set may have been made and stored."""
    picture = Image.fromarray(truth, mode="RGBa")
    if random.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 0.7))))
    way = REDUCTIONS[int(random.integers(len(REDUCTIONS)))]
    small = picture.resize((SIDE // 2, SIDE // 2), way)
    if random.random() < 0.85:
        stored = io.BytesIO()
        small.convert("RGBA").save(stored, "WEBP", quality=int(random.integers(70, 96)))
        small = Image.open(stored).convert("RGBA").convert("RGBa")
    return np.asarray(small)


def tensor(pixels: Pixels) -> Tensor:
    """Return pictures (n, h, w, 4) as the network takes them: (n, 4, h, w), 0 to 1."""
    grid = torch.from_numpy(np.ascontiguousarray(pixels).astype(np.float32) / 255)
    return grid.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def batch(
    large: Sequence[Pixels], small: Sequence[Pixels], random: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Return crops with something in them, turned and mirrored: the truth, and what is given."""
    pairs: list[list[Pixels]] = []
    half = CROP // 2
    while len(pairs) < BATCH:
        at = int(random.integers(len(large)))
        top, left = (int(random.integers(SIDE // 2 - half + 1)) for _ in range(2))
        given = small[at][top : top + half, left : left + half]
        if given.std(axis=(0, 1)).max() < 12:
            continue
        truth = large[at][2 * top : 2 * top + CROP, 2 * left : 2 * left + CROP]
        turns, mirrored = int(random.integers(4)), random.random() < 0.5
        pair = [np.rot90(side, turns) for side in (truth, given)]
        pairs.append([side[:, ::-1] if mirrored else side for side in pair])
    return tensor(np.stack([two[0] for two in pairs])), tensor(np.stack([two[1] for two in pairs]))


def compared(hand: str) -> str:
    """Return how near the written network and bicubic come to drawings that were held out."""
    session = onnxruntime.InferenceSession(str(FILE), providers=["CPUExecutionProvider"])
    pixels, concepts = truths(hand)
    kept = [at for at, concept in enumerate(concepts) if held_out(concept)][:KEPT]
    random = np.random.default_rng(2)
    scores = []
    for truth in pixels[kept]:
        small = tensor(reduced(truth, random)[None])
        bicubic = F.interpolate(small, scale_factor=2.0, mode="bicubic")
        (ours,) = session.run(None, {"small": small.numpy()})
        wanted: Floats = tensor(truth[None]).numpy()
        made: list[Floats] = [np.clip(side, 0, 1) for side in (ours, bicubic.numpy())]
        # `decibels` is for -1 to 1.
        scores.append([decibels(2 * side - 1, 2 * wanted - 1) for side in made])
    ours_, bicubic_ = np.mean(scores, axis=0)
    return f"{hand}: ours {ours_:.2f} dB, bicubic {bicubic_:.2f} dB ({len(kept)} held out)\n"


def main() -> int:
    """Train; write the network; say how much better than bicubic it is on what it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=12)
    chosen = parser.parse_args()
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    large, small = [], []
    for hand in HANDS:
        for truth, concept in zip(*truths(hand), strict=True):
            if not held_out(concept):
                large += [truth, truth]
                small += [reduced(truth, random), reduced(truth, random)]
    network = Sharpener().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    began, seconds, steps = time.monotonic(), 60 * chosen.minutes, 0
    while (share := (time.monotonic() - began) / seconds) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, 2 * (1 - share))
        truth, given = batch(large, small, random)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            made = network(given)
        loss = F.l1_loss(made.float(), truth)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        steps += 1
        if steps % 200 == 0:
            sys.stdout.write(f"{steps} steps, error {loss.item():.4f}\n")
            sys.stdout.flush()
    network.eval()
    example = (torch.zeros(1, 4, 32, 32),)
    onnx.save(halved(exported(network, example, ("small", "large"), sides=True)), str(FILE))
    for hand in ("fluent-emoji", "noto"):
        sys.stdout.write(compared(hand))
    return 0


if __name__ == "__main__":
    sys.exit(main())
