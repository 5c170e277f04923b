"""Easel's network: a small U-Net that predicts the finished picture from a noisy one.

Pixel-space rectified flow with prediction of the picture (x-prediction; Liu et al. 2022,
arXiv 2209.03003; Li and He 2025, arXiv 2511.13720). Noise and picture are mixed on a straight
line, `noisy = (1 - time) * picture + time * noise`, and the network says what the picture is.

What sets it apart is the reference canvas: the drawings that the words ask for, pasted where
the layout wants them, unlit and without a background (retrieval-augmented, as Blattmann et al.
2022, arXiv 2204.11824, in pixels). The last layer mixes it in pixel by pixel, so that the
network begins as a paste and learns what to change.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (the name that everybody gives it)

SIDE = 256  # pixels
PATCH = 4  # pixels a side that the network takes for one place
WORDS, STATES = 24, 384  # what the text encoder gives
STYLES = 7  # none, and the six that have names


@dataclass(frozen=True)
class Shape:
    """How wide the network is.

    Attributes:
        widths: Channels on grids of 64, 32, 16 and 8.
        blocks: Transformer blocks on the grid of 8.
        referenced: Whether it sees the reference canvas; without, it paints from words alone.
    """

    widths: tuple[int, int, int, int] = (64, 128, 256, 384)
    blocks: int = 3
    referenced: bool = True

    def described(self) -> dict[str, object]:
        """Return the shape as it is kept beside the weights."""
        return asdict(self)


def _norm(width: int) -> nn.GroupNorm:
    return nn.GroupNorm(8, width)


class Residual(nn.Module):
    """Two convolutions beside a short cut, tuned by the condition."""

    def __init__(self, before: int, width: int, condition: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = _norm(before), _norm(width)
        self.conv1 = nn.Conv2d(before, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.tune = nn.Linear(condition, 2 * width)
        self.short = nn.Conv2d(before, width, 1) if before != width else nn.Identity()
        nn.init.zeros_(self.conv2.weight)

    def forward(self, grid: Tensor, condition: Tensor) -> Tensor:
        """Return the grid, changed."""
        scale, shift = self.tune(condition)[:, :, None, None].chunk(2, 1)
        inner = self.conv1(F.silu(self.norm1(grid)))
        inner = self.norm2(inner) * (1 + scale) + shift
        out: Tensor = self.short(grid) + self.conv2(F.silu(inner))
        return out


class Attention(nn.Module):
    """Looks from places to places, or to words where these are given."""

    def __init__(self, width: int, source: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.keys = nn.Linear(source, 2 * width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)

    def forward(self, places: Tensor, source: Tensor, bias: Tensor | None = None) -> Tensor:
        """Return what every place has gathered; `bias` is added to the scores."""
        n, number, width = places.shape
        each = width // self.heads
        query = self.query(places).view(n, number, self.heads, each).transpose(1, 2)
        keys, values = self.keys(source).chunk(2, -1)
        keys = keys.view(n, -1, self.heads, each).permute(0, 2, 3, 1)
        values = values.view(n, -1, self.heads, each).transpose(1, 2)
        # Written out: on a CPU the backward pass of the fused kernel is slower than this.
        scores = (query * each**-0.5) @ keys
        if bias is not None:
            scores = scores + bias
        gathered = scores.softmax(-1) @ values
        out: Tensor = self.out(gathered.transpose(1, 2).reshape(n, number, width))
        return out


class Transformer(nn.Module):
    """Places look at each other, then at the words, then think for themselves."""

    def __init__(self, width: int, condition: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.among = Attention(width, width, width // 64)
        self.words = Attention(width, condition, width // 64)
        self.think = nn.Sequential(
            nn.Linear(width, 3 * width), nn.SiLU(), nn.Linear(3 * width, width)
        )
        self.tune = nn.Linear(condition, 2 * width)

    def forward(self, places: Tensor, words: Tensor, bias: Tensor, condition: Tensor) -> Tensor:
        """Return the places (n, number, width), changed."""
        scale, shift = self.tune(condition)[:, None].chunk(2, -1)
        inner = self.norms[0](places) * (1 + scale) + shift
        places = places + self.among(inner, inner)
        places = places + self.words(self.norms[1](places), words, bias)
        out: Tensor = places + self.think(self.norms[2](places))
        return out


class Easel(nn.Module):
    """The network. See `forward` for what goes in and out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        a, b, c, d = shape.widths
        condition = d
        self.moment = nn.Sequential(nn.Linear(128, d), nn.SiLU(), nn.Linear(d, d))
        self.pooled = nn.Linear(STATES, d)
        self.style = nn.Embedding(STYLES, d)
        self.words = nn.Linear(STATES, d)
        self.stem = nn.Conv2d(PATCH**2 * (3 + 4), a, 3, padding=1)
        self.down0 = Residual(a, a, condition)
        self.shrink0 = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.down1 = Residual(b, b, condition)
        self.shrink1 = nn.Conv2d(b, c, 3, stride=2, padding=1)
        self.down2 = nn.ModuleList(Residual(c, c, condition) for _ in range(2))
        self.shrink2 = nn.Conv2d(c, d, 3, stride=2, padding=1)
        self.where = nn.Parameter(torch.randn(1, 64, d) * 0.02)
        self.middle = nn.ModuleList(Transformer(d, condition) for _ in range(shape.blocks))
        self.grow2 = nn.Conv2d(d, c, 1)
        self.up2 = nn.ModuleList((Residual(2 * c, c, condition), Residual(c, c, condition)))
        self.grow1 = nn.Conv2d(c, b, 1)
        self.up1 = nn.ModuleList((Residual(2 * b, b, condition), Residual(b, b, condition)))
        self.grow0 = nn.Conv2d(b, a, 1)
        self.up0 = Residual(2 * a, a, condition)
        final = nn.Conv2d(a, PATCH**2 * 7, 3, padding=1)
        self.last = nn.Sequential(_norm(a), nn.SiLU(), final)
        nn.init.normal_(final.weight, std=0.01)
        bias = torch.zeros(7, PATCH**2)
        bias[3] = 1.0  # the gate: the network begins as a paste
        final.bias = nn.Parameter(bias.flatten())

    def forward(  # noqa: PLR0917 (the inputs of the exported graph, in its order)
        self,
        noisy: Tensor,
        time: Tensor,
        reference: Tensor,
        tokens: Tensor,
        mask: Tensor,
        pooled: Tensor,
        style: Tensor,
    ) -> Tensor:
        """Predict the finished picture.

        Args:
            noisy: float (n, 3, 256, 256), about -1 to 1.
            time: float (n,), from 1 (noise) to 0 (picture).
            reference: float (n, 4, 256, 256): RGB multiplied by alpha, and alpha, 0 to 1.
            tokens: float (n, 24, 384), the words' states.
            mask: float (n, 24), 1 for a word and 0 for padding.
            pooled: float (n, 384), the whole sentence, of length 1.
            style: int (n,), 0 for none.

        Returns:
            float (n, 3, 256, 256), -1 to 1 when trained.
        """
        if not self.shape.referenced:
            reference = torch.zeros_like(reference)
        condition = F.silu(self.moment(_waves(time)) + self.pooled(pooled * 10) + self.style(style))
        words = self.words(tokens * 2)
        bias = (mask[:, None, None] - 1) * 1e4
        grid = self.stem(F.pixel_unshuffle(torch.cat([noisy, reference * 2 - 1], 1), PATCH))
        skip0 = self.down0(grid, condition)
        skip1 = self.down1(self.shrink0(skip0), condition)
        skip2 = self.shrink1(skip1)
        for block in self.down2:
            skip2 = block(skip2, condition)
        grid = self.shrink2(skip2)
        places = grid.flatten(2).transpose(1, 2) + self.where
        for block in self.middle:
            places = block(places, words, bias, condition)
        grid = places.transpose(1, 2).reshape(grid.shape)
        grid = torch.cat([_doubled(self.grow2(grid)), skip2], 1)
        for block in self.up2:
            grid = block(grid, condition)
        grid = torch.cat([_doubled(self.grow1(grid)), skip1], 1)
        for block in self.up1:
            grid = block(grid, condition)
        grid = torch.cat([_doubled(self.grow0(grid)), skip0], 1)
        made = F.pixel_shuffle(self.last(self.up0(grid, condition)), PATCH).float()
        return _mixed(made, reference.float())


def _waves(time: Tensor) -> Tensor:
    """Return a moment as waves of many lengths, (n, 128)."""
    lengths = torch.exp(torch.arange(64, device=time.device) * (-9.21 / 64))
    angles = time[:, None] * 1000 * lengths[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


def _doubled(grid: Tensor) -> Tensor:
    return F.interpolate(grid, scale_factor=2.0, mode="nearest")


def _mixed(made: Tensor, reference: Tensor) -> Tensor:
    """Return what was painted, over or under the reference as the gate says, the latter relit."""
    painted, gate, relit = made[:, :3], made[:, 3:4].sigmoid(), made[:, 4:]
    alpha = reference[:, 3:]
    pasted = 2 * reference[:, :3] * (1 + relit) - alpha
    return painted * (1 - alpha * gate) + gate * pasted
