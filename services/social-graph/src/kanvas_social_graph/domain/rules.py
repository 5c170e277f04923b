"""Who may see what of an account."""

from kanvas_social_graph.domain.deletion import is_deleting
from kanvas_social_graph.domain.state import GraphState


def hidden(state: GraphState, reader_id: str | None, account_id: str) -> bool:
    """Return whether a reader sees no more of an account than handle, name and age.

    An account is hidden where one of the two blocks the other; the answer does not say which.
    Nothing is hidden from a reader who is not signed in (`None`).
    """
    return reader_id is not None and state.blocked_either_way(reader_id, account_id)


def gone(state: GraphState, reader_id: str | None, account_id: str) -> bool:
    """Return whether there is no account for a reader: none, an erased one, or one being deleted.

    Whoever deletes an account still finds it themselves, until it is erased.
    """
    if state.is_active(account_id):
        return False
    account = state.accounts.get(account_id)
    return account is None or reader_id != account_id or not is_deleting(account)
