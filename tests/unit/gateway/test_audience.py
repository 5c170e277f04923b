from hypothesis import given
from hypothesis import strategies as st

from kanvas_gateway.domain.audience import AudienceIndex

AUTHORS = [f"author-{at}" for at in range(6)]
VIEWERS = [f"viewer-{at}" for at in range(4)]


def test_an_authors_posts_stand_on_the_homes_of_followers_and_on_its_own() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    ana, ben = index.add("ana"), index.add("ben")
    index.install(ana, ["ben", "cleo"], [], position=1)
    assert index.home_viewers("ben") == [ana, ben]
    assert index.home_viewers("cleo") == [ana]
    assert index.home_viewers("nobody") == []


def test_whoever_is_hidden_is_on_no_home() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    ana = index.add("ana")
    index.install(ana, ["ben"], ["ben"], position=1)
    assert index.home_viewers("ben") == []
    assert index.hiders("ben") == [ana]


def test_who_is_shown_again_to_one_stays_hidden_from_another() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    ana, ben = index.add("ana"), index.add("ben")
    for viewer in (ana, ben):
        index.install(viewer, ["cleo"], ["cleo"], position=1)
    index.install(ana, ["cleo"], [], position=2)
    assert index.hiders("cleo") == [ben]
    assert index.home_viewers("cleo") == [ana]


def test_a_reader_who_left_and_came_back_is_another_one() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    first = index.add("ana")
    index.install(first, ["ben"], ["cleo"], position=1)
    index.remove(first)
    second = index.add("ana")
    index.install(second, [], [], position=2)
    assert index.home_viewers("ben") == []
    assert index.hiders("cleo") == []


def test_readers_are_met_in_the_order_in_which_they_came() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    viewers = [index.add(f"viewer-{at}") for at in range(50)]
    for viewer in viewers:
        index.install(viewer, ["ben"], [], position=1)
    assert index.home_viewers("ben") == viewers


def test_what_readers_left_behind_is_swept() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    stayed = index.add("stayed")
    index.install(stayed, ["author-1"], [], position=1)
    for at in range(30):
        viewer = index.add(f"viewer-{at}")
        index.install(viewer, [f"author-{one}" for one in range(400)], [], position=1)
        index.remove(viewer)
    assert index.sweep() == 30 * 400
    assert index.home_viewers("author-1") == [stayed]
    assert index.follows(stayed, "author-1")
    assert index.sweep() == 0


_step = st.one_of(
    st.tuples(st.just("follow"), st.sampled_from(VIEWERS), st.sampled_from(AUTHORS), st.booleans()),
    st.tuples(st.just("hide"), st.sampled_from(VIEWERS), st.sampled_from(AUTHORS)),
    st.tuples(st.just("install"), st.sampled_from(VIEWERS), st.sets(st.sampled_from(AUTHORS))),
    st.tuples(st.just("leave"), st.sampled_from(VIEWERS)),
)


@given(st.lists(_step, max_size=60))
def test_agrees_with_plain_sets(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    index: AudienceIndex[str] = AudienceIndex()
    following: dict[str, set[str]] = {}
    hidden: dict[str, set[str]] = {}
    for name, who, *rest in steps:
        viewer = index.viewer(who) or index.add(who)
        following.setdefault(who, set())
        hidden.setdefault(who, set())
        if name == "follow":
            author, active = rest
            index.set_follow(viewer, author, active)
            (following[who].add if active else following[who].discard)(author)
        elif name == "hide":
            index.hide(viewer, rest[0])
            hidden[who].add(rest[0])
        elif name == "install":
            index.install(viewer, rest[0], hidden[who], position=1)
            following[who] = set(rest[0])
        else:
            index.remove(viewer)
            del following[who], hidden[who]
        for author in AUTHORS:
            expected = {
                one for one in following if author in following[one] and author not in hidden[one]
            }
            assert {one.account_id for one in index.home_viewers(author)} == expected
            assert {one.account_id for one in index.hiders(author)} == {
                one for one in hidden if author in hidden[one]
            }
            for one, authors in following.items():
                follower = index.viewer(one)
                assert follower is not None
                assert index.follows(follower, author) == (author in authors)
