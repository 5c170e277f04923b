"""Pictures whose truth is known: drawings of the concepts on backgrounds of every kind.

A judge is trained on these and tested on them. Everything that tells one hand from another is
disturbed at random (hue, lines, grain, sharpness, light), so that only the shape is left to go by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from torch import Tensor

from kanvas_training.sprites import Sprites

from .concepts import Concept

SIDE = 96  # pixels: what a judge sees
CELLS = 12  # the grid of places that a judge tells apart, a side
COVERED = 0.35  # this share of a cell belongs to the thing that is there
LUMA = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)


@dataclass(frozen=True)
class Batch:
    """Some pictures and their truth.

    Attributes:
        pictures: float32 (n, 3, SIDE, SIDE), from 0 to 1.
        shown: float32 (n, concepts), 1 for each concept in the picture.
        cells: int64 (n, CELLS, CELLS), the concept in each cell; how many there are: none.
        centers: float32 (n, 2, 2), x and y of the first and the second thing, from 0 to 1.
        things: int64 (n, 2), which concept the first and the second thing are, or -1.
    """

    pictures: Tensor
    shown: Tensor
    cells: Tensor
    centers: Tensor
    things: Tensor


class Composer:
    """Composes pictures of concepts in the art of some families.

    `plain` leaves out all that disturbs: a drawing as it is, on a pale plain ground. `side` is
    the pictures', in pixels; a cell is always an eighth of `SIDE`.
    """

    def __init__(
        self,
        sprites: Sprites,
        concepts: Sequence[Concept],
        families: Sequence[str],
        scenes: Tensor,
        *,
        plain: bool = False,
        side: int = SIDE,
    ) -> None:
        self._side = side
        self._pixels = torch.from_numpy(sprites.pixels).permute(0, 3, 1, 2)
        self._aspects = torch.from_numpy(sprites.aspects)
        self._scenes = scenes  # uint8 (n, 3, SIDE, SIDE)
        self._plain = plain
        self._number = len(concepts)
        self._drawings = [
            [
                [sprites.index[family, key] for family in sprites.families_of(key, families)]
                for key in concept.keys
            ]
            for concept in concepts
        ]

    def compose(self, things: Tensor, random: torch.Generator) -> Batch:
        """Return a picture for each row (first, second) of concepts; -1 is no second thing."""
        number, side, cells = len(things), self._side, self._side * CELLS // SIDE
        centers, heights = _spots(things, random, plain=self._plain)
        pictures = self._backgrounds(number, random)
        owners = torch.full((number, cells, cells), self._number)
        for slot in (1, 0):  # the first thing stands before the second
            here = torch.nonzero(things[:, slot] >= 0)[:, 0]
            if not len(here):
                continue
            layers, aspects = self._layers(things[here, slot], random)
            spots = (centers[here, slot], heights[here, slot])
            warped = torch.zeros(number, 4, side, side)
            warped[here] = _warp(layers, aspects, spots, random, side, plain=self._plain)
            if not self._plain:
                warped = _hidden(warped, random)
                pictures = _shadowed(pictures, warped[:, 3:], random)
            pictures = pictures * (1 - warped[:, 3:]) + warped[:, :3]
            covered = F.adaptive_avg_pool2d(warped[:, 3:], cells)[:, 0] > COVERED
            owners = torch.where(covered, things[:, slot].view(-1, 1, 1), owners)
        if not self._plain:
            pictures = disturbed(pictures, random)
        shown = torch.zeros(number, self._number + 1)
        shown.scatter_(1, torch.where(things >= 0, things, self._number), 1.0)
        return Batch(pictures.clamp(0, 1), shown[:, :-1], owners, centers, things)

    def chosen(self, number: int, random: torch.Generator, pairs: float) -> Tensor:
        """Return rows of concepts by chance; a share of `pairs` has a second thing."""
        things = torch.randint(self._number, (number, 2), generator=random)
        alone = torch.rand(number, generator=random) >= pairs
        things[alone | (things[:, 0] == things[:, 1]), 1] = -1
        return things

    def _layers(self, things: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        picks = []
        dice = torch.rand(len(things), 2, generator=random).tolist()
        for thing, (which, whose) in zip(things.tolist(), dice, strict=True):
            keys = self._drawings[thing]
            drawings = keys[int(which * len(keys))]
            picks.append(drawings[int(whose * len(drawings))])
        chosen = torch.tensor(picks, dtype=torch.int64)
        layers = self._pixels[chosen].float() / 255
        if not self._plain:
            layers = _recolored(layers, random)
        return layers, self._aspects[chosen]

    def _backgrounds(self, number: int, random: torch.Generator) -> Tensor:
        side = self._side

        def color(some: Tensor) -> Tensor:
            made = torch.rand(len(some), 3, 1, 1, generator=random)
            pale = torch.rand(len(some), 1, 1, 1, generator=random) < 0.4
            return torch.where(pale, 0.7 + 0.3 * made, made)

        if self._plain:
            tone = 0.85 + 0.15 * torch.rand(number, 3, 1, 1, generator=random)
            return tone.repeat(1, 1, side, side)

        def between(some: Tensor, plane: Tensor) -> Tensor:
            first = color(some)
            return first + (color(some) - first) * plane

        def grained(some: Tensor) -> Tensor:
            grain = torch.rand(len(some), 1, side // 4, side // 4, generator=random)
            return between(some, F.interpolate(grain, side, mode="bilinear"))

        def clouded(some: Tensor) -> Tensor:
            coarse = torch.rand(len(some), 3, 5, 5, generator=random)
            return F.interpolate(coarse, side, mode="bilinear")

        def scenic(some: Tensor) -> Tensor:
            which = torch.randint(len(self._scenes), (len(some),), generator=random)
            scenes = self._scenes[which].float() / 255
            return F.interpolate(scenes, side, mode="bilinear")

        ramp = torch.linspace(0, 1, side).view(1, 1, side, 1)
        made = color(torch.empty(number)).repeat(1, 1, side, side)
        _some(made, 0.3, random, lambda some: between(some, ramp))
        _some(made, 0.25, random, clouded)
        _some(made, 0.25, random, grained)
        _some(made, 0.4, random, scenic)
        _some(made, 0.5, random, lambda some: some.flip(3))
        return made


def _spots(things: Tensor, random: torch.Generator, *, plain: bool) -> tuple[Tensor, Tensor]:
    """Return where things stand (n, 2, 2) and how large the longer side is (n, 2), in widths."""
    number = len(things)
    dice = torch.rand(number, 6, generator=random)
    pair = things[:, 1] >= 0
    size = torch.where(pair, 0.28 + 0.24 * dice[:, 0], 0.35 + 0.6 * dice[:, 0])
    other = 0.28 + 0.24 * dice[:, 1]
    if plain:
        size = torch.where(pair, size, 0.7)
    heights = torch.stack([size, other], 1)
    loose = (1.1 - size).clamp(0.1) / 2
    alone = 0.5 + (dice[:, 2:4] - 0.5) * 2 * loose.unsqueeze(1) * (0.2 if plain else 1.0)
    angle = 2 * math.pi * dice[:, 4]
    apart = 0.5 * (size + other) * (0.75 + 0.4 * dice[:, 5])
    step = torch.stack([torch.cos(angle), torch.sin(angle)], 1) * apart.unsqueeze(1) / 2
    middle = 0.5 + (dice[:, 2:4] - 0.5) * 0.25
    first = torch.where(pair.unsqueeze(1), middle - step, alone)
    return torch.stack([first, middle + step], 1), heights


def _warp(
    layers: Tensor,
    aspects: Tensor,
    spots: tuple[Tensor, Tensor],
    random: torch.Generator,
    side: int,
    *,
    plain: bool,
) -> Tensor:
    """Set layers to their spots (centers and sizes): turned, mirrored and bent a little."""
    number, (centers, sizes) = len(layers), spots
    dice = torch.randn(number, 4, generator=random) * (0.0 if plain else 1.0)
    aspects = aspects * torch.exp(0.12 * dice[:, 0])
    wide = sizes * aspects.clamp(max=1)
    high = sizes / aspects.clamp(min=1)
    angle, bent = 0.2 * dice[:, 1], 0.12 * dice[:, 2]
    mirror = torch.where(torch.rand(number, generator=random) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle), torch.sin(angle)
    # From the picture's coordinates (-1 to 1) back to the layer's: undo place, turn, bend, size.
    first = torch.stack([cos + bent * sin, -sin + bent * cos], 1) * (mirror / wide).unsqueeze(1)
    second = torch.stack([sin, cos], 1) / high.unsqueeze(1)
    linear = torch.stack([first, second], 1)
    shift = -(linear @ (2 * centers - 1).unsqueeze(2))
    grid = F.affine_grid(torch.cat([linear, shift], 2), [number, 4, side, side], False)
    return F.grid_sample(layers, grid, align_corners=False)


def _some(
    tensor: Tensor, share: float, random: torch.Generator, change: Callable[[Tensor], Tensor]
) -> None:
    """Change a share of the rows, in place."""
    rows = torch.nonzero(torch.rand(len(tensor), generator=random) < share)[:, 0]
    if len(rows):
        tensor[rows] = change(tensor[rows])


def _recolored(layers: Tensor, random: torch.Generator) -> Tensor:
    """Turn hues, drain colors, shift light, leave lines only: the hand shall not show."""

    def chance(tensor: Tensor, channels: int = 1) -> Tensor:
        return torch.rand(len(tensor), channels, 1, 1, generator=random)

    def with_alpha(color: Tensor, layer: Tensor) -> Tensor:
        return torch.cat([color.expand(-1, 3, -1, -1), layer[:, 3:]], 1)

    def turned(layer: Tensor, reach: float) -> Tensor:
        angle = (chance(layer).flatten() - 0.5) * reach
        return with_alpha(_hue(layer[:, :3], angle), layer)

    def lined(layer: Tensor) -> Tensor:
        lines = _edges(_gray(layer[:, :3]))
        return with_alpha(layer[:, 3:] * (1 - (lines * 3).clamp(0, 1)), layer)

    def toned(layer: Tensor) -> Tensor:
        share = 0.75 * chance(layer)
        tone = layer[:, 3:] * chance(layer, 3)
        return with_alpha(layer[:, :3] * (1 - share) + tone * share, layer)

    _some(layers, 0.3, random, lambda layer: turned(layer, 2 * math.pi))
    _some(layers, 0.4, random, lambda layer: turned(layer, 0.6))
    _some(layers, 0.15, random, lambda layer: with_alpha(_gray(layer[:, :3]), layer))
    _some(layers, 0.08, random, lined)
    _some(layers, 0.05, random, lambda layer: with_alpha(layer[:, 3:] - layer[:, :3], layer))
    _some(layers, 0.25, random, toned)
    side = torch.linspace(-0.4, 0.4, layers.shape[3]).view(1, 1, 1, -1)
    light = (1 + side * (chance(layers) - 0.5) * 2) * (0.75 + 0.45 * chance(layers))
    layers[:, :3] *= light
    layers[:, :3].clamp_(0, 1)
    return layers


def _hue(color: Tensor, angle: Tensor) -> Tensor:
    """Turn colors about the gray axis, by radians."""
    cos, sin = torch.cos(angle), torch.sin(angle)
    third, root = (1 - cos) / 3, math.sqrt(1 / 3) * sin
    rows = [cos + third, third - root, third + root]
    matrix = torch.stack(
        [torch.stack([rows[(j - i) % 3] for j in range(3)], 1) for i in range(3)], 1
    )
    return torch.einsum("nij,njhw->nihw", matrix, color)


def _hidden(layers: Tensor, random: torch.Generator) -> Tensor:
    """Cut a piece out of some things, most often below, as grass and snow do."""
    number, side = len(layers), layers.shape[-1]
    dice = torch.rand(number, 4, 1, 1, generator=random)
    across = torch.linspace(0, 1, side).view(1, 1, 1, side)
    down = torch.linspace(0, 1, side).view(1, 1, side, 1)
    patch = ((across - dice[:, 1:2]).abs() < 0.12) & ((down - dice[:, 2:3]).abs() < 0.12)
    lower = down > 0.6 + 0.4 * dice[:, 3:4]
    kind = dice[:, :1]
    return layers * (1 - (patch & (kind < 0.2)).float()) * (1 - (lower & (kind > 0.85)).float())


def _shadowed(pictures: Tensor, alpha: Tensor, random: torch.Generator) -> Tensor:
    """Darken the ground behind things, a little aside."""
    dice = torch.rand(len(alpha), 1, 1, 1, generator=random)
    soft = F.interpolate(F.avg_pool2d(alpha, 8), alpha.shape[-1], mode="bilinear")
    moved = torch.roll(soft, (3, int(torch.randint(-5, 6, (1,), generator=random))), (2, 3))
    return pictures * (1 - moved * (dice - 0.4).clamp(0))


def _gray(color: Tensor) -> Tensor:
    return (color * LUMA).sum(1, keepdim=True)


def _edges(plane: Tensor) -> Tensor:
    return F.max_pool2d(plane, 3, 1, 1) + F.max_pool2d(-plane, 3, 1, 1)


def _soft(pictures: Tensor) -> Tensor:
    return F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)


def disturbed(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Do to whole pictures what painters and styles do: blur, grain, few tones, squares, tints."""

    def coarse(some: Tensor, mode: str) -> Tensor:
        return F.interpolate(F.avg_pool2d(some, 3), some.shape[-1], mode=mode)

    def tinted(some: Tensor) -> Tensor:
        return some * (1 + (torch.rand(len(some), 3, 1, 1, generator=random) - 0.6) * 0.6)

    def grained(some: Tensor) -> Tensor:
        strength = 0.09 * torch.rand(len(some), 1, 1, 1, generator=random)
        return some + strength * torch.randn(some.shape, generator=random)

    def inked(some: Tensor) -> Tensor:
        return (some - 1.2 * _edges(_gray(some))).clamp(0, 1)

    _some(pictures, 0.25, random, _soft)
    _some(pictures, 0.1, random, lambda some: coarse(some, "bilinear"))
    _some(pictures, 0.06, random, lambda some: coarse(some, "nearest"))
    _some(pictures, 0.14, random, lambda some: (some + 1.5 * (some - _soft(some))).clamp(0, 1))
    _some(pictures, 0.08, random, lambda some: torch.round(some * 4) / 4)
    _some(pictures, 0.12, random, inked)
    _some(pictures, 0.12, random, _gray)
    _some(pictures, 0.3, random, lambda some: some + (_gray(some) - some) * 0.3)
    _some(pictures, 0.5, random, tinted)
    _some(pictures, 0.4, random, grained)
    dice = torch.rand(len(pictures), 2, 1, 1, 1, generator=random)
    mean = pictures.mean((1, 2, 3), keepdim=True)
    return (pictures - mean) * (0.55 + 0.75 * dice[:, 0]) + mean + 0.25 * (dice[:, 1] - 0.5)
