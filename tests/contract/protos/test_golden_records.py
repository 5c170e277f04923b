"""Records written by earlier versions must mean the same for ever.

`golden/<topic>.<case>.json` says what a record means, the `.bin` beside it holds the bytes that
were once written. To add one, write the JSON, run this file with `KANVAS_GOLDEN=write`, commit
both. A golden record is never changed.
"""

import os
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from kanvas_local.topic_catalogue import topic_catalogue

GOLDEN = Path(__file__).parent / "golden"

RECORD_TYPES: dict[str, type[Message]] = {
    name: topic_catalogue().topics[name].record_type for name in topic_catalogue().logs
}

CASES = sorted(path.stem for path in GOLDEN.glob("*.json"))


def record_type(case: str) -> type[Message]:
    return RECORD_TYPES[case.rpartition(".")[0]]


def from_json(case: str) -> Message:
    return json_format.Parse((GOLDEN / f"{case}.json").read_text(), record_type(case)())


@pytest.mark.parametrize("case", CASES)
def test_bytes_once_written_mean_what_they_meant(case: str) -> None:
    meant = from_json(case)
    file = GOLDEN / f"{case}.bin"
    if os.environ.get("KANVAS_GOLDEN") == "write" and not file.exists():
        file.write_bytes(meant.SerializeToString(deterministic=True))
    read = record_type(case)()
    read.ParseFromString(file.read_bytes())
    assert read == meant


def test_every_record_type_has_a_golden_record() -> None:
    assert {case.rpartition(".")[0] for case in CASES} == set(RECORD_TYPES)
