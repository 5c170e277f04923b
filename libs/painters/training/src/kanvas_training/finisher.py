"""Trains the network that finishes a picture: easel paints 256 pixels, people see 512.

It is shown the painter's picture and the reference canvas at twice the size, and says what to add
to a plain enlargement: sharp edges where the drawings have them, no trace of the painter's
patches. It learns from the composer's pictures of 512 pixels, beside what the painter makes of
them at 256 when it is left to see them through noise. So a painter must be there first, and another
painter needs another finisher. Called again, it goes on from what it had learned.

    python -m kanvas_training.finisher --minutes 15
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (the name that everybody gives it)

from kanvas_paint_contract.cards import STYLES
from kanvas_painters.collage.canvas import to_bytes
from kanvas_painters.easel.networks import OnnxPainter, Told
from kanvas_painters.easel.references import canvas_of, enlarged, shipped

from .composites import encoded, permitted
from .likeness import decibels
from .network import SIDE
from .places import SHIPPED, WORK, edition
from .residuals import Residuals

PAINTER = SHIPPED / "easel" / "painter.onnx.gz"
PICTURES = 560  # made once
HELD = 60  # of them are kept for the comparison with bicubic
CROP = 64  # pixels of the painter's picture, a side
BATCH = 16
RATE = 2e-3  # highest learning rate
NOISE = (0.25, 0.65)  # how much of it the painter is to see the picture through

Bytes = npt.NDArray[np.uint8]


class Finisher(nn.Module):
    """Doubles the sides of a picture, told where the edges of its drawings are.

    The canvas is parted into what only 512 pixels show, what 256 show and 128 do not, and so on
    (a Laplacian pyramid; Burt and Adelson 1983). For each place the network says how much of each
    part, in which color, belongs on the enlarged picture, and what else does: it need not learn
    to draw edges, only how bright they are here. It works on squares of 2 x 2 pixels of the
    painter's picture, so that it looks far enough around to see a patch of the painter's as one.
    """

    BANDS = 3

    def __init__(self, width: int = 48, blocks: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv2d(4 * 3 + 16 * 4, width, 3, padding=1)
        self.blocks = Residuals(width, blocks)
        self.last = nn.Conv2d(width, 16 * 3, 3, padding=1)
        self.shares = nn.Conv2d(width, 3 * 4 * self.BANDS, 3, padding=1)
        for layer in (self.last, self.shares):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, rough: Tensor, reference: Tensor) -> Tensor:
        """Return the finished picture.

        Args:
            rough: float (n, 3, h, w), -1 to 1.
            reference: float (n, 4, 2h, 2w): RGB multiplied by alpha, and alpha, 0 to 1.

        Returns:
            float (n, 3, 2h, 2w), -1 to 1 when trained.
        """
        seen = torch.cat([F.pixel_unshuffle(rough, 2), F.pixel_unshuffle(reference, 4)], 1)
        grid = self.blocks(F.relu(self.first(seen)))
        out: Tensor = _enlarged(rough, 2) + F.pixel_shuffle(self.last(grid), 4)
        shares = _enlarged(self.shares(grid), 4)
        for number, band in enumerate(_bands(reference, self.BANDS)):
            for color in range(3):
                at = 4 * (3 * number + color)
                of_color = (shares[:, at : at + 4] * band).sum(1, keepdim=True)
                out = out + F.pad(of_color, (0, 0, 0, 0, color, 2 - color))
        return out


def _enlarged(grid: Tensor, factor: int) -> Tensor:
    return F.interpolate(grid, scale_factor=float(factor), mode="bilinear", align_corners=False)


def _bands(grid: Tensor, number: int) -> list[Tensor]:
    """Return what a grid has at each fineness and not at half of it: the finest first."""
    bands, whole = [], grid
    for level in range(1, number + 1):
        coarse = _enlarged(F.avg_pool2d(grid, 2**level), 2**level)
        bands.append(whole - coarse)
        whole = coarse
    return bands


@dataclass(frozen=True)
class Sights:
    """Pictures to learn from.

    Attributes:
        wanted: uint8 (n, 2 * SIDE, 2 * SIDE, 3), the composer's.
        rough: uint8 (n, SIDE, SIDE, 3), the painter's.
        reference: uint8 (n, 2 * SIDE, 2 * SIDE, 4), color multiplied by alpha.
    """

    wanted: Bytes
    rough: Bytes
    reference: Bytes


def sight(random: np.random.Generator, painter: OnnxPainter) -> tuple[Bytes, Bytes, Bytes]:
    """Return the composer's picture, what the painter makes of it, and the reference canvas."""
    painting = permitted(random, 2 * SIDE)
    *_, wanted = painting.paint(1)
    spots = painting.spots(painting.art)
    large = canvas_of(spots, painting.brief, 2 * SIDE, shipped)
    small = canvas_of(enlarged(spots, 0.5), painting.brief, SIDE, shipped)
    words = {name: part.astype(np.float32) for name, part in encoded([painting.prompt]).items()}
    style = np.array([1 + STYLES.index(painting.brief.style)], dtype=np.int64)
    told = Told(reference=small.transpose(2, 0, 1)[None], style=style, **words)
    halved = np.asarray(Image.fromarray(wanted).resize((SIDE, SIDE), Image.Resampling.BOX))
    seen = (halved.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    for share in sorted(random.uniform(*NOISE, size=int(random.integers(1, 3))), reverse=True):
        noise = random.standard_normal(seen.shape, dtype=np.float32)
        noisy = np.float32(1 - share) * seen + np.float32(share) * noise
        seen = painter.predict(noisy, np.array([share], dtype=np.float32), told)
    return wanted, to_bytes((seen[0].transpose(1, 2, 0) + 1) / 2), to_bytes(large)


def file(ending: str) -> Path:
    """Return where something is kept that was made with the painter that is there."""
    return WORK / f"finisher-{edition(PAINTER)}.{ending}"


def sights() -> Sights:
    """Return all pictures to learn from, made once."""
    path = file("npz")
    if not path.exists():
        random, painter = np.random.default_rng(12), OnnxPainter()
        made = [sight(random, painter) for _ in range(PICTURES)]
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **dict(zip(_NAMES, map(np.stack, zip(*made, strict=True)), strict=True)))
    with np.load(path) as held:
        return Sights(**{name: held[name] for name in _NAMES})


