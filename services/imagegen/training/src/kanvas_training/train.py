"""Trains easel's network, on a CPU or a GPU with the same script; goes on where it was stopped.

    python -m kanvas_training.train --minutes 60
    python -m kanvas_training.train --minutes 25 --device cuda --batch 512 --compile

The learning rate rises over 200 steps and falls over the last 40 % of the minutes. A checkpoint
is written every three minutes; the same command with more minutes goes on from it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kanvas_imagegen.language.encoder import TextEncoder

from .composites import FLAT, OTHER, VALIDATION, Shard, folder
from .network import Easel, Shape
from .places import SHIPPED, WORK

EVERY = 180.0  # seconds between checkpoints
WARM = 200  # steps
FALL = 0.4  # the share of the time over which the learning rate falls
DROPPED = 0.1  # how often the words are left out, for guidance
FLAT_SHARE = 0.45  # how often the references are the flat drawings that easel paints from
ENCODER = SHIPPED / "language" / "encoder.onnx"
CAP = 0.4  # the noise level below which an error weighs no more


@dataclass(frozen=True)
class Batch:
    """Some examples on the training device, as `Easel.forward` wants them."""

    picture: Tensor
    reference: Tensor
    words: tuple[Tensor, Tensor, Tensor]
    style: Tensor


class Pool:
    """All examples that there are so far, with their words encoded."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._encoder = TextEncoder(threads=2)
        self._version = hashlib.sha256(ENCODER.read_bytes()).hexdigest()[:8]
        self._read: set[Path] = set()
        self._shards: list[Shard] = []
        self._words: list[tuple[npt.NDArray[Any], ...]] = []
        self._nothing = self._encoded([""])

    def __len__(self) -> int:
        return sum(len(shard.styles) for shard in self._shards)

    def grow(self, *, validation: bool = False) -> None:
        """Read shards that have appeared since the last time."""
        wanted = folder() / f"{VALIDATION}.npz"
        for path in [wanted] if validation else sorted(folder().glob("?????.npz")):
            known = path in self._read or (path == wanted and not validation)
            if known:
                continue
            shard = Shard.read(path)
            self._read.add(path)
            self._shards.append(shard)
            self._words.append(self._words_of(path, shard))

    def _words_of(self, path: Path, shard: Shard) -> tuple[npt.NDArray[Any], ...]:
        """A shard's words, encoded once and kept, since that takes as long as making a shard."""
        kept = path.with_suffix(f".{self._version}.npz")
        if not kept.exists():
            tokens, mask, pooled = self._encoded([str(words) for words in shard.captions])
            np.savez(kept, tokens=tokens, mask=mask, pooled=pooled)
        with np.load(kept) as held:
            return held["tokens"], held["mask"], held["pooled"]

    def _encoded(self, texts: list[str]) -> tuple[npt.NDArray[Any], ...]:
        parts = [self._encoder.encode(texts[at : at + 50]) for at in range(0, len(texts), 50)]
        return (
            np.concatenate([part.tokens for part in parts]).astype(np.float16),
            np.concatenate([part.mask for part in parts]).astype(np.float16),
            np.concatenate([part.pooled for part in parts]).astype(np.float16),
        )

    def batch(self, random: np.random.Generator, size: int, *, plain: bool = False) -> Batch:
        """Return examples by chance. `plain` leaves out dropping, flipping and other families."""
        picked = random.integers(len(self), size=size)
        sizes = np.cumsum([0, *(len(shard.styles) for shard in self._shards)])
        pictures, references, words, styles = [], [], [], []
        for at in np.sort(picked):
            which = int(np.searchsorted(sizes, at, side="right")) - 1
            shard, row = self._shards[which], int(at - sizes[which])
            family = FLAT if plain or random.random() < FLAT_SHARE else OTHER
            picture, reference = shard.pictures[row], shard.references[row, family]
            caption = str(shard.captions[row])
            if not plain and random.random() < 0.5 and not {"left", "right"} & {*caption.split()}:
                picture, reference = picture[:, ::-1], reference[:, ::-1]
            dropped = not plain and random.random() < DROPPED
            said = self._nothing if dropped else self._words[which]
            words.append([part[0 if dropped else row] for part in said])
            styles.append(0 if dropped else int(shard.styles[row]))
            pictures.append(picture)
            references.append(reference)
        return Batch(
            picture=self._grid(pictures) * 2 - 1,
            reference=self._grid(references),
            words=tuple(self._flat(list(part)) for part in zip(*words, strict=True)),  # type: ignore[arg-type]
            style=torch.tensor(styles, device=self._device),
        )

    def _grid(self, parts: list[npt.NDArray[np.uint8]]) -> Tensor:
        grid = torch.from_numpy(np.stack(parts)).to(self._device).permute(0, 3, 1, 2)
        return grid.float().div_(255).contiguous(memory_format=torch.channels_last)

    def _flat(self, parts: list[npt.NDArray[Any]]) -> Tensor:
        return torch.from_numpy(np.stack(parts)).to(self._device).float()


def moments(random: torch.Generator, size: int) -> Tensor:
    """Draw noise levels, the noisy ones oftener: a picture's shape is decided there."""
    often = torch.sigmoid(0.8 + 0.9 * torch.randn(size, generator=random))
    evenly = torch.rand(size, generator=random)
    pick = torch.rand(size, generator=random) < 0.9
    return torch.where(pick, often, evenly).clamp(0.002, 1.0)


