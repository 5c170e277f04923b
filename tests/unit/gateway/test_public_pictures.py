"""What a gateway remembers of public pictures, and for how long."""

import pytest

from kanvas_gateway import public_pictures
from kanvas_gateway.public_pictures import PublicPictures
from kanvas_platform.testing.clock import ManualClock

REMOVAL_SECONDS = 100.0


class Memory:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.pictures = PublicPictures(
            removal_seconds=REMOVAL_SECONDS, monotonic=self.clock.monotonic
        )

    def note(self, sha256: str) -> None:
        self.pictures.note(sha256, self.pictures.now())


@pytest.fixture
def memory() -> Memory:
    return Memory()


def test_a_picture_may_be_kept_until_one_that_was_removed_meanwhile_has_to_be_gone(
    memory: Memory,
) -> None:
    """The answer was good a second ago, at the latest: only so fresh are the timeline's."""
    memory.note("a")
    assert memory.pictures.seconds_left("a") == 99
    memory.clock.advance(98.5)
    assert memory.pictures.seconds_left("a") == 0
    assert memory.pictures.seconds_left("b") == 0


def test_time_counts_from_the_question_and_not_from_the_answer(memory: Memory) -> None:
    asked_at = memory.pictures.now()
    memory.clock.advance(3)
    memory.pictures.note("a", asked_at)
    assert memory.pictures.seconds_left("a") == 96


def test_an_answer_that_is_too_old_for_its_use_does_not_count(memory: Memory) -> None:
    memory.note("a")
    memory.clock.advance(10)
    assert memory.pictures.seconds_left("a", asked_within=10) == 89
    assert memory.pictures.seconds_left("a", asked_within=9) == 0


def test_what_is_not_public_any_more_is_forgotten(memory: Memory) -> None:
    memory.note("a")
    memory.pictures.forget("a")
    memory.pictures.forget("b")
    assert memory.pictures.seconds_left("a") == 0


def test_the_pictures_that_were_asked_about_longest_ago_make_room(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_pictures, "MOST", 2)
    for sha256 in ("a", "b", "a", "c"):
        memory.note(sha256)
    assert [memory.pictures.seconds_left(one) for one in ("a", "b", "c")] == [99, 0, 99]
