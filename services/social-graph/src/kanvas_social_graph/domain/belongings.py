"""What belongs to an account, as far as the state names it: what goes once it is erased."""

from itertools import chain, islice

from kanvas_platform.eraser import KEYS_AT_ONCE
from kanvas_social_graph.domain.commands import EraseBelongings
from kanvas_social_graph.domain.state import GraphState


def belongings(state: GraphState, account_id: str) -> EraseBelongings | None:
    """Return the command that erases some of what an account has; None where it has nothing.

    Whom it follows and who follows it, whom it blocks and who blocks it, and sessions that have
    ended by themselves: those that go on end with the record that erases the account.
    """
    follows = chain(
        ((account_id, other) for _, other in state.following.descending(account_id)),
        ((other, account_id) for _, other in state.followers.descending(account_id)),
    )
    blocks = chain(
        ((account_id, other) for other, _ in state.blocked.descending(account_id)),
        ((other, account_id) for other, _ in state.blockers.descending(account_id)),
    )
    sessions = (session.id for session in state.sessions_by(account_id))
    some_follows = tuple(islice(follows, KEYS_AT_ONCE))
    some_blocks = tuple(islice(blocks, KEYS_AT_ONCE - len(some_follows)))
    room = KEYS_AT_ONCE - len(some_follows) - len(some_blocks)
    some_sessions = tuple(islice(sessions, room))
    if not (some_follows or some_blocks or some_sessions):
        return None
    return EraseBelongings(account_id, some_follows, some_blocks, some_sessions)
