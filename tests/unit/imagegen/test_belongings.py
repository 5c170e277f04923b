"""What of an erased account goes, by the commands that the eraser submits."""

from kanvas.images.v1.records_pb2 import JOB_STATE_CANCELED
from kanvas_imagegen.domain.belongings import belongings
from kanvas_imagegen.domain.commands import EraseJobs
from kanvas_platform.eraser import KEYS_AT_ONCE
from tests.unit.imagegen.jobs_log import JobsLog


def test_nothing_stays_of_what_somebody_asked_for_or_has_painted() -> None:
    log = JobsLog()
    log.publish(log.paint("published").id)
    log.paint("kept")
    log.submit("leased")
    log.lease("w1")
    log.submit("waits")
    log.submit("of bob", owner="bob")
    body = belongings(log.state, "ana")
    assert body == EraseJobs("ana", ("waits", "leased", "kept", "published"))
    log.do(body)
    for job_id in body.job_ids:
        job = log.get(job_id)
        assert not job.HasField("spec")
        assert not job.HasField("picture")
    assert log.get("leased").state == JOB_STATE_CANCELED
    assert log.state.waiting() == 1
    assert log.get("of bob").HasField("spec")
    assert log.shelf() == []
    assert belongings(log.state, "ana") is None


def test_an_account_with_many_jobs_goes_in_steps() -> None:
    log = JobsLog()
    for number in range(KEYS_AT_ONCE // 2 + 1):
        log.paint(f"j{number}")
    sizes = []
    while (body := belongings(log.state, "ana")) is not None:
        assert len(log.do(body)) <= KEYS_AT_ONCE
        sizes.append(len(body.job_ids))
    assert sizes == [KEYS_AT_ONCE // 2, 1]


def test_only_the_jobs_of_the_account_go() -> None:
    log = JobsLog()
    log.submit("of bob", owner="bob")
    assert log.do(EraseJobs("ana", ("of bob", "unknown"))) == []
