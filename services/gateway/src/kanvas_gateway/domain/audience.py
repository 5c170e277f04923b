"""Who gets what: the viewers that are connected, and the index from an author to them.

A viewer follows a thousand authors and there are thousands of viewers, so the sets are arrays of
small numbers: 4 bytes for each author in the viewer's own (sorted) array, and 4 for the viewer in
the author's. Numbers are never used twice. A viewer who leaves is only forgotten; what the index
still says about it is dropped when it is met, or by `sweep`.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

S = TypeVar("S")
"""What a viewer looks on through: a socket."""

_SWEEP_FROM = 10_000  # stale entries below this are not worth a walk


class Viewer(Generic[S]):
    """An account with at least one authenticated socket here, or with one a short while ago.

    Attributes:
        account_id: Whose.
        number: Of this viewer; what the index holds.
        sockets: Its sockets, in the order in which they authenticated.
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
        "sockets",
    )

    def __init__(self, account_id: str, number: int) -> None:
        self.account_id = account_id
        self.number = number
        self.sockets: list[S] = []
        self.following: array[int] = array("I")
        self.hidden: frozenset[str] = frozenset()
        self.position = 0
        self.ready = False
        self.left_at: float | None = None


class AudienceIndex(Generic[S]):
    """From an author to the viewers who follow it, and to those from whom it is hidden."""

    def __init__(self) -> None:
        self._author_numbers: dict[str, int] = {}
        self._followers: dict[int, array[int]] = {}
        self._hiders: dict[str, set[int]] = {}
        self._viewers: dict[int, Viewer[S]] = {}
        self._by_account: dict[str, Viewer[S]] = {}
        self._next_author = 1
        self._next_viewer = 1
        self._stale = 0
        self._live = 0

    def __len__(self) -> int:
        return len(self._viewers)

    def viewers(self) -> Iterator[Viewer[S]]:
        """Yield all viewers; the index must not change meanwhile."""
        return iter(self._viewers.values())

    def viewer(self, account_id: str) -> Viewer[S] | None:
        """Return the viewer of an account, if it is here."""
        return self._by_account.get(account_id)

    def add(self, account_id: str) -> Viewer[S]:
        """Add the viewer of an account that is not here. It is not ready."""
        viewer: Viewer[S] = Viewer(account_id, self._next_viewer)
        self._next_viewer += 1
        self._viewers[viewer.number] = viewer
        self._by_account[account_id] = viewer
        return viewer

    def install(
        self, viewer: Viewer[S], following: Iterable[str], hidden: Iterable[str], position: int
    ) -> bool:
        """Replace both sets of a viewer with those that hold at a position.

        Returns:
            Whether an account is hidden now that was not before.
        """
        wanted = sorted({self._number(author) for author in following})
        present = set(viewer.following)
        for number in wanted:
            if number not in present:
                self._followers.setdefault(number, array("I")).append(viewer.number)
        for number in present.difference(wanted):
            self._followers[number].remove(viewer.number)
        self._live += len(wanted) - len(present)
        viewer.following = array("I", wanted)
        viewer.position = position
        return self._hide(viewer, frozenset(hidden))

    def set_follow(self, viewer: Viewer[S], author_id: str, active: bool) -> None:
        """Note that the viewer follows the author, or no longer does."""
        number = self._number(author_id)
        at = bisect_left(viewer.following, number)
        present = at < len(viewer.following) and viewer.following[at] == number
        if active and not present:
            viewer.following.insert(at, number)
            self._followers.setdefault(number, array("I")).append(viewer.number)
            self._live += 1
        elif present and not active:
            del viewer.following[at]
            self._followers[number].remove(viewer.number)
            self._live -= 1

    def hide(self, viewer: Viewer[S], account_id: str) -> bool:
        """Hide an account from a viewer; return whether it was not hidden before."""
        return self._hide(viewer, viewer.hidden | {account_id})

    def remove(self, viewer: Viewer[S]) -> None:
        """Forget a viewer."""
        del self._viewers[viewer.number]
        del self._by_account[viewer.account_id]
        self._hide(viewer, frozenset())
        self._stale += len(viewer.following)
        self._live -= len(viewer.following)

    def follows(self, viewer: Viewer[S], author_id: str) -> bool:
        """Say whether the viewer follows the author."""
        number = self._author_numbers.get(author_id, 0)
        at = bisect_left(viewer.following, number)
        return at < len(viewer.following) and viewer.following[at] == number

    def home_viewers(self, author_id: str) -> list[Viewer[S]]:
        """Return those on whose home the author's posts stand: followers and the author.

        Those from whom the author is hidden are left out.
        """
        found: list[Viewer[S]] = []
        number = self._author_numbers.get(author_id, 0)
        followers = self._followers.get(number)
        if followers is not None:
            viewers = self._viewers
            found = [viewer for one in followers if (viewer := viewers.get(one)) is not None]
            if len(found) < len(followers):
                self._stale -= len(followers) - len(found)
                self._followers[number] = array("I", (viewer.number for viewer in found))
        own = self._by_account.get(author_id)
        if own is not None and not self.follows(own, author_id):
            found.append(own)
        hiders = self._hiders.get(author_id)
        if hiders:
            found = [viewer for viewer in found if viewer.number not in hiders]
        return found

    def hiders(self, author_id: str) -> list[Viewer[S]]:
        """Return those from whom the author is hidden."""
        return [self._viewers[number] for number in self._hiders.get(author_id, ())]

    def sweep(self) -> int:
        """Drop what viewers left behind, once that is more than what is in use.

        Returns:
            How many stale entries were dropped. Takes about 50 ns for each entry of the index.
        """
        if self._stale <= max(_SWEEP_FROM, self._live):
            return 0
        dropped, self._stale = self._stale, 0
        kept = {
            number: array("I", (one for one in followers if one in self._viewers))
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

    def _hide(self, viewer: Viewer[S], hidden: frozenset[str]) -> bool:
        for account_id in viewer.hidden - hidden:
            hiders = self._hiders[account_id]
            hiders.discard(viewer.number)
            if not hiders:
                del self._hiders[account_id]
        newly = hidden - viewer.hidden
        for account_id in newly:
            self._hiders.setdefault(account_id, set()).add(viewer.number)
        viewer.hidden = hidden
        return bool(newly)
