"""Pages of edges: newest first, every one once, whatever changes between two pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas.graph.v1.records_pb2 import Account, Block, Follow, GraphRecord
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.store.space import Space
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import AccountUnknown
from kanvas_social_graph.list_edges import Side, list_edges

READER, OTHERS = new_id(), [new_id() for _ in range(12)]


def world(followed: list[int]) -> GraphState:
    """Everybody exists; `READER` follows those of `OTHERS`, in this order."""
    state = GraphState(Space())
    for number, account_id in enumerate((READER, *OTHERS)):
        account = Account(id=account_id, handle=f"u{number}")
        state.apply("", GraphRecord(account=account))
    for position, other in enumerate(followed, 1):
        follow(state, position, OTHERS[other], active=True)
    return state


def follow(state: GraphState, position: int, other: str, *, active: bool) -> None:
    record = GraphRecord(follow=Follow(follower_id=READER, followee_id=other, active=active))
    record.meta.position = position
    state.apply("", record)


def walk(state: GraphState, size: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = list_edges(state, Side.FOLLOWING, READER, page_size=size, cursor=cursor)
        assert len(page.accounts) <= size
        found += [account.id for account in page.accounts]
        cursor = page.next_cursor
        if not cursor:
            return found


@given(st.lists(st.integers(0, 11), unique=True), st.integers(1, 5))
def test_every_edge_once_newest_first(followed: list[int], size: int) -> None:
    assert walk(world(followed), size) == [OTHERS[other] for other in reversed(followed)]


def test_what_changes_between_two_pages_disturbs_no_other_edge() -> None:
    state = world([0, 1, 2, 3, 4])
    first = list_edges(state, Side.FOLLOWING, READER, page_size=2, cursor="")
    follow(state, 6, OTHERS[3], active=False)
    follow(state, 7, OTHERS[9], active=True)
    second = list_edges(state, Side.FOLLOWING, READER, page_size=9, cursor=first.next_cursor)
    assert [account.id for account in second.accounts] == [OTHERS[n] for n in (2, 1, 0)]


def test_the_other_side() -> None:
    page = list_edges(world([4]), Side.FOLLOWERS, OTHERS[4], page_size=0, cursor="")
    assert [account.id for account in page.accounts] == [READER]
    assert page.next_cursor == ""


def test_a_follow_that_has_ended_is_on_neither_side() -> None:
    state = world([4, 5])
    follow(state, 3, OTHERS[4], active=False)
    assert walk(state, 9) == [OTHERS[5]]
    assert not list_edges(state, Side.FOLLOWERS, OTHERS[4], page_size=0, cursor="").accounts


def test_who_is_hidden_from_the_reader_is_left_out_and_the_pages_go_on() -> None:
    state, asking = world([0, 1, 2, 3, 4]), OTHERS[9]
    state.apply("", GraphRecord(block=Block(blocker_id=OTHERS[4], blocked_id=asking, active=True)))
    state.apply("", GraphRecord(block=Block(blocker_id=asking, blocked_id=OTHERS[3], active=True)))
    found = []
    cursor = ""
    for _ in range(3):
        page = list_edges(
            state, Side.FOLLOWING, READER, page_size=2, cursor=cursor, reader_id=asking
        )
        found.append([account.id for account in page.accounts])
        cursor = page.next_cursor
    assert found == [[], [OTHERS[2], OTHERS[1]], [OTHERS[0]]]
    assert not cursor
    everybody = list_edges(state, Side.FOLLOWING, READER, page_size=9, cursor="")
    assert len(everybody.accounts) == 5, "nobody is hidden from whoever does not say who they are"


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidArgument) as caught:
        list_edges(world([]), Side.FOLLOWING, "x", page_size=201, cursor="?")
    fields = {violation.field for violation in caught.value.violations}
    assert fields == {"account_id", "page_size", "cursor"}


def test_a_cursor_of_the_other_side_is_refused() -> None:
    state = world([0, 1, 2])
    cursor = list_edges(state, Side.FOLLOWING, READER, page_size=1, cursor="").next_cursor
    with pytest.raises(InvalidArgument):
        list_edges(state, Side.FOLLOWERS, READER, page_size=1, cursor=cursor)


def test_a_stranger_is_unknown() -> None:
    with pytest.raises(AccountUnknown):
        list_edges(world([]), Side.FOLLOWING, new_id(), page_size=1, cursor="")
