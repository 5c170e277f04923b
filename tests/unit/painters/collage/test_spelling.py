from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kanvas_painters.collage.reading.spelling import normal, words_of


@given(st.text("abz \t'é-", max_size=12))
def test_a_phrase_without_stops_is_looked_up_by_its_words(phrase: str) -> None:
    assert normal(phrase) == " ".join(words_of(phrase))
