"""Which generations of the views there are, step by step."""

from kanvas_timeline.domain.generations import FIRST, Generations, keyspace_of


def test_a_rebuild_goes_from_idle_to_idle() -> None:
    idle = Generations()
    assert idle.serving == FIRST
    assert idle.cleared() == Generations(serving=1, retiring=2)
    assert idle.cleared().begun() == idle.begun()
    assert idle.begun() == Generations(serving=1, building=2)
    assert idle.begun().switched() == Generations(serving=2, retiring=1)
    assert idle.begun().switched().settled() == Generations(serving=2)


def test_what_is_in_the_way_is_told_from_what_has_served() -> None:
    assert Generations().cleared().clearing
    assert not Generations().begun().switched().clearing
    assert not Generations().clearing


def test_no_number_comes_again() -> None:
    known = Generations()
    seen = [known.serving]
    for _ in range(3):
        known = known.begun().switched().settled()
        seen.append(known.serving)
    assert seen == [1, 2, 3, 4]


def test_the_first_one_lies_in_the_keyspace_of_the_settings() -> None:
    assert [keyspace_of("kanvas", number) for number in (1, 2, 3)] == [
        "kanvas",
        "kanvas_2",
        "kanvas_3",
    ]
