"""Give work to a worker that asks, or let the worker wait."""

from kanvas.images.v1.records_pb2 import Job
from kanvas_imagegen.domain.commands import Lease
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.live_jobs import LiveJobs
from kanvas_platform.clock import Clock
from kanvas_platform.errors import NotLeader
from kanvas_platform.ids import parse_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.waiting import set_within

_COMMIT_SECONDS = 3.0
_LOOK_SECONDS = 1.0


async def lease_job(
    worker_id: str,
    *,
    live: LiveJobs,
    replica: FoldedLog[Jobs],
    commands: Commands,
    clock: Clock,
    wait: float,
) -> Job | None:
    """Return the job that the worker holds now; None after `wait` seconds in which none was due.

    A worker holds one job at most: a worker that asks again gets the job that it holds.

    Raises:
        InvalidArgument: The id is not well formed.
        NotLeader: Another instance leads.
        KanvasError: As `Writer.submit` raises it.
    """
    worker_id = parse_id(worker_id, "worker_id")
    deadline = clock.monotonic() + wait
    while True:
        if not commands.leads:
            raise NotLeader("Jobs are leased by the leader.")
        arrival = live.arrival()
        now = clock.now()
        state = replica.state
        if state.held_by(worker_id) is None and state.next_due(now) is not None:
            command = Command.of_writer(Lease(worker_id))
            await commands.submit(command, _COMMIT_SECONDS)
        held = state.held_by(worker_id)
        left = deadline - clock.monotonic()
        if held is not None or left <= 0 or live.closing:
            return held
        if state.next_due(now) is None:
            await set_within(arrival, min(left, _until_due(state, now), _LOOK_SECONDS), clock)


def _until_due(state: Jobs, now: float) -> float:
    due_at = state.next_due_at()
    return _LOOK_SECONDS if due_at is None else max(0.01, due_at - now)
