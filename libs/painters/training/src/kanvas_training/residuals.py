"""What the networks that double sides have in common."""

from __future__ import annotations

from torch import Tensor, nn


class Residuals(nn.ModuleList):
    """Pairs of convolutions, each beside a short cut (Lim et al. 2017, arXiv 1707.02921)."""

    def __init__(self, width: int, number: int) -> None:
        super().__init__(
            nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, padding=1),
            )
            for _ in range(number)
        )

    def forward(self, grid: Tensor) -> Tensor:
        """Return the grid (n, width, h, w), changed."""
        for block in self:
            grid = grid + block(grid)
        return grid
