"""What a model says of a picture: JSON that names what was asked and what was drawn."""

from __future__ import annotations

import json

from kanvas_painters.painting.record import Record


def test_a_record_is_json_that_people_can_read_too() -> None:
    record = Record(7, "ink", ("kitten → cat",), "#aabbcc", "sketch-1", "Drawn by a test.")
    assert json.loads(record.meta()) == {
        "seed": 7,
        "style": "ink",
        "substitutions": ["kitten → cat"],
        "placeholder": "#aabbcc",
        "model_version": "sketch-1",
        "statement": "Drawn by a test.",
    }
    assert "kitten → cat" in record.meta()
