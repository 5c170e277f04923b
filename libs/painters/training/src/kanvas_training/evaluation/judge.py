"""A judge: says what a picture shows, and where.

    python -m kanvas_training.evaluation judge     trains both judges where they are not kept yet

There are two. The strict one never saw the hand whose art collage ships (and easel learns from);
the other goes on from it with all hands but the one held out everywhere.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from PIL import Image
from torch import Tensor

from kanvas_training.places import WORK
from kanvas_training.sprites import FAMILIES, FLUENT, HELD_OUT, sprites

from .composites import SIDE, Batch, Composer
from .concepts import DATA, read_concepts
from .network import Network
from .scenes import empty_scenes

log = logging.getLogger(__name__)
Pixels = npt.NDArray[np.uint8]
SEEN = tuple(name for name in FAMILIES if name != HELD_OUT)
FOREIGN = tuple(name for name in SEEN if name not in FLUENT)
EDITION = 1  # raise it when composites or the network change: judges are then trained again
BATCH = 64
SEED = 20261122
PAIRS = 0.35  # this share of the pictures shows two things
SCENES = 3  # seeds of every empty scene


@dataclass(frozen=True)
class Recipe:
    """How a judge is trained: on the art of these families, on so many pictures."""

    name: str
    families: tuple[str, ...]
    pictures: int
    rate: float


STRICT = Recipe("strict", FOREIGN, 24_000, 8e-4)
MAIN = Recipe("main", SEEN, 32_000, 6e-4)


@dataclass(frozen=True)
class Reading:
    """What a judge says of n pictures.

    Attributes:
        what: float32 (n, concepts), probabilities.
        where: float32 (n, concepts + 1, cells, cells), probabilities in each cell; the last: none.
        features: float32 (n, features).
    """

    what: npt.NDArray[np.float32]
    where: npt.NDArray[np.float32]
    features: npt.NDArray[np.float32]


class Judge:
    """A trained network that reads pictures of any side."""

    def __init__(self, network: Network) -> None:
        self._network = network.eval()

    def read(self, pictures: Sequence[Pixels], side: int = SIDE) -> Reading:
        """Read pictures (height, width, 3), shrunk to `side` pixels a side."""
        return self.read_small(shrunk(pictures, side))

    @torch.inference_mode()
    def read_small(self, pictures: Tensor) -> Reading:
        """Read pictures (n, 3, SIDE, SIDE), from 0 to 1."""
        parts = [self._network(part) for part in pictures.split(BATCH)]
        what, where, features = (torch.cat(kind).float() for kind in zip(*parts, strict=True))
        return Reading(what.softmax(1).numpy(), where.softmax(1).numpy(), features.numpy())

    @torch.inference_mode()
    def texture(
        self, pictures: Sequence[Pixels], grid: int, side: int = SIDE
    ) -> npt.NDArray[np.float32]:
        """Return what the untrained first layers see (n, numbers): mean and spread over a grid."""
        seen = torch.cat(
            [self._network.early(part) for part in shrunk(pictures, side).split(BATCH)]
        )
        mean = F.adaptive_avg_pool2d(seen, grid)
        spread = (F.adaptive_avg_pool2d(seen**2, grid) - mean**2).clamp(0).sqrt()
        return torch.cat([mean.flatten(1), spread.flatten(1)], 1).numpy()


def shrunk(pictures: Sequence[Pixels], side: int) -> Tensor:
    """Return pictures (height, width, 3) as a judge takes them: (n, 3, side, side), from 0 to 1."""
    small = [Image.fromarray(each).resize((side, side), Image.Resampling.BOX) for each in pictures]
    stacked = np.stack([np.asarray(each) for each in small])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255


def composer(families: Sequence[str], *, plain: bool = False, side: int = SIDE) -> Composer:
    """Return what composes pictures of the concepts in the art of these families."""
    scenes = empty_scenes(SCENES)
    return Composer(sprites(), read_concepts(), families, scenes, plain=plain, side=side)


def judges() -> tuple[Judge, Judge]:
    """Return the main judge and the strict one: kept ones, else trained (some ten minutes)."""
    strict = _kept(STRICT, None)
    return Judge(_kept(MAIN, strict)), Judge(strict)


def _kept(recipe: Recipe, start: Network | None) -> Network:
    words = (DATA / "concepts.txt").read_text(encoding="utf-8")
    inputs = repr((EDITION, BATCH, SEED, PAIRS, SCENES, SIDE, STRICT, recipe, words))
    key = hashlib.sha256(inputs.encode()).hexdigest()[:12]
    path: Path = WORK / f"judge-{recipe.name}-{key}.pt"
    network = Network(len(read_concepts()))
    if path.exists():
        network.load_state_dict(torch.load(path, weights_only=True))
        return network
    if start is not None:
        network.load_state_dict(start.state_dict())
    trained = train(network, recipe)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(trained.state_dict(), path)
    return trained


def train(network: Network, recipe: Recipe) -> Network:
    """Return the mean, over the last steps, of the network's weights while it is trained."""
    random = torch.Generator().manual_seed(SEED)
    made = composer(recipe.families)
    network = network.to(memory_format=torch.channels_last).train()
    mean = copy.deepcopy(network).eval()
    heads = [*network.what.parameters(), *network.where.parameters()]
    ids = {id(weights) for weights in heads}
    trunk = [weights for weights in network.parameters() if id(weights) not in ids]
    optimizer = torch.optim.AdamW(
        [{"params": trunk, "lr": recipe.rate}, {"params": heads, "lr": 3 * recipe.rate}],
        weight_decay=0.03,
    )
    steps = recipe.pictures // BATCH
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 25) * (1 - step / steps) ** 0.8
    )
    began = time.monotonic()
    for step in range(steps):
        batch = made.compose(made.chosen(BATCH, random, PAIRS), random)
        error = _error(network, batch)
        optimizer.zero_grad()
        error.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        schedule.step()
        _follow(mean, network, min(0.99, (step + 1) / (step + 20)))
        if step % 50 == 49:
            took = time.monotonic() - began
            log.info(
                "%s judge: %d of %d, error %.2f, %.0f s", recipe.name, step + 1, steps, error, took
            )
    return mean


def _error(network: Network, batch: Batch) -> Tensor:
    what, where, _ = network(batch.pictures.contiguous(memory_format=torch.channels_last))
    classes = what.shape[1]
    shown = batch.shown / batch.shown.sum(1, keepdim=True)
    weights = torch.ones(classes + 1)
    weights[classes] = 0.15  # most cells show nothing
    return F.cross_entropy(what, shown, label_smoothing=0.1) + 0.4 * F.cross_entropy(
        where, batch.cells, weight=weights
    )


@torch.no_grad()
def _follow(mean: Network, network: Network, share: float) -> None:
    for held, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if held.is_floating_point():
            held.lerp_(new, 1 - share)
        else:
            held.copy_(new)
