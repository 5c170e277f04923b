"""The tables of what drawings are good for name drawings that there are."""

from __future__ import annotations

import pytest

from kanvas_painters.collage import attach, uses
from kanvas_painters.collage.library import library

TABLES = {
    "carried": uses.CARRIED,
    "containers": uses.CONTAINERS,
    "eyewear": uses.EYEWEAR,
    "headgear": uses.HEADGEAR,
    "seats": attach.SEATS,
    "shelters": uses.SHELTERS,
    "shoes": uses.SHOES,
    "worn": attach.WORN_AT,
}


@pytest.mark.parametrize("table", TABLES)
def test_every_key_names_a_drawing(table: str) -> None:
    assert set(TABLES[table]) <= library().drawings.keys()
