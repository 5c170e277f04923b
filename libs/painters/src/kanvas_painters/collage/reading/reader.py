"""The door: a prompt becomes a brief of what is to be drawn, where, and in what light."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from kanvas_paint_contract.cards import STYLES

from ..brief import Brief, Relation
from .fates import LEFT_OUT, Fate, fates, sentences
from .grouping import grouped
from .lexicon import Kind, lexicon
from .names import names
from .relating import brief_of, told
from .spelling import is_sign, normal
from .telling import Told
from .tokens import Token, tokens

SAID_MOST = 100  # substitutions of a picture: more are counted
SAID_LONGEST = 200  # characters of each
_FOREIGN = 3  # unknown words, at least, of a language that is not read
_FOREIGN_SHARE = 0.6
_SHOWN = 60  # characters of a prompt that gave nothing
_MORE = "…"  # what is not told word by word, for readers of any language


def read_prompt(prompt: str, negative: str = "", style: str = "") -> Brief:
    """Return the brief of a prompt. `style`, where given, wins over a style in the words.

    Never fails. Each word has one fate: it is drawn, changes what can be seen, is grammar, or is
    named in `substitutions`.
    """
    return reading(prompt, negative, style)[0]


def reading(prompt: str, negative: str = "", style: str = "") -> tuple[Brief, tuple[Fate, ...]]:
    """Return the brief of a prompt, and what became of each of its words.

    Of a prompt in another language, one sentence says what the fates say.
    """
    read = tokens(prompt)
    foreign = _is_foreign(read)
    found = grouped(tuple(map(_certain, read)) if foreign else read)
    state = told(found.phrases)
    brief = _without(brief_of(state), told(grouped(tokens(negative)).phrases))
    brief = replace(brief, style=style_named(style) or brief.style or "3d")
    became = fates(found.words, found.grammar, state.fates, brief)
    said = (_languages_read(),) if foreign else _said(prompt, became, state)
    return replace(brief, substitutions=_bounded(said)), became


def _said(prompt: str, became: Sequence[Fate], state: Told) -> tuple[str, ...]:
    """Return what people read; where words gave nothing at all, that the scene is empty."""
    said = sentences(became)
    if state.things or state.value(Kind.PLACE):
        return said
    note = f"{' '.join(prompt.split())[:_SHOWN] or _MORE} → an empty scene"
    whole = f"{normal(prompt)} → {LEFT_OUT}" if len(prompt) <= _SHOWN else ""
    return (*(each for each in said if each != whole), note)


def style_named(text: str) -> str:
    """Return the style that a name or synonym means; "" where none does."""
    phrase = normal(text)
    if phrase in STYLES:
        return phrase
    readings = lexicon().meanings.get(phrase, ())
    return next((one.value for one in readings if one.kind is Kind.STYLE), "")


def is_style(text: str) -> bool:
    """Return whether a text is the name or a synonym of a style."""
    return bool(style_named(text))


def _without(brief: Brief, refused: Told) -> Brief:
    """Return a brief without what the negative words tell: "no people" there means people, too."""
    unwanted = {thing.key for thing in refused.things} | refused.places | refused.excluded
    unwanted |= {refused.value(Kind.WEATHER)} - {""}
    unwanted |= {"snowfall"} if "snow" in refused.places else set()
    excluded = brief.excluded | unwanted
    kept = [index for index, thing in enumerate(brief.things) if thing.key not in unwanted]
    moved = {old: new for new, old in enumerate(kept)}
    return replace(
        brief,
        things=tuple(brief.things[index] for index in kept),
        relations=tuple(
            Relation(pair.kind, moved[pair.first], moved[pair.second])
            for pair in brief.relations
            if pair.first in moved and pair.second in moved
        ),
        place="" if brief.place in excluded else brief.place,
        weather="" if brief.weather in excluded else brief.weather,
        excluded=excluded,
    )


def _is_foreign(read: Sequence[Token]) -> bool:
    """Return whether a prompt is in a language that is not read.

    So it is where nothing is known, and there are a few words, or another script; and where most
    words are not known, and one of them is a small word of such a language.
    """
    distinct = {
        token.text: token
        for token in read
        if token.of(Kind.STOP) is None and not is_sign(token.text)
    }
    words = list(distinct.values())
    unknown = [token for token in words if _unheard_of(token)]
    if words and len(unknown) == len(words):
        return len(unknown) >= _FOREIGN or not all(_is_latin(token.text) for token in unknown)
    small = {token.text for token in words} & lexicon().foreign
    named = [token for token in words if token.of(Kind.NAME) is not None]
    unheard = len({token.text for token in (*unknown, *named)} | small)
    return bool(small) and unheard >= max(_FOREIGN, _FOREIGN_SHARE * len(words))


def _certain(token: Token) -> Token:
    """Return a token without what is only guessed: in a language that is not read, it is wrong."""
    readings = () if token.guessed else tuple(one for one in token.readings if one.exact)
    return replace(token, readings=readings)


def _unheard_of(token: Token) -> bool:
    """Return whether a token is in no table, nor a word of English without a drawing."""
    return (token.guessed or not token.readings) and not names().is_word(token.text)


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(sign, "") for sign in text if sign.isalpha())


def _languages_read() -> str:
    """Return the sentence that says which languages are read, in each of them."""
    return " ".join(language.tables["only"] for language in lexicon().languages.values())


def _bounded(said: Sequence[str]) -> tuple[str, ...]:
    """Return substitutions that a post has room for: what is too long is cut, the rest counted."""
    short = tuple(map(_shortened, said))
    if len(short) <= SAID_MOST:
        return short
    return (*short[: SAID_MOST - 1], f"{_MORE} (+{len(short) - SAID_MOST + 1}) → left out")


def _shortened(said: str) -> str:
    if len(said) <= SAID_LONGEST:
        return said
    asked, _, instead = said.rpartition(" → ")
    return f"{asked[: SAID_LONGEST - len(instead) - 4]}… → {instead}"