_NAMES = tuple(field.name for field in fields(Sights))


def _corner(alpha: Bytes, random: np.random.Generator, crop: int) -> tuple[int, int]:
    """Return a crop's corner by chance, about an edge of a drawing where there is one."""
    edges = np.argwhere(np.abs(np.diff(alpha[::8, ::8].astype(np.int16), axis=1)) > 64)
    room = SIDE - crop
    if not len(edges):
        left, top = random.integers(room + 1, size=2)
        return int(left), int(top)
    y, x = 4 * edges[int(random.integers(len(edges)))] - random.integers(crop // 4, 3 * crop // 4)
    return int(np.clip(x, 0, room)), int(np.clip(y, 0, room))


def batch(
    made: Sights, rows: range, random: np.random.Generator, size: int, crop: int = CROP
) -> list[Tensor]:
    """Return crops of what is wanted and of what it is made from, as the network takes them."""
    parts: list[list[Bytes]] = [[], [], []]
    for _ in range(size):
        at = int(random.integers(rows.start, rows.stop))
        left, top = _corner(made.reference[at, ..., 3], random, crop)
        turned = random.random() < 0.5
        for part, name, scale in zip(parts, _NAMES, (2, 1, 2), strict=True):
            down, across = (slice(scale * x, scale * (x + crop)) for x in (top, left))
            pixels = getattr(made, name)[at, down, across]
            part.append(pixels[:, ::-1] if turned else pixels)
    wanted, rough, reference = (
        torch.from_numpy(np.stack(part).astype(np.float32) / 255).permute(0, 3, 1, 2)
        for part in parts
    )
    return [wanted * 2 - 1, rough * 2 - 1, reference]


def learned(made: Sights, minutes: float, device: str) -> Finisher:
    """Return a network that has learned for some minutes."""
    torch.manual_seed(1)
    known = file("pt").exists()
    random = np.random.default_rng(3 if known else 1)
    network = trained() if known else Finisher()
    network.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE)
    began = time.monotonic()
    while (share := (time.monotonic() - began) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, 2 * (1 - share))
        parts = batch(made, range(HELD, PICTURES), random, BATCH)
        wanted, *seen = (
            part.to(device).contiguous(memory_format=torch.channels_last) for part in parts
        )
        loss = F.l1_loss(network(*seen), wanted)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    return network.cpu().eval()


def steepness(pictures: Tensor, reference: Tensor) -> float:
    """Return the mean step from pixel to pixel where the canvas has the edge of a drawing."""
    edges = reference[:, 3:].diff(dim=3).abs() > 0.3
    steps = pictures.diff(dim=3).abs().amax(1, keepdim=True)
    return float(steps[edges].mean())


def trained() -> Finisher:
    """Return the network that was kept."""
    network = Finisher()
    network.load_state_dict(torch.load(file("pt"), weights_only=True))
    return network.eval()


def main() -> int:
    """Train; say how much nearer than bicubic it comes on pictures that it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    chosen = parser.parse_args()
    made = sights()
    network = learned(made, chosen.minutes, chosen.device)
    torch.save(network.state_dict(), file("pt"))
    wanted, rough, reference = batch(made, range(HELD), np.random.default_rng(2), 200)
    with torch.no_grad():
        ours = network(rough, reference).clamp(-1, 1)
        bicubic = F.interpolate(rough, scale_factor=2.0, mode="bicubic").clamp(-1, 1)
    for name, made_ in (("ours", ours), ("bicubic", bicubic)):
        steep = steepness(made_, reference) / steepness(wanted, reference)
        near = decibels(made_.numpy(), wanted.numpy())
        sys.stdout.write(f"{name}: {near:.1f} dB, edges {steep:.0%} as steep as wanted\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
