"""Records written by earlier versions must mean the same for ever.

`golden/<topic>.<case>.json` says what a record means, the `.bin` beside it holds the bytes that
were once written. To add one, write the JSON, run this file with `KANVAS_GOLDEN=write`, commit
both. A
golden record is never changed.
"""

import os
from pathlib import Path

import pytest
from google.protobuf import json_format
from google.protobuf.message import Message

from kanvas.feed.v1.records_pb2 import (
    FeedRecord,
    NotificationRecord,
    ReactionRecord,
    TrainingRecord,
)
from kanvas.graph.v1.records_pb2 import CredentialsRecord, GraphRecord
from kanvas.images.v1.records_pb2 import ImageRecord
from kanvas.log.v1.record_pb2 import Leader, Pass

GOLDEN = Path(__file__).parent / "golden"

RECORD_TYPES: dict[str, type[Message]] = {
    "kanvas.graph.v1": GraphRecord,
    "kanvas.credentials.v1": CredentialsRecord,
    "kanvas.feed.v1": FeedRecord,
    "kanvas.notifications.v1": NotificationRecord,
    "kanvas.training.v1": TrainingRecord,
    "kanvas.reactions.v1": ReactionRecord,
    "kanvas.images.v1": ImageRecord,
    "kanvas.leaders.v1": Leader,
    "kanvas.passes.v1": Pass,
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
