"""Who may see what of an account."""

from kanvas_social_graph.domain.state import GraphState


def hidden(state: GraphState, reader_id: str | None, account_id: str) -> bool:
    """Whether a reader sees no more of an account than handle, name and age.

    So it is where one blocks the other; which of them does is not said.
    Nobody who is not signed in is kept from anything.
    """
    return reader_id is not None and state.blocked_either_way(reader_id, account_id)
