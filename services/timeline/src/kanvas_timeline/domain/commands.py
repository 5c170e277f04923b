"""What can be asked of the timeline. The acting account is the command's actor."""

from dataclasses import dataclass

from kanvas.feed.v1.records_pb2 import Uses, Visibility
from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas.media.v1.picture_pb2 import Picture


@dataclass(frozen=True)
class CreatePost:
    """Publish a post of the actor; every field was checked by `domain.contents`."""

    post_id: str
    caption: str
    alt_text: str
    picture: Picture
    prompt: str
    visibility: Visibility.ValueType
    uses: Uses


@dataclass(frozen=True)
class DeletePost:
    """Delete a post of the actor."""

    post_id: str


@dataclass(frozen=True)
class SetLike:
    """The actor likes a post, or no longer does."""

    post_id: str
    liked: bool


@dataclass(frozen=True)
class EraseBelongings:
    """Erase some of what belongs to an erased account. The writer's own command.

    Attributes:
        account_id: The account.
        post_ids: Posts of it.
        liked_ids: Posts that it likes.
    """

    account_id: str
    post_ids: tuple[str, ...]
    liked_ids: tuple[str, ...]


@dataclass(frozen=True)
class CopyGraph:
    """Copy one record of the graph into the feed. The writer's own command.

    Attributes:
        position: Where the record stands in the graph's log.
        previous: Where the record stands that was to be copied before it; 0 if none was. Between
            the two the log holds nothing to copy (compaction took it, it cannot be read, or it
            is of a kind that the feed does not know, or an operator let the copier go past a hole).
        record: Its whole content.
    """

    position: int
    previous: int
    record: GraphRecord
