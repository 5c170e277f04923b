"""What belongs to an account, as far as the state names it: what goes once it is erased."""

from itertools import islice

from kanvas_platform.eraser import KEYS_AT_ONCE
from kanvas_timeline.domain.commands import EraseBelongings
from kanvas_timeline.domain.state import TimelineState


def belongings(state: TimelineState, account_id: str) -> EraseBelongings | None:
    """Return the command that erases some of what an account has; None where it has nothing.

    Its likes come first. A like of a removed post is none, and leaves the state by itself.
    """
    liked = (
        post_id
        for post_id in state.likes.of_account(account_id)
        if (known := state.known.get(post_id)) is not None and not known.removed
    )
    liked_ids = tuple(islice(liked, KEYS_AT_ONCE))
    posts = (post_id for _, post_id in state.posts_by.descending(account_id))
    post_ids = tuple(islice(posts, KEYS_AT_ONCE - len(liked_ids)))
    return EraseBelongings(account_id, post_ids, liked_ids) if liked_ids or post_ids else None
