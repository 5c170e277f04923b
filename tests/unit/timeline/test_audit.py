"""What counts as a difference between the views and the log, and what time explains."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kanvas_timeline.domain.audit import Answered, Difference, Finding, compare, said
from kanvas_timeline.domain.feeds import PUBLIC, author_feed
from kanvas_timeline.domain.posts import Ref, StoredPost
from kanvas_timeline.testing.make import numbered_id, removed_post, stored_post

ADA, BOB = numbered_id(1), numbered_id(2)
AFTER, THROUGH = 100, 200


def post(position: int, *, author: str = ADA) -> StoredPost:
    return stored_post(position, author, numbered_id(position))


def compared(
    records: Sequence[StoredPost],
    rows: Sequence[StoredPost],
    lines: Mapping[str, Sequence[Ref]] | None = None,
) -> list[Finding]:
    """Compare a stretch with rows and lines; without any, the lines are those of the stretch."""
    told = said(records, AFTER, THROUGH)
    right = {feed: sorted(refs, reverse=True) for feed, refs in told.lines.items()}
    rows_by_id = {stored.ref.post_id: stored for stored in rows}
    return compare(told, Answered(rows_by_id, {**right, **(lines or {})}))


class TestEqual:
    def test_what_the_log_says(self) -> None:
        records = [post(110), post(120, author=BOB)]
        assert compared(records, records) == []

    def test_a_row_of_a_later_record(self) -> None:
        first = post(110)
        assert compared([first], [removed_post(THROUGH + 1, first)]) == []
        assert compared([first], [replace(first, position=THROUGH + 1)]) == []

    def test_a_removed_post_whose_lines_are_still_there(self) -> None:
        removed = removed_post(130, post(110))
        assert compared([removed, post(140)], [removed, post(140)], {PUBLIC: [
            post(140).ref, removed.ref,
        ]}) == []  # fmt: skip

    def test_a_line_whose_record_has_given_way_to_a_later_one(self) -> None:
        gone = removed_post(THROUGH + 9, post(110))
        lines = {PUBLIC: [post(140).ref, gone.ref]}
        assert compared([post(140)], [post(140), gone], lines) == []

    def test_what_was_not_created_within_the_stretch(self) -> None:
        before, behind = post(AFTER), post(THROUGH + 1)
        lines = {PUBLIC: [behind.ref, post(140).ref, before.ref]}
        assert compared([post(140)], [post(140)], lines) == []

    def test_records_that_are_above_the_reach_of_the_views(self) -> None:
        records = [post(110), post(THROUGH + 1)]
        assert compared(records, records[:1]) == []
        assert said(records, AFTER, THROUGH).posts.keys() == {records[0].ref.post_id}


class TestMissing:
    def test_a_row(self) -> None:
        there, lost = post(110), post(120)
        found = compared([there, lost], [there])
        assert found == [(Difference.MISSING, "", lost.ref)]

    def test_a_line(self) -> None:
        there, lost = post(110), post(120)
        found = compared([there, lost], [there, lost], {PUBLIC: [there.ref]})
        assert found == [(Difference.MISSING, PUBLIC, lost.ref)]

    def test_a_line_of_a_post_that_was_changed_later(self) -> None:
        changed = replace(post(90), position=150)
        assert compared([changed], [changed]) == []
        found = compared([changed], [changed], {author_feed(ADA): []})
        assert found == [(Difference.MISSING, author_feed(ADA), changed.ref)]

    def test_a_row_behind_its_line(self) -> None:
        lost = post(120)
        found = compared([lost], [])
        assert found == [(Difference.MISSING, "", lost.ref)]


class TestExtra:
    def test_a_line_of_no_post(self) -> None:
        foreign = post(150)
        lines = {PUBLIC: [foreign.ref, post(140).ref]}
        found = compared([post(140)], [post(140)], lines)
        assert found == [(Difference.EXTRA, PUBLIC, foreign.ref)]

    def test_a_post_that_says_to_be_of_a_record_which_the_log_has_not(self) -> None:
        foreign = post(150)
        lines = {PUBLIC: [foreign.ref, post(140).ref]}
        found = compared([post(140)], [post(140), foreign], lines)
        assert found == [(Difference.EXTRA, PUBLIC, foreign.ref)]

    def test_a_second_line_of_a_post(self) -> None:
        there = post(140)
        second = there.ref._replace(created_position=141)
        found = compared([there], [there], {PUBLIC: [second, there.ref]})
        assert found == [(Difference.EXTRA, PUBLIC, second)]

    def test_a_line_of_a_later_record_that_stands_elsewhere(self) -> None:
        other = post(150)
        later = replace(other, ref=other.ref._replace(created_position=151), position=THROUGH + 5)
        lines = {PUBLIC: [other.ref, post(140).ref]}
        found = compared([post(140)], [post(140), later], lines)
        assert found == [(Difference.EXTRA, PUBLIC, other.ref)]


class TestMisplaced:
    def test_a_row(self) -> None:
        right = post(110)
        for wrong in (right.ref._replace(created_position=109), right.ref._replace(author_id=BOB)):
            found = compared([right], [replace(right, ref=wrong)])
            assert found == [(Difference.MISPLACED, "", right.ref)]

    def test_a_line(self) -> None:
        right = post(110)
        wrong = right.ref._replace(created_position=111)
        found = compared([right], [right], {PUBLIC: [wrong]})
        assert found == [(Difference.MISPLACED, PUBLIC, right.ref)]

    def test_a_feed_that_is_out_of_order(self) -> None:
        records = [post(110), post(120)]
        found = compared(records, records, {PUBLIC: [records[0].ref, records[1].ref]})
        assert found == [(Difference.MISPLACED, PUBLIC, records[1].ref)]


class TestDifferent:
    def test_content(self) -> None:
        right = post(110)
        wrong = stored_post(110, ADA, right.ref.post_id, caption="A blue fox.")
        assert compared([right], [wrong]) == [(Difference.DIFFERENT, "", right.ref)]

    def test_an_older_record(self) -> None:
        right = removed_post(130, post(110))
        assert compared([right], [post(110)]) == [(Difference.DIFFERENT, "", right.ref)]

    def test_a_record_that_the_stretch_has_not(self) -> None:
        right = post(110)
        wrong = replace(right, position=111)
        assert compared([right], [wrong]) == [(Difference.DIFFERENT, "", right.ref)]

    def test_a_removed_post_that_has_come_back(self) -> None:
        right = removed_post(130, post(110))
        wrong = replace(post(110), position=THROUGH + 1)
        assert compared([right], [wrong]) == [(Difference.DIFFERENT, "", right.ref)]
