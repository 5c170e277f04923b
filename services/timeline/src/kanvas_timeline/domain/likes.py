"""Who likes which post, as of the applied positions. A part of the state that the log folds into.

Likes go with their post: from the record on that removes it, nobody likes it. What they take leaves
the state little by little, since a post may have any number of them.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from kanvas_platform.kafka.store.codecs import ID, NOTHING, NUMBER
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.store.tables import Map, Order

GO_AT_ONCE: Final = 64
"""How many likes of removed posts a record drops."""


class Likes:
    """Present likes, and how many each post has.

    Prefixes in the space: `l` likes by post, `e` by account, `n` numbers, `m` removed posts that
    have likes to be dropped.
    """

    def __init__(self, space: Space) -> None:
        self._by_post: Order[str, str, None] = Order(space, b"l", ID, ID, NOTHING)
        self._by_account: Order[str, str, None] = Order(space, b"e", ID, ID, NOTHING)
        self._counts: Map[str, int] = Map(space, b"n", ID, NUMBER)
        self._going: Order[None, str, None] = Order(space, b"m", NOTHING, ID, NOTHING)

    def has(self, post_id: str, account_id: str) -> bool:
        """Return whether an account likes a post, which must not have been removed."""
        return self._by_post.has(post_id, account_id)

    def count(self, post_id: str) -> int:
        """Return how many like a post."""
        return self._counts.get(post_id, 0)

    def of_account(self, account_id: str, below: str | None = None) -> Iterator[str]:
        """Iterate over the posts that an account likes, the newest post first.

        Posts that were removed not long ago may be among them. Use the iterator up, or drop it,
        before the next `await`.

        Args:
            account_id: The account.
            below: Id of the post below which to begin; None for all.
        """
        return (post_id for post_id, _ in self._by_account.descending(account_id, below))

    def set(self, post_id: str, account_id: str, *, liked: bool, count: int) -> None:
        """Fold whether an account likes a post, and how many do then."""
        if liked:
            self._by_post.add(post_id, account_id, None)
            self._by_account.add(account_id, post_id, None)
        else:
            self._drop(post_id, account_id)
        self._counts[post_id] = count

    def end(self, post_id: str) -> None:
        """Fold that a post was removed."""
        self._counts.discard(post_id)
        self._going.add(None, post_id, None)

    def let_go(self) -> None:
        """Drop some of the likes of removed posts, if there are any."""
        first = next(self._going.descending(None), None)
        if first is None:
            return
        post_id, _ = first
        likes = self._by_post.descending(post_id)
        accounts = [account_id for account_id, _ in islice(likes, GO_AT_ONCE)]
        for account_id in accounts:
            self._drop(post_id, account_id)
        if len(accounts) < GO_AT_ONCE:
            self._going.remove(None, post_id)

    def _drop(self, post_id: str, account_id: str) -> None:
        self._by_post.remove(post_id, account_id)
        self._by_account.remove(account_id, post_id)
