"""The proof of both painters, and the sheets that people look at.

From the command line:

    python -m kanvas_training.evaluation                    all parts, both painters
    python -m kanvas_training.evaluation --every 19 easel   one of 19 prompts, to see that it runs
    python -m kanvas_training.evaluation judge              train the judges, and judge them
    python -m kanvas_training.evaluation sheet MODEL OUT    64 pictures, nothing picked, as WebP
    python -m kanvas_training.evaluation steps MODEL OUT    one picture as it forms, and its styles
    python -m kanvas_training.evaluation blind [FOLDER]     fifty pairs without names, to vote on
    python -m kanvas_training.evaluation tally VOTES.json   count votes, of several files too
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from kanvas_paint_contract.cards import STYLES
from kanvas_training.places import WORK

from .blind import gathered, hang, tally
from .concepts import lines
from .painters import STEPS, CannotPaint, opened, painter
from .rows import Row, as_json, as_markdown, as_text
from .sheets import Shown, sheet

OUT = WORK / "evaluation"
BLIND = OUT / "blind"
BLIND_SEED = 50
COLUMNS, THUMBNAIL, LARGER_THUMBNAIL, QUALITY = 8, 144, 192, 42
FORMING = "a red fox in the snow"  # what is shown forming
AT_ONE_LOOK = 5  # pairs on a page of the blind comparison


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    commands = {
        "judge": _judge,
        "sheet": _sheet,
        "steps": _steps,
        "blind": _blind,
        "tally": _tally,
    }
    try:
        if command in commands:
            commands[command](rest)
        else:
            _prove(arguments)
    except CannotPaint as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _prove(arguments: Sequence[str]) -> None:
    """Measure the painters, print a table for each, and write it down."""
    parser = argparse.ArgumentParser(prog="kanvas_training.evaluation")
    parser.add_argument("painters", nargs="*", default=list(STEPS), metavar="PAINTER")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one of N prompts only")
    asked = parser.parse_args(arguments)
    proof = importlib.import_module(f"{__package__}.proof")  # PyTorch, which sheets do without
    for name in asked.painters:
        rows, confusions = proof.prove(name, painter(name), every=asked.every)
        _keep(name if asked.every == 1 else f"{name}-every-{asked.every}", rows, confusions)


def _judge(arguments: Sequence[str]) -> None:
    argparse.ArgumentParser(prog="kanvas_training.evaluation judge").parse_args(arguments)
    proof = importlib.import_module(f"{__package__}.proof")
    _keep("judges", proof.judges_alone(), [])


def _keep(name: str, rows: Sequence[Row], confusions: Sequence[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(as_json(rows), encoding="utf-8")
    taken = "".join(f"\n- {line}" for line in confusions)
    text = as_markdown(rows) + (f"\nTaken for something else:\n{taken}\n" if taken else "")
    (OUT / f"{name}.md").write_text(text, encoding="utf-8")
    sys.stdout.write(f"\n{name}\n{as_text(rows)}\n")
    for line in confusions:
        sys.stdout.write(f"  taken for something else: {line}\n")


def _sheet(arguments: Sequence[str]) -> None:
    asked = _what_and_where("sheet", arguments)
    model = painter(asked.model)
    shown = [Shown(model.paint(prompt, 0), prompt) for prompt in lines("sheet.txt")]
    _save(sheet(shown, COLUMNS, THUMBNAIL), asked.out)


def _steps(arguments: Sequence[str]) -> None:
    asked = _what_and_where("steps", arguments)
    model, of = painter(asked.model), STEPS[asked.model]
    frames = [opened(file) for file in model.frames(FORMING, 0)]
    chosen = sorted({1, 2, 3, 4, of // 2 + 2, of})
    forming = [Shown(frames[step - 1], f"step {step} of {of}") for step in chosen]
    styles = [Shown(model.paint(FORMING, 0, style), style) for style in STYLES]
    _save(sheet([*forming, *styles], len(STYLES), LARGER_THUMBNAIL), asked.out)


def _what_and_where(command: str, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"kanvas_training.evaluation {command}")
    parser.add_argument("model")
    parser.add_argument("out", type=Path)
    return parser.parse_args(arguments)


def _save(page: Image.Image, out: Path) -> None:
    page.save(out, "WEBP", quality=QUALITY, method=6)


def _blind(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="kanvas_training.evaluation blind")
    parser.add_argument("folder", type=Path, nargs="?", default=BLIND)
    folder = parser.parse_args(arguments).folder
    prompts = list(lines("side_by_side.txt"))
    hang({name: painter(name) for name in STEPS}, prompts, folder, seed=BLIND_SEED)
    numbers = range(1, len(prompts) + 1)
    for first in numbers[::AT_ONE_LOOK]:
        page = gathered(folder, numbers[first - 1 : first - 1 + AT_ONE_LOOK])
        page.save(folder / f"page-{first:02}.webp", quality=QUALITY)
    sys.stdout.write(f"{len(prompts)} pairs in {folder}; the key is there too: do not look\n")


def _tally(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="kanvas_training.evaluation tally")
    parser.add_argument("votes", type=Path, nargs="+")
    parser.add_argument("--key", type=Path, default=BLIND / "key.json")
    asked = parser.parse_args(arguments)
    votes = [json.loads(path.read_text(encoding="utf-8")) for path in asked.votes]
    sys.stdout.write(f"{tally(votes, json.loads(asked.key.read_text(encoding='utf-8')))}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
