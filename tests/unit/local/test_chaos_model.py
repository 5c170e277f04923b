"""The oracle of `make chaos`: it notices every kind of broken promise, and nothing else."""

import math

import pytest

from kanvas_local.chaos.model import (
    Fault,
    KnownPost,
    Promise,
    PromiseModel,
    Sent,
    Switch,
    Walk,
    judge_stream,
    judge_walk,
)

ADA, FAY, OTTO = "ada", "fay", "otto"
LATE = 100.0
"""When everything in these tests was acknowledged long ago."""


@pytest.fixture
def model() -> PromiseModel:
    """Five public posts of ada at positions 1 to 5; fay follows ada."""
    model = PromiseModel()
    for number in range(1, 6):
        post = KnownPost(f"p{number}", ADA, public=True, asked=number)
        post.position, post.acknowledged = number, number + 0.1
        model.posts[post.id] = post
    model.follows[FAY, ADA].ask(True, 0.0)
    model.follows[FAY, ADA].acknowledge(0.1)
    return model


def walk(*numbers: int, reader: str = FAY, home: bool = False, began: float = LATE) -> Walk:
    found = [(f"p{number}", number) for number in numbers]
    return Walk("a feed", reader, frozenset({ADA}), home, began, began + 1.0, found)


def sent(*events: tuple[str, int]) -> list[Sent]:
    """Events in order of position: ("created", 1) is post p1."""
    return [
        Sent(f"post.{event}", f"p{number}", position)
        for position, (event, number) in enumerate(events, start=1)
    ]


def promises(faults: list[Fault]) -> list[Promise]:
    return [fault.promise for fault in faults]


@pytest.mark.parametrize("home", [False, True])
def test_a_whole_feed_breaks_nothing(model: PromiseModel, home: bool) -> None:
    assert judge_walk(model, walk(5, 4, 3, 2, 1, home=home)) == []


def test_a_lost_post_is_noticed(model: PromiseModel) -> None:
    faults = judge_walk(model, walk(5, 4, 2, 1))
    assert promises(faults) == [Promise.NOTHING_LOST]
    assert "p3" in faults[0].evidence


@pytest.mark.parametrize(("found", "missing"), [((5, 4), 3), ((), 5)])
def test_a_feed_that_ends_early_is_noticed(
    model: PromiseModel, found: tuple[int, ...], missing: int
) -> None:
    faults = judge_walk(model, walk(*found))
    assert promises(faults) == [Promise.WHOLE]
    assert f"{missing} too early" in faults[0].evidence


def test_a_doubled_post_is_noticed(model: PromiseModel) -> None:
    assert promises(judge_walk(model, walk(5, 4, 3, 3, 2, 1))) == [Promise.NOTHING_TWICE]


def test_a_post_that_nobody_asked_for_is_noticed(model: PromiseModel) -> None:
    assert promises(judge_walk(model, walk(6, 5, 4, 3, 2, 1))) == [Promise.NOTHING_TWICE]


def test_a_wrong_order_is_noticed(model: PromiseModel) -> None:
    assert promises(judge_walk(model, walk(5, 3, 4, 2, 1))) == [Promise.IN_ORDER]


def test_a_removed_post_that_is_served_is_noticed_after_a_second(model: PromiseModel) -> None:
    post = model.posts["p3"]
    post.removal_asked, post.removed = LATE, LATE + 1.0
    everything = (5, 4, 3, 2, 1)
    within = judge_walk(model, walk(*everything, began=LATE + 1.9))
    later = judge_walk(model, walk(*everything, began=LATE + 2.1))
    assert within == []
    assert promises(later) == [Promise.HIDDEN]
    assert judge_walk(model, walk(5, 4, 2, 1, began=LATE)) == [], "it may be gone from the asking"


def test_a_post_of_somebody_who_blocks_the_reader_is_noticed(model: PromiseModel) -> None:
    model.blocks[ADA, OTTO].ask(True, LATE)
    assert judge_walk(model, walk(5, 4, 3, 2, 1, reader=OTTO, began=LATE + 2)) == []
    model.blocks[ADA, OTTO].acknowledge(LATE + 0.5)
    assert promises(judge_walk(model, walk(5, reader=OTTO, began=LATE + 2))) == [Promise.HIDDEN]
    assert judge_walk(model, walk(reader=OTTO, began=LATE + 2)) == []


