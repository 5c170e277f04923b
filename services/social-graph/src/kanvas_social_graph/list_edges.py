"""Who follows whom, in pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.cursor import encode_cursor
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.rules import gone, hidden
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import AccountUnknown

PAGE_DEFAULT = 50
PAGE_MAX = 200


class Side(Enum):
    """Which end of a follow is listed."""

    FOLLOWING = "following"
    FOLLOWERS = "followers"


@dataclass(frozen=True)
class EdgePage:
    """Accounts, the newest edge first; `next_cursor` is empty on the last page.

    A page that others follow may be shorter than asked for, or empty.
    """

    accounts: tuple[Account, ...]
    next_cursor: str


def list_edges(
    state: GraphState,
    side: Side,
    account_id: str,
    *,
    page_size: int,
    cursor: str,
    reader_id: str | None = None,
) -> EdgePage:
    """Return one page of an account's edges, as a reader may see it.

    Args:
        state: The graph.
        side: Which edges.
        account_id: Whose edges.
        page_size: How many at most; 0 takes the default.
        cursor: `next_cursor` of the page before; "" for the first page.
        reader_id: Account that asks. The page is empty where `account_id` is hidden from it, and
            lacks the accounts that are, and those that are deleted.

    Raises:
        InvalidArgument: Page size, cursor or id is not what it may be.
        AccountUnknown: There is no such account.
    """
    violations = Violations()
    account_id = violations.identifier("account_id", account_id)
    size = violations.page_size(page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
    before = violations.cursor(cursor, kind=side.value)
    violations.raise_if_any()
    if gone(state, reader_id, account_id):
        raise AccountUnknown("There is no such account.", metadata={"account_id": account_id})
    if hidden(state, reader_id, account_id):
        return EdgePage(accounts=(), next_cursor="")
    edges = list(islice(_edges(state, side, account_id, before), size + 1))
    page = edges[:size]
    return EdgePage(
        accounts=tuple(
            state.accounts[other]
            for _, other in page
            if state.is_active(other) and not hidden(state, reader_id, other)
        ),
        next_cursor=encode_cursor(page[-1][0], kind=side.value) if len(edges) > size else "",
    )


def _edges(
    state: GraphState, side: Side, account_id: str, before: int | None
) -> Iterator[tuple[int, str]]:
    index = state.following if side is Side.FOLLOWING else state.followers
    return index.descending(account_id, before)
