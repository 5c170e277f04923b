"""Which feeds a post stands in, by name.

The recent log's lanes, the views' lines and the skeleton of every read go by these names alone. To
add a feed, say in `feeds_of` which posts stand in it.
"""

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet

from kanvas.feed.v1.records_pb2 import Post, Visibility
from kanvas_platform.validation import is_sha256

PUBLIC = "public"
"""Everything that everyone may see."""


_AUTHOR = "author:"
_PICTURE = "picture:"


def author_feed(account_id: str) -> str:
    """Return the feed of all that an account has posted, whoever may see it."""
    return f"{_AUTHOR}{account_id}"


def tag_feed(name: str) -> str:
    """Return the feed of the public posts with a tag; `name` as `domain.tags` has it."""
    return f"tag:{name}"


def picture_feed(sha256: str) -> str:
    """Return the feed of all posts that show a picture, whoever may see them."""
    return f"{_PICTURE}{sha256}"


def is_picture_feed(feed: str) -> bool:
    """Say whether a feed is that of a picture."""
    return feed.startswith(_PICTURE)


def feeds_of(post: Post) -> tuple[str, ...]:
    """Return the names of all feeds that a post stands in, each once.

    Who may see the post there is not said here: the rules apply to every feed.
    """
    names = [author_feed(post.author.id)]
    if is_sha256(post.picture.sha256):
        names.append(picture_feed(post.picture.sha256))
    if post.visibility == Visibility.VISIBILITY_PUBLIC:
        names.append(PUBLIC)
        names.extend(dict.fromkeys(tag_feed(tag.name) for tag in post.tags))
    return tuple(names)


def kind_of(feed: str) -> str:
    """Return what may be told of a feed where personal text may not: a tag's name is some.

    "" stands for the posts themselves.
    """
    return f"the feed {feed.partition(':')[0]}" if feed else "the posts"


class AuthorFeeds(Collection[str]):
    """The names of the author feeds of some accounts.

    Who follows thousands asks for thousands of feeds with each page, of which few are looked up: a
    name is made when it is needed.

    Attributes:
        account_ids: Whose feeds.
    """

    def __init__(self, account_ids: AbstractSet[str]) -> None:
        self.account_ids = account_ids

    def __contains__(self, feed: object) -> bool:
        return isinstance(feed, str) and (
            feed.startswith(_AUTHOR) and feed[len(_AUTHOR) :] in self.account_ids
        )

    def __iter__(self) -> Iterator[str]:
        return map(author_feed, self.account_ids)

    def __len__(self) -> int:
        return len(self.account_ids)
