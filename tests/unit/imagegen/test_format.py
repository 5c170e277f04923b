"""A kept state is read on by the next release only if that would have folded the same bytes."""

import hashlib

import pytest

from kanvas.images.v1.records_pb2 import JOB_STATE_QUEUED, JOB_STATE_RUNNING, ImageRecord, Job
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import FORMAT, STAYS_SECONDS, Jobs
from kanvas_platform.kafka.store.space import KEY_BYTES_MAX, Space
from kanvas_platform.testing.memory_store import MemoryStore, contents
from tests.unit.imagegen.jobs_log import JobsLog

FOLDED = (3, "01144c12a277e90c")
"""The version of the fold, and the digest of the bytes below. Whoever changes what a record folds
into, also a record that could not be folded before, raises `FORMAT`, and puts both here."""


def records() -> list[ImageRecord]:
    """Return records of jobs in every state, of unknown kinds, and of jobs that have no bytes."""
    log = JobsLog()
    log.paint("kept")
    log.publish(log.paint("published").id)
    log.forget(log.paint("forgotten").id)
    log.submit("rejected")
    log.fail(leased(log), Reason.MODEL_REJECTED)
    log.submit("again")
    log.expire(leased(log))
    log.submit("held", owner="bob")
    leased(log)
    log.submit("canceled")
    log.cancel("canceled")
    log.submit("waits", owner="bob")
    log.now += STAYS_SECONDS
    log.lapse("published")
    log.submit("later", owner="bob")
    unknown = [ImageRecord(), ImageRecord.FromString(b"\x7a\x01k")]
    return [*log.records, *unknown, *unusable()]


def leased(log: JobsLog) -> Job:
    job = log.lease()
    assert job is not None
    return job


def unusable() -> list[ImageRecord]:
    """Return records that fail where something of them is folded already."""
    return [
        ImageRecord(job=Job(id="x" * KEY_BYTES_MAX, state=JOB_STATE_QUEUED)),
        ImageRecord(job=Job(id="z", owner_id="no\0name", state=JOB_STATE_QUEUED)),
        ImageRecord(job=Job(id="waits", worker_id="no\0name", state=JOB_STATE_RUNNING)),
    ]


def fold(space: Space, *log: ImageRecord) -> int:
    """Fold records as a replica does: whole, or set aside; return how many were."""
    state, refused = Jobs(space), 0
    for record in log:
        try:
            with space.whole():
                state.apply(IMAGES.topic, record)
        except ValueError:
            refused += 1
    return refused


def test_other_bytes_have_another_version() -> None:
    space, digest = Space(), hashlib.sha256()
    fold(space, *records())
    for key, value in sorted(contents(space).items()):
        digest.update(b"%d %b %d %b" % (len(key), key, len(value), value))
    assert (FORMAT, digest.hexdigest()[:16]) == FOLDED


def test_a_record_that_cannot_be_folded_leaves_nothing() -> None:
    space = Space()
    assert fold(space, *records()) == len(unusable())
    before = contents(space)
    assert fold(space, *unusable()) == len(unusable())
    assert contents(space) == before


@pytest.mark.parametrize("read", range(0, len(records()), 3))
def test_a_fold_that_is_read_on_from_a_store_gives_the_same(read: int) -> None:
    whole, store = Space(), MemoryStore()
    fold(whole, *records())
    first = Space(store)
    fold(first, *records()[:read])
    store.write(sorted(first.freeze().changes()))
    second = Space(store)
    fold(second, *records()[read:])
    assert contents(second) == contents(whole)


def test_a_state_that_is_read_on_from_knows_who_waits() -> None:
    space = Space()
    fold(space, *records())
    state = Jobs(space)
    assert [state.queue_position(job_id) for job_id in ("again", "waits", "kept")] == [0, 1, 0]
    assert (state.waiting(), state.waiting_of("bob")) == (3, 2)
