"""What the views must hold by the log, compared with what they answer. Pure.

One stretch of the log is enough to judge by. The newest record about a post that stands there is in
its row, or a later one is. Each record that names feeds has made its lines there, and no line is
ever taken away. A row that says to be of a record in the stretch, where the log has none, is of no
record at all.

So a difference is none that time explains: records above the reach of the views are left out, and
what is newer than the stretch is not judged.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from kanvas_timeline.domain.posts import Ref, StoredPost


class Difference(StrEnum):
    """How the views differ from the log. A closed set: it labels a metric."""

    MISSING = "missing"
    """The log has a post or a line of a feed, and the views have not."""
    EXTRA = "extra"
    """A feed has a line of which the log knows nothing."""
    MISPLACED = "misplaced"
    """The same post has another position or another author, or a feed is out of order."""
    DIFFERENT = "different"
    """The row of a post says something else than its newest record."""


class Finding(NamedTuple):
    """A difference.

    Attributes:
        difference: Of which kind.
        feed: Name of the feed; "" where it is about the post itself.
        ref: The post, by the log; an extra line as the views have it.
    """

    difference: Difference
    feed: str
    ref: Ref


@dataclass(frozen=True)
class Said:
    """What a stretch of the log says about posts.

    Attributes:
        after: The position before the stretch.
        through: The last position of the stretch.
        posts: The newest record about each post, by id.
        lines: The lines that its records have made, by the name of the feed.
    """

    after: int
    through: int
    posts: Mapping[str, StoredPost]
    lines: Mapping[str, Collection[Ref]]

    def within(self, position: int) -> bool:
        """Return whether a position is one of the stretch."""
        return self.after < position <= self.through


@dataclass(frozen=True)
class Answered:
    """What the views answer.

    Attributes:
        posts: The rows of the posts that the stretch or a line names, by id.
        lines: Of each feed, as they came: what was created within the stretch, and what else the
            stretch names.
    """

    posts: Mapping[str, StoredPost]
    lines: Mapping[str, Sequence[Ref]]


def said(records: Sequence[StoredPost], after: int, through: int) -> Said:
    """Return what the records of a stretch say, in the order of the log."""
    lines: dict[str, set[Ref]] = {}
    within = [stored for stored in records if after < stored.position <= through]
    for stored in within:
        for feed in stored.feeds:
            lines.setdefault(feed, set()).add(stored.ref)
    return Said(after, through, {stored.ref.post_id: stored for stored in within}, lines)


def compare(said: Said, answered: Answered) -> list[Finding]:
    """Return how the views differ from what a stretch of the log says."""
    return [*_posts(said, answered), *_lines(said, answered)]


def _posts(said: Said, answered: Answered) -> Iterator[Finding]:
    for post_id, stored in said.posts.items():
        difference = _of_row(said, stored, answered.posts.get(post_id))
        if difference is not None:
            yield Finding(difference, "", stored.ref)


def _of_row(said: Said, stored: StoredPost, row: StoredPost | None) -> Difference | None:
    if row is None:
        return Difference.MISSING
    if row.ref != stored.ref:
        return Difference.MISPLACED
    if row.position == stored.position:
        return None if row.content == stored.content else Difference.DIFFERENT
    if row.position < stored.position or said.within(row.position):
        return Difference.DIFFERENT
    # What was removed stays removed.
    return Difference.DIFFERENT if stored.removed and not row.removed else None


def _lines(said: Said, answered: Answered) -> Iterator[Finding]:
    for feed, found in answered.lines.items():
        expected = said.lines.get(feed, ())
        elsewhere = {ref.post_id for ref in found if ref not in expected}
        lost = sorted(set(expected) - set(found), reverse=True)
        for ref in lost:
            moved = ref.post_id in elsewhere
            yield Finding(Difference.MISPLACED if moved else Difference.MISSING, feed, ref)
        for newer, older in pairwise(found):
            if not newer > older:
                yield Finding(Difference.MISPLACED, feed, older)
        told = {ref.post_id for ref in lost}
        for ref in found:
            if ref not in expected and ref.post_id not in told and _is_extra(said, answered, ref):
                yield Finding(Difference.EXTRA, feed, ref)


def _is_extra(said: Said, answered: Answered, ref: Ref) -> bool:
    """Say whether the log knows nothing of a line that was created within the stretch.

    The record that made it may have given way to a later one about the same post: of that one the
    row tells. A row of the stretch is judged as a row.
    """
    if not said.within(ref.created_position):
        return False
    stored = said.posts.get(ref.post_id)
    if stored is not None:
        return stored.ref != ref
    row = answered.posts.get(ref.post_id)
    return row is None or row.ref != ref or row.position <= said.through
