"""The blind side-by-side: two painters' pictures for the same words, and no names.

Each prompt has one picture file with the halves A and B. Which painter stands where is thrown by
chance and kept in `key.json`, which voters do not open. A voter writes a JSON object: prompt
numbers, each with "A", "B" or "=" (no preference).
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .painters import Painter
from .sheets import Shown, sheet

VOTES = ("A", "B", "=")
SHOWN = 384  # pixels a side of each half
QUALITY = 90


@dataclass(frozen=True)
class Tally:
    """The votes counted.

    Attributes:
        wins: How often each painter was preferred.
        even: How often neither was.
        chance: How likely so uneven a result is if voters have no preference (two-sided sign test).
    """

    wins: Mapping[str, int]
    even: int
    chance: float

    def __str__(self) -> str:
        told = ", ".join(f"{name} {number}" for name, number in self.wins.items())
        return f"{told}, no preference {self.even}; by chance alone: {self.chance:.2g}"


def order_of(names: Sequence[str], number: int, seed: int) -> dict[str, list[str]]:
    """Return for each prompt, numbered from 1, who is A and who is B, each as often."""
    chance = random.Random(seed)  # noqa: S311 - a shuffle, not a secret
    swapped = [at % 2 == 1 for at in range(number)]
    chance.shuffle(swapped)
    pairs = (list(reversed(names)) if swap else list(names) for swap in swapped)
    return {str(at): pair for at, pair in enumerate(pairs, start=1)}


def hang(
    painters: Mapping[str, Painter], prompts: Sequence[str], folder: Path, *, seed: int
) -> None:
    """Write a picture for each prompt, the list of prompts, and the key."""
    folder.mkdir(parents=True, exist_ok=True)
    key = order_of(list(painters), len(prompts), seed)
    for at, prompt in enumerate(prompts, start=1):
        halves = [
            Shown(painters[name].paint(prompt, 0), f"{at} {letter}: {prompt}")
            for name, letter in zip(key[str(at)], "AB", strict=True)
        ]
        page = sheet(halves, 2, SHOWN)
        page.save(folder / f"{at:02}.webp", quality=QUALITY)
    listed = "\n".join(f"{at:2} {prompt}" for at, prompt in enumerate(prompts, start=1))
    (folder / "prompts.txt").write_text(listed + "\n", encoding="utf-8")
    (folder / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")


def gathered(folder: Path, numbers: Sequence[int]) -> Image.Image:
    """Return several of the pairs above each other, to be voted on at one look."""
    pages = [Image.open(folder / f"{number:02}.webp").convert("RGB") for number in numbers]
    return Image.fromarray(np.concatenate([np.asarray(page) for page in pages]))


def tally(votes: Sequence[Mapping[str, str]], key: Mapping[str, Sequence[str]]) -> Tally:
    """Return the votes of all voters, counted against the key.

    Raises:
        ValueError: A vote is for a prompt that is not there, or is none of `VOTES`.
    """
    wins = dict.fromkeys(sorted({name for pair in key.values() for name in pair}), 0)
    even = 0
    for vote in votes:
        for number, choice in vote.items():
            if number not in key or choice not in VOTES:
                raise ValueError(f"prompt {number}: {choice!r} is no vote")
            if choice == "=":
                even += 1
            else:
                wins[key[number]["AB".index(choice)]] += 1
    return Tally(wins, even, _sign_test(list(wins.values())))


def _sign_test(wins: Sequence[int]) -> float:
    """Return how likely a split at least so uneven is, were each vote a coin."""
    total, most = sum(wins), max(wins)
    tail = sum(math.comb(total, above) for above in range(most, total + 1))
    return min(1.0, float(2 * tail / 2**total))
