"""Last step: a post as its reader gets it."""

from kanvas.timeline.v1.service_pb2 import PostView
from kanvas_timeline.domain.posts import StoredPost
from kanvas_timeline.domain.state import TimelineState


def present(state: TimelineState, reader_id: str | None, stored: StoredPost) -> PostView:
    """Return a post that the rules let through, with what the state says of its author and likes.

    The author has the names of the present, whatever they were when the post was made.
    """
    post, post_id = stored.post(), stored.ref.post_id
    author = state.graph.accounts.get(stored.ref.author_id)
    if author is not None:  # it is known of every post, unless its record was set aside
        post.author.CopyFrom(author)
    return PostView(
        post=post,
        created_position=stored.ref.created_position,
        like_count=state.likes.count(post_id),
        liked=reader_id is not None and state.likes.has(post_id, reader_id),
    )
