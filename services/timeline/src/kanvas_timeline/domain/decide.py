"""Decisions on commands: pure, so that the writer, tests and simulations run the same code."""

from collections.abc import Sequence

from kanvas.feed.v1.records_pb2 import Post, Visibility
from kanvas_platform.errors import InvalidArgument, Violation
from kanvas_platform.ids import derived_id, id_time
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.records.logs import Draft
from kanvas_timeline.domain.commands import (
    CopyGraph,
    CreatePost,
    DeletePost,
    EraseBelongings,
    SetLike,
)
from kanvas_timeline.domain.contents import ID_LEAD_SECONDS
from kanvas_timeline.domain.logs import (
    consented_draft,
    copy_draft,
    followed_draft,
    post_draft,
    reaction_draft,
    removed_draft,
    withdrawn_draft,
)
from kanvas_timeline.domain.posts import PostFacts, content_digest
from kanvas_timeline.domain.rules import hidden
from kanvas_timeline.domain.state import TimelineState
from kanvas_timeline.domain.tags import tags_of
from kanvas_timeline.errors import (
    AccountDeleting,
    AccountNotCopied,
    CopyHole,
    NotYours,
    PostExists,
    PostUnknown,
)


def decide(state: TimelineState, command: Command, now: float) -> Sequence[Draft]:
    """Return the records that a command makes, in order; none when it changes nothing.

    `now` is the writer's clock in unix seconds.

    Raises:
        KanvasError: The command is refused: one of `errors`.
    """
    match command.body:
        case CreatePost() as body:
            return _create_post(state, command.actor, body, now)
        case DeletePost() as body:
            return _delete_post(state, command.actor, body, now)
        case SetLike() as body:
            return _set_like(state, command.actor, body)
        case EraseBelongings() as body:
            return _erase_belongings(state, body, now)
        case CopyGraph() as body:
            return _copy_graph(state, body, now)
        case other:
            raise TypeError(f"not a command of the timeline: {type(other).__name__}")


def _create_post(
    state: TimelineState, author_id: str, body: CreatePost, now: float
) -> Sequence[Draft]:
    author = state.graph.accounts.get(author_id)
    if author is None:
        raise _account_not_copied()
    _check_active(state, author_id)
    present = state.known.get(body.post_id)
    post = Post(
        id=body.post_id,
        author=author,
        caption=body.caption,
        alt_text=body.alt_text,
        picture=body.picture,
        prompt=body.prompt,
        visibility=body.visibility,
        uses=body.uses,
    )
    if present is not None:
        if _says(present, post):
            return []  # asked again, under another command id
        raise PostExists("Another post has this id.")
    # By the clock of the writer, who looks after it: that of another instance may be wrong.
    if id_time(body.post_id) > now + ID_LEAD_SECONDS:
        violation = Violation("post_id", "Its time lies in the future.")
        raise InvalidArgument("The id of the post lies in the future.", violations=[violation])
    post.tags.extend(tags_of(body.caption))
    post.created_at.FromMilliseconds(round(now * 1000))
    drafts = [post_draft(post)]
    if post.uses.train:
        drafts.append(consented_draft(post))
    return drafts


def _delete_post(state: TimelineState, actor: str, body: DeletePost, now: float) -> Sequence[Draft]:
    _check_active(state, actor)
    known = state.known.get(body.post_id)
    if known is not None and known.removed and known.author_id == actor:
        return []
    if known is None or hidden(state.graph, actor, known):
        raise _post_unknown()
    if known.author_id != actor:
        raise NotYours("Only its author may delete a post.")
    return _removal(body.post_id, known, now)


def _removal(post_id: str, known: PostFacts, now: float) -> Sequence[Draft]:
    visibility = Visibility.ValueType(known.visibility)
    drafts = [removed_draft(post_id, known.author_id, visibility)]
    if known.trains:
        drafts.append(withdrawn_draft(post_id, now))
    return drafts


def _erase_belongings(state: TimelineState, body: EraseBelongings, now: float) -> Sequence[Draft]:
    account_id = body.account_id
    if not state.graph.is_erased(account_id):
        return []
    drafts: list[Draft] = []
    # Likes first: those of the account's own posts are none once these are removed.
    for post_id in body.liked_ids:
        known = state.known.get(post_id)
        if known is not None and not known.removed and state.likes.has(post_id, account_id):
            count = state.likes.count(post_id) - 1
            drafts.append(reaction_draft(post_id, account_id, liked=False, like_count=count))
    for post_id in body.post_ids:
        known = state.known.get(post_id)
        if known is not None and not known.removed and known.author_id == account_id:
            drafts += _removal(post_id, known, now)
    return drafts


def _set_like(state: TimelineState, actor: str, body: SetLike) -> Sequence[Draft]:
    if actor not in state.graph.accounts:
        raise _account_not_copied()
    _check_active(state, actor)
    likes_it = state.likes.has(body.post_id, actor)
    known = state.known.get(body.post_id)
    if known is None or known.removed:
        raise _post_unknown()
    if not likes_it and hidden(state.graph, actor, known):
        # A like may be taken back after the post went out of sight; nothing else may be done.
        raise _post_unknown()
    if likes_it == body.liked:
        return []
    count = state.likes.count(body.post_id) + (1 if body.liked else -1)
    return [reaction_draft(body.post_id, actor, liked=body.liked, like_count=count)]


def _copy_graph(state: TimelineState, change: CopyGraph, now: float) -> Sequence[Draft]:
    if change.position <= state.copied:
        return []
    if change.previous > state.copied:
        raise CopyHole(
            "Records of the graph are missing between the last copy and this one.",
            metadata={"copied": str(state.copied), "previous": str(change.previous)},
        )
    copy = copy_draft(change.record, change.position)
    if change.record.WhichOneof("entity") != "follow":
        return [copy]
    follow = change.record.follow
    follower_id, followee_id = follow.follower_id, follow.followee_id
    if not follow.active or (follower_id, followee_id) in state.graph.follows:
        return [copy]
    notification_id = derived_id(now, f"{follower_id}:{followee_id}:{change.position}".encode())
    told = followed_draft(notification_id, followee_id, follower_id, change.position)
    return [copy, told]


def _says(known: PostFacts, post: Post) -> bool:
    """Return whether a known post has the author and the content of a post to be made."""
    return known.author_id == post.author.id and known.digest == content_digest(post)


def _check_active(state: TimelineState, account_id: str) -> None:
    if account_id in state.graph.gone:
        raise AccountDeleting("Your account is being deleted. Keep it to go on.")


def _post_unknown() -> PostUnknown:
    return PostUnknown("There is no such post.")


def _account_not_copied() -> AccountNotCopied:
    return AccountNotCopied("This account is not known here yet. Try again in a moment.")
