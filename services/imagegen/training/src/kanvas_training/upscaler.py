"""Trains the network that doubles a picture's sides: easel paints 128 pixels, people see 512.

A residual correction of a bicubic enlargement (as in Lim et al. 2017, arXiv 1707.02921, without
what a small net does not need), trained on crops of the composer's pictures made half as large
and a little soft, as easel's own pictures are.

    python -m kanvas_training.upscaler --minutes 4
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageFilter
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (the name that everybody gives it)

from kanvas_imagegen.collage.painter import Painting

from .captions import caption
from .places import WORK

PICTURES = 240  # rendered once, at 512 pixels
CROP = 96  # pixels of the large side
HELD = 24  # pictures kept for the comparison with bicubic
FILE = WORK / "runs" / "upscaler.pt"

Floats = npt.NDArray[np.float32]


class Upscaler(nn.Module):
    """Doubles the sides of float (n, channels, h, w); easel's pictures run from -1 to 1."""

    def __init__(self, width: int = 32, blocks: int = 3, channels: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, padding=1),
            )
            for _ in range(blocks)
        )
        self.last = nn.Conv2d(width, 4 * channels, 3, padding=1)
        nn.init.zeros_(self.last.weight)

    def forward(self, small: Tensor) -> Tensor:
        """Return the picture (n, channels, 2h, 2w)."""
        grid = F.relu(self.first(small))
        for block in self.blocks:
            grid = grid + block(grid)
        smooth = F.interpolate(small, scale_factor=2.0, mode="bilinear", align_corners=False)
        out: Tensor = smooth + F.pixel_shuffle(self.last(grid), 2)
        return out


def rendered() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the composer's pictures (PICTURES, 512, 512, 3), rendered once."""
    path = WORK / "upscaler-pictures.npy"
    if not path.exists():
        random = np.random.default_rng(12)
        pictures = []
        for _ in range(PICTURES):
            painting = Painting(caption(random), "", "", int(random.integers(2**31)), 512, 512)
            pictures.append(list(painting.paint(1))[-1].pixels)
        np.save(path, np.stack(pictures))
    made: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = np.load(path)
    return made


def pair(picture: Image.Image, random: np.random.Generator) -> tuple[Image.Image, Image.Image]:
    """Return a crop, and the same half as large and a little soft."""
    whole = picture if random.random() < 0.5 else picture.resize((256, 256), Image.Resampling.BOX)
    left, top = (int(random.integers(side - CROP + 1)) for side in whole.size)
    large = whole.crop((left, top, left + CROP, top + CROP))
    small = large.resize((CROP // 2, CROP // 2), Image.Resampling.BOX)
    return large, small.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 0.6))))


def batch(
    pictures: list[Image.Image], random: np.random.Generator, size: int
) -> tuple[Tensor, Tensor]:
    """Return large crops and what they are to be made from, both -1 to 1."""
    pairs = [pair(pictures[int(random.integers(len(pictures)))], random) for _ in range(size)]
    sides = []
    for at in (0, 1):
        grid = np.stack([np.asarray(two[at]) for two in pairs]).astype(np.float32)
        sides.append(torch.from_numpy(grid / 127.5 - 1).permute(0, 3, 1, 2))
    return sides[0], sides[1]


def decibels(one: Floats, other: Floats) -> float:
    """Return the likeness of pictures from -1 to 1."""
    return float(10 * np.log10(4 / max(1e-12, float(np.square(one - other).mean()))))


def main() -> int:
    """Train; say how much better than bicubic it is on pictures that it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4)
    chosen = parser.parse_args()
    pictures = [Image.fromarray(picture) for picture in rendered()]
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    network = Upscaler().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    began, seconds = time.monotonic(), 60 * chosen.minutes
    while (share := (time.monotonic() - began) / seconds) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, 2 * (1 - share))
        large, small = batch(pictures[HELD:], random, 32)
        loss = F.l1_loss(network(small.contiguous(memory_format=torch.channels_last)), large)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    FILE.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), FILE)
    large, small = batch(pictures[:HELD], np.random.default_rng(2), 128)
    with torch.no_grad():
        made = network(small).clamp(-1, 1)
        bicubic = F.interpolate(small, scale_factor=2.0, mode="bicubic").clamp(-1, 1)
    ours, theirs = (decibels(way.numpy(), large.numpy()) for way in (made, bicubic))
    sys.stdout.write(f"ours {ours:.1f} dB, bicubic {theirs:.1f} dB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
