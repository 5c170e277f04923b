"""Trains easel's network, on a CPU or a GPU with the same script; goes on where it was stopped.

    python -m kanvas_training.train --minutes 60
    python -m kanvas_training.train --minutes 25 --device cuda --batch 512 --compile

The learning rate rises over 200 steps and falls over the last 40 % of the minutes. A checkpoint
is written every minute; the same command with more minutes goes on from it. Examples that
are still being made are taken up as they appear.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .composites import SHARD, VALIDATION, Shard, encoded, folder
from .network import SIDE, Easel, Shape
from .places import WORK

EVERY = 60.0  # seconds between checkpoints
LOOKED = 2.0  # seconds between looks for new examples
CHECKED = 50  # steps between looks at the loss, for which a GPU must be waited for
WARM = 200  # steps
FALL = 0.4  # the share of the time over which the learning rate falls
DROPPED = 0.1  # how often the words are left out, for guidance
CAP = 0.4  # the noise level below which an error weighs no more
Loss = Callable[[torch.nn.Module, "Batch", Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Batch:
    """Some examples on the training device.

    Attributes:
        picture: uint8 (n, SIDE, SIDE, 3).
        reference: uint8 (n, SIDE, SIDE, 4).
        words: tokens, mask and pooled, as `Easel.forward` wants them.
        style: int64 (n,).
    """

    picture: Tensor
    reference: Tensor
    words: tuple[Tensor, Tensor, Tensor]
    style: Tensor


class Pool:
    """All examples that there are so far, on the training device (0.5 MB each).

    Safe to grow in one thread while another takes batches.
    """

    def __init__(self, device: torch.device, room: int) -> None:
        self._device, self._room = device, room
        self._read: set[Path] = set()
        self._number = 0
        nothing = encoded([""])
        self._nothing = [self._moved(nothing[name]) for name in ("tokens", "mask", "pooled")]
        self._held: dict[str, Tensor] = {}

    def __len__(self) -> int:
        return self._number

    def grow(self, paths: Iterable[Path]) -> None:
        """Read the shards that were not read before, as far as there is room."""
        for path in paths:
            if path not in self._read and self._number < self._room:
                self._read.add(path)
                self._add(Shard.read(path))

    def _add(self, shard: Shard) -> None:
        sided = [{"left", "right"} & {*str(words).split()} for words in shard.captions]
        parts = {name: part for name, part in vars(shard).items() if part.dtype.kind != "U"} | {
            "turns": np.array([not sides for sides in sided])
        }
        end = min(self._room, self._number + len(shard.styles))
        for name, part in parts.items():
            if name not in self._held:
                kind = torch.from_numpy(part[:0]).dtype
                shape = (self._room, *part.shape[1:])
                self._held[name] = torch.empty(shape, dtype=kind, device=self._device)
            rows = torch.from_numpy(part[: end - self._number])
            self._held[name][self._number : end].copy_(rows)
        self._number = end

    def batch(self, random: torch.Generator, size: int, *, plain: bool = False) -> Batch:
        """Return examples by chance. `plain` leaves out dropping and flipping."""
        held = self._held
        at = torch.randint(self._number, (size,), generator=random, device=self._device)
        chance = torch.rand(2, size, generator=random, device=self._device)
        turned = held["turns"][at] & (chance[0] < 0.5) & (not plain)
        dropped = (chance[1] < DROPPED) & (not plain)
        words = [
            torch.where(dropped.view(-1, *[1] * (none.ndim - 1)), none, held[name][at])
            for name, none in zip(("tokens", "mask", "pooled"), self._nothing, strict=True)
        ]
        return Batch(
            picture=_turned(held["pictures"][at], turned),
            reference=_turned(held["references"][at], turned),
            words=(words[0], words[1], words[2]),
            style=torch.where(dropped, 0, held["styles"][at]),
        )

    def _moved(self, part: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(part).to(self._device)


def _turned(grid: Tensor, which: Tensor) -> Tensor:
    """Return pictures (n, h, w, colors), some of them left for right."""
    return torch.where(which[:, None, None, None], grid.flip(2), grid)


def _colors_first(grid: Tensor) -> Tensor:
    """Return bytes (n, h, w, colors) as numbers from 0 to 1, (n, colors, h, w)."""
    grid = grid.permute(0, 3, 1, 2)
    return grid.float().div(255).contiguous(memory_format=torch.channels_last)


def moments(random: torch.Generator, size: int) -> Tensor:
    """Draw noise levels, the noisy ones oftener: a picture's shape is decided there."""
    often = torch.sigmoid(1.1 + 0.9 * torch.randn(size, generator=random, device=random.device))
    evenly, chance = torch.rand(2, size, generator=random, device=random.device)
    pick = chance < 0.9
    return torch.where(pick, often, evenly).clamp(0.002, 1.0)


