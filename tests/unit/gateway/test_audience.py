from hypothesis import given
from hypothesis import strategies as st

from kanvas_gateway.domain.audience import AudienceIndex

AUTHORS = [f"author-{at}" for at in range(6)]
READERS = [f"reader-{at}" for at in range(4)]


def test_an_authors_posts_stand_on_the_homes_of_followers_and_on_its_own() -> None:
    index = AudienceIndex()
    ana, ben = index.add("ana"), index.add("ben")
    index.install(ana, ["ben", "cleo"], [], position=1)
    assert index.home_readers("ben") == [ana, ben]
    assert index.home_readers("cleo") == [ana]
    assert index.home_readers("nobody") == []


def test_whoever_is_hidden_is_on_no_home() -> None:
    index = AudienceIndex()
    ana = index.add("ana")
    index.install(ana, ["ben"], ["ben"], position=1)
    assert index.home_readers("ben") == []
    assert index.hiders("ben") == [ana]


def test_a_reader_who_left_and_came_back_is_another_one() -> None:
    index = AudienceIndex()
    first = index.add("ana")
    index.install(first, ["ben"], ["cleo"], position=1)
    index.remove(first)
    second = index.add("ana")
    index.install(second, [], [], position=2)
    assert index.home_readers("ben") == []
    assert index.hiders("cleo") == []


def test_readers_are_met_in_the_order_in_which_they_came() -> None:
    index = AudienceIndex()
    readers = [index.add(f"reader-{at}") for at in range(50)]
    for reader in readers:
        index.install(reader, ["ben"], [], position=1)
    assert index.home_readers("ben") == readers


def test_what_readers_left_behind_is_swept() -> None:
    index = AudienceIndex()
    stayed = index.add("stayed")
    index.install(stayed, ["author-1"], [], position=1)
    for at in range(30):
        reader = index.add(f"reader-{at}")
        index.install(reader, [f"author-{one}" for one in range(400)], [], position=1)
        index.remove(reader)
    assert index.sweep() == 30 * 400
    assert index.home_readers("author-1") == [stayed]
    assert index.follows(stayed, "author-1")
    assert index.sweep() == 0


_step = st.one_of(
    st.tuples(st.just("follow"), st.sampled_from(READERS), st.sampled_from(AUTHORS), st.booleans()),
    st.tuples(st.just("hide"), st.sampled_from(READERS), st.sampled_from(AUTHORS)),
    st.tuples(st.just("install"), st.sampled_from(READERS), st.sets(st.sampled_from(AUTHORS))),
    st.tuples(st.just("leave"), st.sampled_from(READERS)),
)


@given(st.lists(_step, max_size=60))
def test_agrees_with_plain_sets(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    index = AudienceIndex()
    following: dict[str, set[str]] = {}
    hidden: dict[str, set[str]] = {}
    for name, who, *rest in steps:
        reader = index.reader(who) or index.add(who)
        following.setdefault(who, set())
        hidden.setdefault(who, set())
        if name == "follow":
            author, active = rest
            index.set_follow(reader, author, active)
            (following[who].add if active else following[who].discard)(author)
        elif name == "hide":
            index.hide(reader, rest[0])
            hidden[who].add(rest[0])
        elif name == "install":
            index.install(reader, rest[0], hidden[who], position=1)
            following[who] = set(rest[0])
        else:
            index.remove(reader)
            del following[who], hidden[who]
        for author in AUTHORS:
            expected = {
                one for one in following if author in following[one] and author not in hidden[one]
            }
            assert {one.account_id for one in index.home_readers(author)} == expected
            assert {one.account_id for one in index.hiders(author)} == {
                one for one in hidden if author in hidden[one]
            }
            for one, authors in following.items():
                follower = index.reader(one)
                assert follower is not None
                assert index.follows(follower, author) == (author in authors)
