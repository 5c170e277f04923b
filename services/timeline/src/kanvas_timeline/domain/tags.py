"""The tags in a caption: what counts as one, and which spellings are the same tag.

The writer reads them once and puts them into the post's record. Everybody else (feeds, streams,
clients) takes them from there, so nobody can disagree about them: not an instance with another
version of Unicode, nor a page that is written in another language.
"""

from collections.abc import Iterator
from itertools import islice

from kanvas.feed.v1.records_pb2 import Tag
from kanvas_platform.caseless import caseless_word
from kanvas_platform.text import category

TAGS_MAX = 30
"""How many tags of a caption are read, repeated ones included."""
TAG_NAME_MAX = 64
"""Longest name of a tag, in characters (code points)."""

_SPELLING_MAX = 500
"""Longest spelling of a name: a whole caption. Unicode's forms take time in its square."""

_SIGNS = "#\uff03"
"""The number sign, and the full-width one that Japanese keyboards write."""
_JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner: they stand inside of words (Persian, Hindi)."""
_NO_TAG_AFTER = "#\uff03/=&"
"""After these a sign begins no tag: they stand before it in addresses and character codes."""


def tags_of(caption: str) -> list[Tag]:
    """Return the first tags in a caption, in the order in which they stand there."""
    return list(islice(_read(caption), TAGS_MAX))


def tag_name(text: str) -> str | None:
    """Return the name of the tag that is written as `text` (without its sign); None if none is.

    A name has letters, digits and marks of any script and low lines, at least one letter, and at
    most 64 characters. `Seni` and `SENI` are both the tag `seni`; the name of a name is itself.
    """
    if len(text) > _SPELLING_MAX:
        return None
    return caseless_word(text, longest=TAG_NAME_MAX)


def _read(caption: str) -> Iterator[Tag]:
    end = 0
    for start, character in enumerate(caption):
        if start < end or character not in _SIGNS or not _may_begin(caption[:start]):
            continue
        end = start + 1
        while end < len(caption) and _stands_in_tag(caption[end]):
            end += 1
        name = tag_name(caption[start + 1 : end])
        if name is not None:
            yield Tag(name=name, start=start, end=end)


def _may_begin(before: str) -> bool:
    return not before or not (before[-1] in _NO_TAG_AFTER or _stands_in_tag(before[-1]))


def _stands_in_tag(character: str) -> bool:
    if character == "_" or character in _JOINERS:
        return True
    return category(character)[0] in "LMN"