def loss_of(network: torch.nn.Module, batch: Batch, time_: Tensor, noise: Tensor) -> Tensor:
    """Return the squared error of the velocity, capped where hardly any noise is left."""
    t = time_[:, None, None, None]
    noisy = (1 - t) * batch.picture + t * noise
    device = batch.picture.device.type
    with torch.autocast(device, torch.bfloat16):
        made = network(noisy, time_, batch.reference, *batch.words, batch.style)
    error = (made - batch.picture).square().mean((1, 2, 3))
    return (error / time_.clamp(min=CAP).square()).mean()


class Run:
    """One training: the network, its average, what the optimizer keeps, how far it is."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.device = torch.device(chosen.device)
        self.folder = WORK / "runs" / chosen.name
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(1)
        self.network = Easel(Shape(referenced=not chosen.plain)).to(
            self.device, memory_format=torch.channels_last
        )
        self.average = deepcopy(self.network).requires_grad_(requires_grad=False)
        groups = [
            {"params": [p for p in self.network.parameters() if p.ndim > 1], "weight_decay": 0.01},
            {"params": [p for p in self.network.parameters() if p.ndim <= 1], "weight_decay": 0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=chosen.rate, betas=(0.9, 0.98), fused=True)
        self.elapsed, self.seen, self.steps = 0.0, 0, 0
        if self.checkpoint.exists():
            self._resume()
        self.random = np.random.default_rng(self.seen + 1)
        self.noise = torch.Generator().manual_seed(self.seen + 1)

    @property
    def checkpoint(self) -> Path:
        """Where the run is kept."""
        return self.folder / "checkpoint.pt"

    def _resume(self) -> None:
        held = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.network.load_state_dict(held["network"])
        self.average.load_state_dict(held["average"])
        self.optimizer.load_state_dict(held["optimizer"])
        self.elapsed, self.seen, self.steps = held["elapsed"], held["seen"], held["steps"]

    def save(self) -> None:
        """Write the run to its folder, whole or not at all."""
        part = self.folder / "part.pt"
        torch.save(
            {
                "shape": self.network.shape.described(),
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "elapsed": self.elapsed,
                "seen": self.seen,
                "steps": self.steps,
            },
            part,
        )
        os.replace(part, self.checkpoint)

    def rate(self) -> float:
        """Return the learning rate of this step."""
        left = 1 - self.elapsed / (60 * self.chosen.minutes)
        return float(self.chosen.rate * min(1.0, (self.steps + 1) / WARM) * min(1.0, left / FALL))

    def step(self, network: torch.nn.Module, pool: Pool) -> float:
        """Learn from one batch; return the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        batch = pool.batch(self.random, self.chosen.batch)
        time_ = moments(self.noise, self.chosen.batch).to(self.device)
        noise = torch.randn_like(batch.picture)
        loss = loss_of(network, batch, time_, noise)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        self.seen += self.chosen.batch
        keep = min(0.999, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        return float(loss.detach())

    def validated(self, pool: Pool) -> float:
        """Return the average network's error on examples never trained on, with fixed noise."""
        random, noise = np.random.default_rng(0), torch.Generator().manual_seed(0)
        errors = []
        with torch.no_grad():
            for _ in range(4):
                batch = pool.batch(random, 32, plain=True)
                time_ = moments(noise, 32).to(self.device)
                shape = tuple(batch.picture.shape)
                drawn = torch.randn(shape, generator=noise).to(self.device)
                errors.append(float(loss_of(self.average, batch, time_, drawn)))
        return sum(errors) / len(errors)

    def paced(self) -> Iterator[None]:
        """Go on until the minutes or the pictures are used up, keeping the time."""
        before = time.monotonic()
        while self.elapsed < 60 * self.chosen.minutes:
            if self.chosen.pictures and self.seen >= self.chosen.pictures:
                return
            yield
            now = time.monotonic()
            self.elapsed += now - before
            before = now

    def train(self) -> None:
        """Learn until the time is up; keep the result."""
        pool, unseen = Pool(self.device), Pool(self.device)
        unseen.grow(validation=True)
        pool.grow()
        network: torch.nn.Module = self.network
        if self.chosen.compile:
            network = torch.compile(network)  # type: ignore[assignment]
        saved, losses = self.elapsed, []
        for _ in self.paced():
            losses.append(self.step(network, pool))
            if not math.isfinite(losses[-1]):
                raise FloatingPointError("the loss is no number: a lower --rate may help")
            if self.elapsed - saved > EVERY:
                self.save()
                self.note(losses, unseen, len(pool))
                pool.grow()
                saved, losses = self.elapsed, []
        self.save()
        self.note(losses or [0.0], unseen, len(pool))

    def note(self, losses: list[float], unseen: Pool, examples: int) -> None:
        """Add a line to the run's log, and print it."""
        line = json.dumps(
            {
                "minutes": round(self.elapsed / 60, 2),
                "seen": self.seen,
                "steps": self.steps,
                "examples": examples,
                "loss": round(sum(losses) / len(losses), 5),
                "unseen": round(self.validated(unseen), 5),
            }
        )
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main() -> int:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="of training in all")
    parser.add_argument("--pictures", type=int, default=0, help="stop after so many, for ablations")
    parser.add_argument("--name", default="easel", help="of the run")
    parser.add_argument("--plain", action="store_true", help="without the reference canvas")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-3, help="highest learning rate")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true", help="with torch.compile (on a GPU)")
    with suppress(KeyboardInterrupt):
        Run(parser.parse_args()).train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
