"""Whether a judge knows what was asked for: alone (a), and in a named place (c)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from kanvas_training.sprites import FLUENT

from .bench import SEEDS, Bench, hits, portraits
from .composites import Batch
from .concepts import Concept
from .judge import FOREIGN, HELD_OUT, SEEN, Judge
from .places import Places
from .prompts import PLACES, in_places
from .rows import Row, shown

BEST = (1, 5)
JUDGED = 5  # pictures of each concept that a judge is judged by
SEED = 2


def judged_judges(main: Judge, strict: Judge, concepts: Sequence[Concept]) -> list[Row]:
    """Return how well the judges know pictures whose truth is known."""
    random = torch.Generator().manual_seed(SEED)
    rows = []
    for title, judge, kinds in (
        ("main judge", main, (("known hands", SEEN), ("OpenMoji, never seen", (HELD_OUT,)))),
        (
            "strict judge",
            strict,
            (
                ("known hands", FOREIGN),
                ("Fluent, never seen", FLUENT),
                ("OpenMoji, never seen", (HELD_OUT,)),
            ),
        ),
    ):
        for kind, families in kinds:
            for plain in (True, False):
                batch = portraits(concepts, families, JUDGED, random, plain=plain)
                what = judge.read_small(batch.pictures).what
                first, fifth = (hits(what, batch.things[:, 0].tolist(), best) for best in BEST)
                ground = "plain ground" if plain else "disturbed composites"
                reference = f"top-5 {shown(fifth, '%')}; chance {shown(1 / len(concepts), '%')}"
                rows.append(Row("a", f"{title}: {kind}, {ground}", first, reference=reference))
    return rows


def alone(bench: Bench) -> list[Row]:
    """Return for how many concepts the judges know the painter's picture."""
    truth = bench.asked * SEEDS
    pictures = list(bench.portraits.reshape(-1, *bench.portraits.shape[2:]))
    unseen = bench.real((HELD_OUT,), plain=True)
    rows = []
    for title, judge, what, hands, families in (
        (
            "",
            bench.main,
            np.concatenate([reading.what for reading in bench.readings]),
            "real drawings by known hands",
            SEEN,
        ),
        (
            ", strict judge",
            bench.strict,
            bench.strict.read(pictures).what,
            "Fluent drawings, never seen",
            FLUENT,
        ),
    ):
        real = bench.real(families, plain=True)
        for best in BEST:
            bar = bench.bars["concepts"] if judge is bench.main and best == 1 else None
            reference = (
                f"{hands} {shown(_hits(judge, real, best), '%')}, "
                f"OpenMoji, never seen {shown(_hits(judge, unseen, best), '%')}, "
                f"chance {shown(best / len(bench.concepts), '%')}"
            )
            name = f"{len(bench.asked)} concepts, top-{best}{title}"
            rows.append(Row("a", name, hits(what, truth, best), bar=bar, reference=reference))
    return rows


def confusions(bench: Bench) -> list[str]:
    """Return what the main judge took for something else: "asked: guess, guess (seeds)"."""
    found = []
    names = [concept.name for concept in bench.concepts]
    for at, truth in enumerate(bench.asked):
        guesses = [names[int(reading.what[at].argmax())] for reading in bench.readings]
        if any(guess != names[truth] for guess in guesses):
            found.append(f"{names[truth]}: {', '.join(guesses)}")
    return found


def placed(bench: Bench) -> list[Row]:
    """Return for how many concepts in a named place thing and place are known."""
    asked = in_places(bench.concepts)[:: bench.every]
    pictures = list(bench.paint([prompt for prompt, _, _ in asked], 0))
    what = bench.main.read(pictures).what
    truth = [at for _, at, _ in asked]
    places = Places(bench.main)
    guessed = places.named(pictures)
    obeyed = float(
        np.mean([guess == place for guess, (_, _, place) in zip(guessed, asked, strict=True)])
    )
    return [
        Row(
            "c",
            "thing known in a named place, top-1",
            hits(what, truth, 1),
            bar=bench.bars.get("in a place"),
            reference=f"top-5 {shown(hits(what, truth, 5), '%')}; {_chance(bench)}",
        ),
        Row(
            "c",
            "place known (learned from collage's places, so it says little of collage)",
            obeyed,
            reference=f"collage, other seeds: {shown(places.ceiling, '%')}; "
            f"chance {shown(1 / len(PLACES), '%')}",
        ),
    ]


def _hits(judge: Judge, batch: Batch, best: int) -> float:
    return hits(judge.read_small(batch.pictures).what, batch.things[:, 0].tolist(), best)


def _chance(bench: Bench) -> str:
    return f"chance {shown(1 / len(bench.concepts), '%')}"