def test_a_post_for_followers_is_for_followers(model: PromiseModel) -> None:
    model.posts["p3"].public = False
    assert judge_walk(model, walk(5, 4, 3, 2, 1)) == []
    assert promises(judge_walk(model, walk(5, 4, 3, 2, 1, reader=OTTO))) == [Promise.HIDDEN]


def test_what_was_never_acknowledged_may_be_there_or_not(model: PromiseModel) -> None:
    model.posts["p3"].acknowledged = math.inf
    assert judge_walk(model, walk(5, 4, 3, 2, 1)) == judge_walk(model, walk(5, 4, 2, 1)) == []


def test_a_switch_is_unknown_while_it_is_being_changed() -> None:
    switch = Switch()
    switch.ask(True, 10.0)
    assert switch.between(8.0, 9.0) is False
    assert switch.between(9.0, 11.0) is None
    switch.acknowledge(12.0)
    assert switch.between(11.0, 13.0) is None
    assert switch.between(12.0, 13.0) is True
    switch.ask(False, 14.0)
    assert switch.between(13.0, 15.0) is None


CREATED = tuple(("created", number) for number in range(1, 6))


def test_a_whole_stream_breaks_nothing(model: PromiseModel) -> None:
    assert judge_stream(model, "a stream", [ADA], sent(*CREATED)) == []


def test_a_stream_with_a_hole_is_noticed(model: PromiseModel) -> None:
    events = [event for event in sent(*CREATED) if event.post != "p4"]
    assert promises(judge_stream(model, "a stream", [ADA], events)) == [Promise.NOTHING_LOST]


def test_a_stream_that_doubles_or_swaps_is_noticed(model: PromiseModel) -> None:
    events = sent(*CREATED)
    doubled = judge_stream(model, "a stream", [ADA], [events[0], *events])
    assert promises(doubled) == [Promise.NOTHING_TWICE]
    swapped = judge_stream(model, "a stream", [ADA], [events[1], events[0], *events[2:]])
    assert promises(swapped) == [Promise.IN_ORDER]


def test_another_position_than_the_acknowledged_one_is_noticed(model: PromiseModel) -> None:
    events = [*sent(*CREATED)[:4], Sent("post.created", "p5", 9)]
    assert promises(judge_stream(model, "a stream", [ADA], events)) == [Promise.IN_ORDER]


def test_a_removal_that_a_stream_is_silent_about_is_noticed(model: PromiseModel) -> None:
    model.posts["p2"].removal_asked, model.posts["p2"].removed = 50.0, 51.0
    silent = judge_stream(model, "a stream", [ADA], sent(*CREATED))
    assert promises(silent) == [Promise.NOTHING_LOST]
    told = judge_stream(model, "a stream", [ADA], sent(*CREATED, ("removed", 2)))
    assert told == []
    never_came = [event for event in sent(*CREATED) if event.post != "p2"]
    assert judge_stream(model, "a stream", [ADA], never_came) == []


def test_a_post_that_comes_after_its_removal_is_noticed(model: PromiseModel) -> None:
    model.posts["p5"].removal_asked, model.posts["p5"].removed = 50.0, 51.0
    events = [*sent(*CREATED)[:4], Sent("post.removed", "p5", 4), Sent("post.created", "p5", 5)]
    assert promises(judge_stream(model, "a stream", [ADA], events)) == [Promise.HIDDEN]


def test_likes_are_known_once_they_are_acknowledged(model: PromiseModel) -> None:
    like = model.likes[FAY, "p1"]
    like.ask(True, 10.0)
    assert model.likers("p1", 11.0) is None
    like.acknowledge(12.0)
    assert model.likers("p1", 13.0) == {FAY}
    assert model.likers("p2", 13.0) == set()


def test_on_a_slow_machine_an_answer_may_be_older() -> None:
    model, slow = PromiseModel(), PromiseModel(fresh_seconds=4.0)
    post = KnownPost("p1", ADA, public=True, asked=LATE - 3.0)
    post.position, post.acknowledged = 1, LATE - 2.0
    model.posts["p1"] = slow.posts["p1"] = post
    assert model.shows(walk(reader=OTTO), post) is True
    assert slow.shows(walk(reader=OTTO), post) is None
