"""Who gets what: the readers that are connected, and the index from an author to them.

A reader follows a thousand authors and there are thousands of readers, so the sets are arrays of
small numbers: 4 bytes for each author in the reader's own (sorted) array, and 4 for the reader in
the author's. Numbers are never used twice. A reader who leaves is only forgotten; what the index
still says about it is dropped when it is met, or by `sweep`.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kanvas_gateway.domain.session import Session

_SWEEP_FROM = 10_000  # stale entries below this are not worth a walk


class Reader:
    """An account with at least one authenticated socket here, or with one a short while ago.

    Attributes:
        account_id: Whose.
        number: Of this reader; what the index holds.
        sessions: Its sockets, in the order in which they authenticated.
        position: Feed position of both sets.
        ready: Whether the sets may be used. While not, its sockets get nothing.
        left_at: Monotonic time at which the last socket left; None while there is one.
    """

    __slots__ = (
        "account_id",
        "following",
        "hidden",
        "left_at",
        "number",
        "position",
        "ready",
        "sessions",
    )

    def __init__(self, account_id: str, number: int) -> None:
        self.account_id = account_id
        self.number = number
        self.sessions: list[Session] = []
        self.following: array[int] = array("I")
        self.hidden: frozenset[str] = frozenset()
        self.position = 0
        self.ready = False
        self.left_at: float | None = None


class AudienceIndex:
    """From an author to the readers who follow it, and to those from whom it is hidden."""

    def __init__(self) -> None:
        self._author_numbers: dict[str, int] = {}
        self._followers: dict[int, array[int]] = {}
        self._hiders: dict[str, set[int]] = {}
        self._readers: dict[int, Reader] = {}
        self._by_account: dict[str, Reader] = {}
        self._next_author = 1
        self._next_reader = 1
        self._stale = 0
        self._live = 0

    def __len__(self) -> int:
        return len(self._readers)

    def readers(self) -> Iterator[Reader]:
        """Yield all readers; the index must not change meanwhile."""
        return iter(self._readers.values())

    def reader(self, account_id: str) -> Reader | None:
        """Return the reader of an account, if it is here."""
        return self._by_account.get(account_id)

    def add(self, account_id: str) -> Reader:
        """Add the reader of an account that is not here. It is not ready."""
        reader = Reader(account_id, self._next_reader)
        self._next_reader += 1
        self._readers[reader.number] = reader
        self._by_account[account_id] = reader
        return reader

    def install(
        self, reader: Reader, following: Iterable[str], hidden: Iterable[str], position: int
    ) -> None:
        """Replace both sets of a reader with those that hold at a position."""
        wanted = sorted({self._number(author) for author in following})
        present = set(reader.following)
        for number in wanted:
            if number not in present:
                self._followers.setdefault(number, array("I")).append(reader.number)
        for number in present.difference(wanted):
            self._followers[number].remove(reader.number)
        self._live += len(wanted) - len(present)
        reader.following = array("I", wanted)
        self._hide(reader, frozenset(hidden))
        reader.position = position

    def set_follow(self, reader: Reader, author_id: str, active: bool) -> None:
        """The reader follows the author, or no longer does."""
        number = self._number(author_id)
        at = bisect_left(reader.following, number)
        present = at < len(reader.following) and reader.following[at] == number
        if active and not present:
            reader.following.insert(at, number)
            self._followers.setdefault(number, array("I")).append(reader.number)
            self._live += 1
        elif present and not active:
            del reader.following[at]
            self._followers[number].remove(reader.number)
            self._live -= 1

    def hide(self, reader: Reader, account_id: str) -> None:
        """The account is hidden from the reader from now on."""
        self._hide(reader, reader.hidden | {account_id})

    def remove(self, reader: Reader) -> None:
        """Forget a reader."""
        del self._readers[reader.number]
        del self._by_account[reader.account_id]
        self._hide(reader, frozenset())
        self._stale += len(reader.following)
        self._live -= len(reader.following)

    def follows(self, reader: Reader, author_id: str) -> bool:
        """Say whether the reader follows the author."""
        number = self._author_numbers.get(author_id, 0)
        at = bisect_left(reader.following, number)
        return at < len(reader.following) and reader.following[at] == number

    def home_readers(self, author_id: str) -> list[Reader]:
        """Return those on whose home the author's posts stand: followers and the author.

        Those from whom the author is hidden are left out.
        """
        found: list[Reader] = []
        number = self._author_numbers.get(author_id, 0)
        followers = self._followers.get(number)
        if followers is not None:
            readers = self._readers
            found = [reader for one in followers if (reader := readers.get(one)) is not None]
            if len(found) < len(followers):
                self._stale -= len(followers) - len(found)
                self._followers[number] = array("I", (reader.number for reader in found))
        own = self._by_account.get(author_id)
        if own is not None and not self.follows(own, author_id):
            found.append(own)
        hiders = self._hiders.get(author_id)
        if hiders:
            found = [reader for reader in found if reader.number not in hiders]
        return found

    def hiders(self, author_id: str) -> list[Reader]:
        """Return those from whom the author is hidden."""
        return [self._readers[number] for number in self._hiders.get(author_id, ())]

    def sweep(self) -> int:
        """Drop what readers left behind, once that is more than what is in use.

        Returns:
            How many stale entries were dropped. Takes about 50 ns for each entry of the index.
        """
        if self._stale <= max(_SWEEP_FROM, self._live):
            return 0
        dropped, self._stale = self._stale, 0
        kept = {
            number: array("I", (one for one in followers if one in self._readers))
            for number, followers in self._followers.items()
        }
        self._followers = {number: followers for number, followers in kept.items() if followers}
        self._author_numbers = {
            author: number
            for author, number in self._author_numbers.items()
            if number in self._followers
        }
        return dropped

    def _number(self, author_id: str) -> int:
        number = self._author_numbers.get(author_id)
        if number is None:
            number = self._author_numbers[author_id] = self._next_author
            self._next_author += 1
        return number

    def _hide(self, reader: Reader, hidden: frozenset[str]) -> None:
        for account_id in reader.hidden - hidden:
            hiders = self._hiders[account_id]
            hiders.discard(reader.number)
            if not hiders:
                del self._hiders[account_id]
        newly = hidden - reader.hidden
        for account_id in newly:
            self._hiders.setdefault(account_id, set()).add(reader.number)
        if newly:
            for session in reader.sessions:
                session.revoked = session.paused
        reader.hidden = hidden
