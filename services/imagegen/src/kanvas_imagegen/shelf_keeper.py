"""What the leader does once a minute: forget the jobs whose time is over."""

from kanvas_imagegen import metrics
from kanvas_imagegen.domain.commands import Lapse
from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.observability import get_logger

LOOK_SECONDS = 60.0

_COMMIT_SECONDS = 5.0

_log = get_logger(__name__)


class ShelfKeeper:
    """Component that forgets each job whose time is over, by a record, one after the other.

    So a job leaves the shelf at the same position on every instance. What is left over at a
    failure is found at the next look, here or with whoever leads then.
    """

    name = "shelf-keeper"

    def __init__(self, *, replica: FoldedLog[Jobs], commands: Commands, clock: Clock) -> None:
        self._replica = replica
        self._commands = commands
        self._clock = clock

    async def run(self) -> None:
        """Look once a minute, until canceled."""
        while True:
            try:
                await self._look()
            except KanvasError as error:
                _log.warning("kept jobs not forgotten", reason=error.reason)
            await self._clock.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        while self._commands.leads and (job_id := self._due()) is not None:
            command = Command.of_writer(Lapse(job_id))
            await self._commands.submit(command, _COMMIT_SECONDS)
            metrics.lapsed.inc()

    def _due(self) -> str | None:
        first = self._replica.state.first_to_lapse()
        if first is None or first[0] > self._clock.now():
            return None
        return first[1]