def loss_of(network: torch.nn.Module, batch: Batch, time_: Tensor, noise: Tensor) -> Tensor:
    """Return the squared error of the velocity, capped where hardly any noise is left."""
    t = time_[:, None, None, None]
    picture = _colors_first(batch.picture) * 2 - 1
    noisy = (1 - t) * picture + t * noise
    words = [part.float() for part in batch.words]
    with torch.autocast(noise.device.type, torch.bfloat16):
        made = network(noisy, time_, _colors_first(batch.reference), *words, batch.style)
    error = (made - picture).square().mean((1, 2, 3))
    return (error / time_.clamp(min=CAP).square()).mean()


def drawn(random: torch.Generator, size: int) -> tuple[Tensor, Tensor]:
    """Draw a noise level and noise for each of some pictures."""
    noise = torch.randn(size, 3, SIDE, SIDE, generator=random, device=random.device)
    return moments(random, size), noise.contiguous(memory_format=torch.channels_last)


def shards() -> list[Path]:
    """Return the files of all examples to train on that there are now."""
    return [path for path in sorted(folder().glob("?????.npz")) if path.stem != f"{VALIDATION}"]


def grow_until(over: threading.Event, pool: Pool) -> None:
    """Read new examples as they appear, until told that it is over."""
    while not over.wait(LOOKED):
        pool.grow(shards())


class Run:
    """One training: the network, its average, what the optimizer keeps, how far it is."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.device = torch.device(chosen.device)
        self.folder = WORK / "runs" / chosen.name
        self.folder.mkdir(parents=True, exist_ok=True)
        torch.backends.cudnn.benchmark = True  # every batch has the same shape
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
        self.random = torch.Generator(self.device).manual_seed(self.seen + 1)

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

    def step(self, loss_of: Loss, pool: Pool) -> Tensor:
        """Learn from one batch; return the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        batch = pool.batch(self.random, self.chosen.batch)
        time_, noise = drawn(self.random, self.chosen.batch)
        loss = loss_of(self.network, batch, time_, noise)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        self.seen += self.chosen.batch
        keep = min(0.999, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            means, now = list(self.average.parameters()), list(self.network.parameters())
            torch._foreach_lerp_(means, now, 1 - keep)  # one after another is slow on a GPU
        return loss.detach()

    def validated(self, pool: Pool) -> float:
        """Return the average network's error on examples never trained on, with fixed noise."""
        random = torch.Generator(self.device).manual_seed(0)
        with torch.no_grad():
            errors = [
                float(loss_of(self.average, pool.batch(random, 32, plain=True), *drawn(random, 32)))
                for _ in range(4)
            ]
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
        """Learn until the time is up; keep the result. Examples may come while it learns."""
        pool, unseen = Pool(self.device, self.chosen.examples), Pool(self.device, SHARD)
        unseen.grow([folder() / f"{VALIDATION}.npz"])
        pool.grow(shards())
        if not len(pool):
            raise SystemExit(
                f"there are no examples in {folder()}: kanvas_training.composites makes them"
            )
        measured: Loss = torch.compile(loss_of) if self.chosen.compile else loss_of
        over = threading.Event()
        grower = threading.Thread(target=grow_until, args=(over, pool), daemon=True)
        grower.start()
        try:
            self._learn(measured, pool, unseen)
        finally:
            over.set()
            grower.join()

    def _learn(self, measured: Loss, pool: Pool, unseen: Pool) -> None:
        saved, total, since = self.elapsed, torch.zeros((), device=self.device), self.steps
        for _ in self.paced():
            total += self.step(measured, pool)
            if self.steps % CHECKED == 0 and not math.isfinite(float(total)):
                raise FloatingPointError("the loss is no number: a lower --rate may help")
            if self.elapsed - saved > EVERY:
                self.save()
                self.note(float(total) / (self.steps - since), unseen, len(pool))
                saved, total, since = self.elapsed, torch.zeros_like(total), self.steps
        self.save()
        self.note(float(total) / max(1, self.steps - since), unseen, len(pool))

    def note(self, loss: float, unseen: Pool, examples: int) -> None:
        """Add a line to the run's log, and print it."""
        line = json.dumps(
            {
                "minutes": round(self.elapsed / 60, 2),
                "seen": self.seen,
                "steps": self.steps,
                "examples": examples,
                "loss": round(loss, 5),
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
    parser.add_argument("--examples", type=int, default=20_000, help="at most, 0.5 MB each")
    parser.add_argument("--rate", type=float, default=1e-3, help="highest learning rate")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true", help="with torch.compile (on a GPU)")
    with suppress(KeyboardInterrupt):
        Run(parser.parse_args()).train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
