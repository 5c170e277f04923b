"""What a worker may report, and what is refused before it is decided."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.complete_job import complete_job
from kanvas_imagegen.domain.commands import Complete, Fail
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.errors import LeaseLost
from kanvas_imagegen.fail_job import fail_job
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_imagegen.report_progress import MOST_PREVIEW_BYTES, report_progress
from kanvas_platform.errors import InvalidArgument, NotLeader
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.testing.clock import ManualClock
from tests.unit.imagegen.jobs_log import JobsLog

PICTURE = Picture(
    sha256="ab" * 32,
    media_type="image/webp",
    width=64,
    height=64,
    size_bytes=9,
    placeholder="#102030",
)


class Held:
    """A job that a worker holds, and the commands that its reports become."""

    def __init__(self) -> None:
        self.live = LiveJobs(clock=ManualClock())
        self.log = JobsLog()
        self.job_id = new_id()
        self.log.submit(self.job_id)
        self.job = self.log.lease()
        self.leads = True
        self.commands: list[object] = []

    async def submit(self, command: Command, timeout: float) -> None:
        self.commands.append(command.body)

    def report(self, step: int = 1, of: int = 8, preview: bytes = b"", attempt: int = 1) -> None:
        commands: Any = SimpleNamespace(leads=self.leads)
        report_progress(
            self.job_id,
            attempt,
            step=step,
            of=of,
            preview=preview,
            live=self.live,
            jobs=self.log.state,
            commands=commands,
        )

    def complete(self, picture: Picture = PICTURE, seconds: float = 1.5) -> None:
        commands: Any = self
        asyncio.run(
            complete_job(
                self.job_id, 1, picture, seconds, keep_seconds=60.0, commands=commands, timeout=1.0
            )
        )

    def fail(self, reason: str, *, transient: bool, attempt: int = 1) -> None:
        commands: Any = self
        asyncio.run(
            fail_job(
                self.job_id,
                attempt,
                reason,
                "m" * 999,
                transient=transient,
                keep_seconds=60.0,
                live=self.live,
                jobs=self.log.state,
                commands=commands,
                timeout=1.0,
            )
        )


def fields(refused: pytest.ExceptionInfo[InvalidArgument]) -> list[str]:
    return [violation.field for violation in refused.value.violations]


@pytest.mark.parametrize(
    ("report", "named"),
    [
        ({"step": -1}, ["step"]),
        ({"step": 9}, ["step"]),
        ({"preview": bytes(MOST_PREVIEW_BYTES + 1)}, ["preview"]),
    ],
)
def test_a_report_that_is_not_well_formed_is_refused(
    report: dict[str, Any], named: list[str]
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        Held().report(**report)
    assert fields(refused) == named


def test_a_report_is_kept_by_the_leader_for_the_attempt_that_holds_the_job() -> None:
    held = Held()
    held.report(step=3)
    assert held.job is not None
    assert held.live.progress(held.job).step == 3
    with pytest.raises(LeaseLost):
        held.report(attempt=2)
    held.leads = False
    with pytest.raises(NotLeader):
        held.report(step=4)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", "AB" * 32),
        ("sha256", "ab" * 31),
        ("media_type", "image/gif"),
        ("placeholder", "#12345"),
        ("width", 0),
        ("height", -1),
        ("size_bytes", 0),
    ],
)
def test_a_picture_that_is_not_well_formed_is_refused(field: str, value: object) -> None:
    picture = Picture()
    picture.CopyFrom(PICTURE)
    setattr(picture, field, value)
    held = Held()
    with pytest.raises(InvalidArgument) as refused:
        held.complete(picture)
    assert fields(refused) == [f"picture.{field}"]
    assert held.commands == []


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 25 * 3600.0])
def test_a_picture_costs_a_time_that_there_is(seconds: float) -> None:
    with pytest.raises(InvalidArgument) as refused:
        Held().complete(seconds=seconds)
    assert fields(refused) == ["compute_seconds"]


def test_a_picture_becomes_a_command() -> None:
    held = Held()
    held.complete()
    assert held.commands == [Complete(held.job_id, 1, PICTURE, 1.5, 60.0)]


@pytest.mark.parametrize(
    ("reason", "transient", "named"),
    [
        ("BORED", False, ["failure.reason"]),
        (Reason.LEASE_EXPIRED, True, ["failure.reason"]),
        (Reason.ATTEMPTS_EXHAUSTED, False, ["failure.reason"]),
        (Reason.MODEL_FAULT, True, ["transient"]),
        (Reason.STORE_UNAVAILABLE, False, ["transient"]),
    ],
)
def test_a_worker_gives_a_reason_of_its_own(reason: str, transient: bool, named: list[str]) -> None:
    held = Held()
    with pytest.raises(InvalidArgument) as refused:
        held.fail(reason, transient=transient)
    assert fields(refused) == named
    assert held.commands == []


def test_a_failure_counts_for_the_attempt_that_holds_the_job_alone() -> None:
    held = Held()
    held.fail(Reason.MODEL_FAULT, transient=False)
    held.fail(Reason.MODEL_FAULT, transient=False, attempt=2)
    message = "m" * 300
    assert held.commands == [
        Fail(held.job_id, 1, Reason.MODEL_FAULT, message, 1, 60.0),
        Fail(held.job_id, 2, Reason.MODEL_FAULT, message, 0, 60.0),
    ]
