"""When a lease is over, and when it is not."""

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.leases import LEASE_SECONDS, LeaseBook

JOB = Job(id="j", attempt=1)


def test_a_silent_worker_loses_its_lease() -> None:
    book = LeaseBook(tolerance=100)
    assert book.overdue([JOB], 0.0) == []
    assert book.overdue([JOB], LEASE_SECONDS) == []
    assert book.overdue([JOB], LEASE_SECONDS + 0.1) == [JOB]


def test_a_report_keeps_it() -> None:
    book = LeaseBook(tolerance=100)
    book.overdue([JOB], 0.0)
    book.heard("j", 1, 4.0)
    assert book.overdue([JOB], LEASE_SECONDS + 0.1) == []
    assert book.overdue([JOB], 4.0 + LEASE_SECONDS + 0.1) == [JOB]


def test_a_report_of_an_older_attempt_does_not_keep_it() -> None:
    book = LeaseBook(tolerance=100)
    second = Job(id="j", attempt=2)
    book.overdue([second], 0.0)
    assert book.overdue([second], LEASE_SECONDS + 0.1) == [second]


def test_a_new_attempt_gets_its_full_length() -> None:
    book = LeaseBook(tolerance=100)
    book.overdue([JOB], 0.0)
    assert book.overdue([Job(id="j", attempt=2)], LEASE_SECONDS + 1) == []


def test_becoming_the_leader_gives_every_lease_its_full_length() -> None:
    book = LeaseBook(tolerance=100)
    book.overdue([JOB], 0.0)
    book.clear()
    assert book.overdue([JOB], LEASE_SECONDS + 1) == []


def test_a_leader_that_slept_does_not_blame_the_workers() -> None:
    book = LeaseBook(tolerance=2)
    book.overdue([JOB], 0.0)
    assert book.overdue([JOB], 20.0) == []
    assert book.overdue([JOB], 21.0) == []


def test_whoever_is_heard_after_the_look_keeps_the_lease() -> None:
    book = LeaseBook(tolerance=100)
    book.overdue([JOB], 0.0)
    at = LEASE_SECONDS + 0.1
    assert book.overdue([JOB], at) == [JOB]
    assert book.is_overdue("j", 1, at)
    assert not book.is_overdue("j", 2, at)
    book.heard("j", 1, at)
    assert not book.is_overdue("j", 1, at)


def test_nothing_is_overdue_to_a_leader_that_slept_since_the_look() -> None:
    book = LeaseBook(tolerance=2)
    for at in range(7):
        book.overdue([JOB], float(at))
    assert book.is_overdue("j", 1, 6.0)
    assert not book.is_overdue("j", 1, 9.0)
