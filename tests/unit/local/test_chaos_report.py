"""What `make chaos` prints and chooses."""

from collections import Counter

import pytest

from kanvas_local.chaos.mishaps import MISHAPS, choose
from kanvas_local.chaos.model import Fault, Promise
from kanvas_local.chaos.report import Outcome, details, documented, judge_answers, row, summary
from kanvas_local.errors import StackError
from kanvas_local.stack import SERVERS, SERVICES
from kanvas_local.topic_catalogue import topic_catalogue

LOST = Fault(Promise.NOTHING_LOST, "the feed of ada lacks p3")


def test_a_row_says_what_was_refused_and_that_all_was_kept() -> None:
    outcome = Outcome(
        "kill-kafka", posts=97, longest_pause=5.5, seconds=41, refusals=Counter({"503 X": 2})
    )
    assert row(outcome).split(maxsplit=1) == [
        "kill-kafka",
        "97 posts, longest pause   5.50 s, over in 41 s, "
        "refused meanwhile: 503 X × 2: promises kept",
    ]
    assert details(outcome) == []
    assert summary([outcome], 60).endswith("promises kept in all")


def test_a_broken_promise_is_named_with_its_evidence() -> None:
    outcome = Outcome("kill-kafka", faults=[LOST] * 7, evidence=".local/chaos-evidence/kill-kafka")
    assert row(outcome).endswith("promises BROKEN: nothing acknowledged is lost")
    lines = "\n".join(details(outcome))
    assert lines.count("the feed of ada lacks p3") == 5
    assert "2 more" in lines
    assert ".local/chaos-evidence/kill-kafka" in lines
    assert "broken: kill-kafka" in summary([outcome], 60)


def test_what_was_skipped_says_why_and_breaks_nothing() -> None:
    outcome = Outcome("full-disk-kafka", skipped="no small disk can be mounted here")
    assert "skipped: no small disk can be mounted here" in row(outcome)
    assert "0 rows" in summary([outcome], 1)
    assert "1 skipped" in summary([outcome], 1)


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        ("503 NOT_LEADER", False),
        ("429 RATE_LIMITED", False),
        ("504 DEADLINE_EXCEEDED", False),
        ("ConnectError", False),
        ("not in force yet (202)", False),
        ("500 INTERNAL", True),
        ("503 OF_A_NEW_KIND", True),
        ("503 None", True),
    ],
)
def test_an_answer_that_is_not_documented_is_noticed(answer: str, broken: bool) -> None:
    faults = judge_answers(Counter({answer: 1}), documented())
    assert [fault.promise for fault in faults] == [Promise.HONEST] * broken


def test_the_catalogue_has_every_process_and_topic() -> None:
    names = {mishap.name for mishap in MISHAPS}
    assert len(names) == len(MISHAPS)
    assert {f"kill-{unit}" for unit in (*SERVICES, *SERVERS)} <= names
    assert {f"pause-90-{unit}" for unit in (*SERVICES, *SERVERS)} <= names
    assert {f"rubbish-{topic.split('.')[1]}" for topic in topic_catalogue().logs} <= names
    assert {f"full-disk-{disk}" for disk in ("kafka", "cassandra", "pictures")} <= names


def test_names_and_patterns_choose() -> None:
    assert [mishap.name for mishap in choose("full-disk-kafka")] == ["full-disk-kafka"]
    assert {mishap.name for mishap in choose("clock-gateway-*, kill-kafka")} == {
        "clock-gateway-ahead",
        "kill-kafka",
    }
    assert choose() == list(MISHAPS)
    with pytest.raises(StackError, match="There is no mishap kil-kafka"):
        choose("kil-kafka")


def test_a_number_or_a_hash_chooses_one() -> None:
    assert choose(slice_number="3") == [MISHAPS[3]]
    assert choose(slice_number=str(len(MISHAPS) + 3)) == [MISHAPS[3]]
    assert choose(slice_number="c7a43b5") == [MISHAPS[0xC7A43B5 % len(MISHAPS)]]
    with pytest.raises(StackError, match="no number"):
        choose(slice_number="main")
