"""The prompts of the corpus. Its README says what each field means."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

CORPUS: Final = Path(__file__).resolve().parents[2] / "libs" / "painters" / "corpus"
PARTS: Final = ("own", "spare", "fresh")
DRILL: Final = "drill"
"""Sentences that were written to practise constructions: they are in no total."""
LISTED: Final = ("own", "spare", DRILL)
"""The parts of which misses may be looked at."""

Language = Literal["en", "id", "mixed", "other"]
Count = int | Literal["some", "many"]
Alternatives = tuple[str, ...]
"""Concepts of which each is right; empty where a prompt leaves it open."""

KINDS: Final = frozenset(
    (
        *("abstract", "animal", "art-speak", "counting", "emoji", "everyday", "family", "fantasy"),
        *("festival", "food", "long", "name", "nature", "negation", "other-language", "place"),
        *("place-id", "portrait", "profession", "question", "relation", "single-word", "slang"),
        *("sport", "typo", "vehicle", "weather"),
    )
)
RELATIONS: Final = frozenset(
    (
        *("on", "in", "under", "above", "beside", "left of", "right of", "in front of", "behind"),
        *("between", "wearing", "holding", "riding"),
    )
)


@dataclass(frozen=True)
class Wanted:
    """Something that a picture of a prompt must show.

    Attributes:
        concepts: What it is.
        counts: How many: a number, `some` (two or more), `many` (four or more).
        colors: In plain English.
        size: `big` or `small`; empty where nothing is said.
    """

    concepts: Alternatives
    counts: tuple[Count, ...] = ()
    colors: Alternatives = ()
    size: str = ""

    def __str__(self) -> str:
        said = ("/".join(map(str, each)) for each in (self.counts, self.colors))
        return " ".join(filter(None, (*said, self.size, "/".join(self.concepts))))


@dataclass(frozen=True)
class Standing:
    """How one thing stands to another: any of `kinds`, between any of `first` and of `second`."""

    first: Alternatives
    kinds: Alternatives
    second: Alternatives

    def __str__(self) -> str:
        return " | ".join("/".join(each) for each in (self.first, self.kinds, self.second))


@dataclass(frozen=True)
class Prompt:
    """A prompt as somebody wrote it, and what a picture of it must show."""

    text: str
    language: Language
    kind: str
    content: tuple[str, ...]
    things: tuple[Wanted, ...] = ()
    relations: tuple[Standing, ...] = ()
    place: Alternatives = ()
    time: Alternatives = ()
    weather: Alternatives = ()
    style: Alternatives = ()
    never: Alternatives = ()


def prompts(part: str, corpus: Path = CORPUS) -> tuple[Prompt, ...]:
    """Return the prompts of one part, file by file in the order of the names.

    Raises:
        ValueError: A prompt is not as the README says; the message names it.
    """
    files = sorted((corpus / part).glob("*.toml"))
    documents = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return tuple(parsed(entry) for document in documents for entry in document["prompt"])


def parsed(entry: Mapping[str, Any]) -> Prompt:
    """Return the prompt that an entry of a file holds.

    Raises:
        ValueError: The entry is not as the README says.
    """
    try:
        prompt = Prompt(
            **{
                **entry,
                "content": tuple(entry["content"]),
                "things": tuple(map(_wanted, entry.get("things", ()))),
                "relations": tuple(map(_standing, entry.get("relations", ()))),
                **{
                    name: _alternatives(entry.get(name, ()))
                    for name in ("place", "time", "weather", "style", "never")
                },
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{entry.get('text', entry)!r}: {error}") from error
    if wrong := list(_mistakes(prompt)):
        raise ValueError(f"{prompt.text!r}: {'; '.join(wrong)}")
    return prompt


def _wanted(entry: Mapping[str, Any]) -> Wanted:
    unknown = entry.keys() - {"is", "count", "color", "size"}
    if unknown:
        raise ValueError(f"a thing has no {', '.join(sorted(unknown))}")
    counts = entry.get("count", ())
    return Wanted(
        concepts=_alternatives(entry["is"]),
        counts=tuple(counts) if isinstance(counts, list) else (counts,) if counts else (),
        colors=_alternatives(entry.get("color", ())),
        size=entry.get("size", ""),
    )


def _standing(entry: Iterable[str | list[str]]) -> Standing:
    first, kinds, second = map(_alternatives, entry)
    return Standing(first, kinds, second)


def _alternatives(entry: str | Iterable[str]) -> Alternatives:
    return (entry,) if isinstance(entry, str) else tuple(entry)


def _mistakes(prompt: Prompt) -> Iterable[str]:
    if prompt.language not in get_args(Language):
        yield f"no language {prompt.language}"
    if prompt.kind not in KINDS:
        yield f"no kind {prompt.kind}"
    named = {concept for thing in prompt.things for concept in thing.concepts}
    for standing in prompt.relations:
        yield from (f"no relation {kind}" for kind in standing.kinds if kind not in RELATIONS)
        ends = (*standing.first, *standing.second)
        yield from (f"{end} is related, and no thing" for end in ends if end not in named)
    for thing in prompt.things:
        if thing.size not in ("", "big", "small"):
            yield f"no size {thing.size}"
        if any(isinstance(n, str) and n not in ("some", "many") for n in thing.counts):
            yield f"no count {thing.counts}"
