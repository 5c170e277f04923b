"""The skeleton from memory: walking and merging give one answer, and neither costs too much."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas_platform.kafka.store.space import Space
from kanvas_timeline.domain.feeds import PUBLIC, AuthorFeeds, author_feed, tag_feed
from kanvas_timeline.domain.recent import RecentLog
from kanvas_timeline.reading import skeleton
from kanvas_timeline.reading.skeleton import from_memory
from kanvas_timeline.testing.make import numbered_id, stored_post

TOP = 2**63 - 1


def log_of(authors: list[int]) -> RecentLog:
    recent = RecentLog(Space(), limit_bytes=1 << 30)
    for position, author in enumerate(authors, start=1):
        recent.add(stored_post(position, numbered_id(author), numbered_id(1000 + position)))
    return recent


@given(
    st.lists(st.integers(0, 9), max_size=80),
    st.sets(st.integers(0, 12)),
    st.integers(1, 90),
    st.integers(1, 20),
    st.sampled_from([0, 1, 3, 1000]),
)
def test_whatever_the_choice_the_answer_is_the_same(
    authors: list[int], wanted: set[int], before: int, limit: int, steps: int
) -> None:
    recent = log_of(authors)
    feeds = AuthorFeeds({numbered_id(author) for author in wanted})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skeleton, "WALK_STEPS_PER_AUTHOR", steps)
        found = from_memory(recent, feeds, before, limit)
    expected = [p for p, a in enumerate(authors, start=1) if a in wanted and p < before]
    assert [ref.created_position for ref in found] == expected[::-1][:limit]


def test_a_walk_that_finds_nothing_gives_up_after_its_share() -> None:
    """Ten quiet authors among a thousand posts of a busy one: the walk may look at 30."""
    recent = log_of([0] * 5 + list(range(1, 11)) + [0] * 1000)
    looked_at = 0
    stretch = recent.all.stretch

    def counting(index: int, count: int) -> list[object]:
        nonlocal looked_at
        looked_at += count
        return stretch(index, count)  # type: ignore[return-value]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(recent.all), "stretch", lambda _, *at: counting(*at))
        quiet = AuthorFeeds({numbered_id(number) for number in range(1, 11)})
        found = from_memory(recent, quiet, TOP, 99)
    assert len(found) == 10
    assert looked_at == 10 * skeleton.WALK_STEPS_PER_AUTHOR


def test_thousands_who_are_silent_cost_no_look(monkeypatch: pytest.MonkeyPatch) -> None:
    recent = log_of([0] * 20_000)
    looked_up: list[str] = []
    monkeypatch.setattr(RecentLog, "lane", lambda _, feed: looked_up.append(feed))
    silent = AuthorFeeds({numbered_id(number) for number in range(1, 5_000)})
    assert from_memory(recent, silent, TOP, 99) == []
    assert looked_up == []


def test_one_feed_is_its_lane() -> None:
    recent = log_of([random.Random(3).randrange(4) for _ in range(50)])
    found = from_memory(recent, {PUBLIC}, 40, 5)
    assert [ref.created_position for ref in found] == [39, 38, 37, 36, 35]


def test_a_post_in_several_of_the_feeds_is_there_once() -> None:
    recent = RecentLog(Space(), limit_bytes=1 << 30)
    for position, caption in enumerate(("#fox", "#fox #hen", "", "#hen #fox"), start=1):
        recent.add(
            stored_post(position, numbered_id(1), numbered_id(1000 + position), caption=caption)
        )
    feeds = {tag_feed("fox"), tag_feed("hen"), author_feed("eve")}
    assert [ref.created_position for ref in from_memory(recent, feeds, TOP, 99)] == [4, 2, 1]
