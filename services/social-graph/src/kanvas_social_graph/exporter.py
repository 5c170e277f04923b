"""What the leader does for exports: makes those that were asked for, and removes what is over."""

import asyncio
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from kanvas.graph.v1.records_pb2 import EXPORT_STATE_ASKED, EXPORT_STATE_READY, Export
from kanvas.graph.v1.service_pb2 import ExportProgress
from kanvas_platform.backoff import doubling
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError, NotLeader
from kanvas_platform.kafka.contract import Command, StoreFailed
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.observability import get_logger
from kanvas_platform.timestamps import to_seconds
from kanvas_social_graph import metrics
from kanvas_social_graph.domain.commands import FailExport, FinishExport, RemoveExport
from kanvas_social_graph.domain.exports import is_wanted
from kanvas_social_graph.make_export import Belongings, make_export
from kanvas_social_graph.ports import Archives, GraphReplica

LOOK_SECONDS: Final = 1.0
SWEEP_SECONDS: Final = 3600.0

_AT_ONCE: Final = 100
_COMMIT_SECONDS: Final = 5.0
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0

_log = get_logger(__name__)


@dataclass
class Underway:
    """The export that this instance is making, and how far it is.

    Attributes:
        export_id: Empty while there is none.
    """

    export_id: str = ""
    progress: ExportProgress = field(default_factory=ExportProgress)


@dataclass(frozen=True)
class ExportRules:
    """How long exports may take, and stay.

    Attributes:
        keep_seconds: How long an archive is kept.
        give_up_seconds: An export that was not made so long after it was asked for has failed.
        pause_seconds: How long after one was asked for another one may be.
    """

    keep_seconds: float
    give_up_seconds: float
    pause_seconds: float


class Exporter:
    """Component that makes exports, one after the other, the one that waits longest first.

    An attempt that dies, here or with the whole process, is begun anew from its beginning by
    whoever leads then. One that fails is tried again after a growing pause, in which others have
    their turn.
    """

    name = "exporter"

    def __init__(
        self,
        *,
        belongings: Belongings,
        commands: Commands,
        archives: Archives,
        clock: Clock,
        rules: ExportRules,
        underway: Underway,
    ) -> None:
        self._belongings = belongings
        self._commands = commands
        self._archives = archives
        self._clock = clock
        self._rules = rules
        self._underway = underway
        self._failures: dict[str, tuple[int, float]] = {}

    async def run(self) -> None:
        """Look every second, until canceled."""
        while True:
            try:
                asked = self._asked()
            except StoreFailed as error:
                _log.warning("exports cannot be read at present", error=str(error))
                asked = []
            for export in asked:
                try:
                    await self._serve(export)
                except KanvasError as error:
                    self._postpone(export, error.reason)
                except Exception:  # noqa: BLE001 - what one export meets is nothing to the others
                    _log.exception("export met a fault")
                    self._postpone(export, "FAULT")
            await self._clock.sleep(LOOK_SECONDS)

    def _asked(self) -> list[Export]:
        if not self._commands.leads:
            return []
        due = self._belongings.replica.state.exports_due(EXPORT_STATE_ASKED)
        exports = [export for _, export in islice(due, _AT_ONCE)]
        ids = {export.id for export in exports}
        self._failures = {one: when for one, when in self._failures.items() if one in ids}
        return exports

    async def _serve(self, export: Export) -> None:
        """Make an export, or give it up, if it is its turn."""
        left = to_seconds(export.asked_at) + self._rules.give_up_seconds - self._clock.now()
        _, not_before = self._failures.get(export.id, (0, 0.0))
        if left > 0 and self._clock.monotonic() < not_before:
            return
        try:
            async with asyncio.timeout(max(0.0, left)) as limit:
                await self._make(export)
        except TimeoutError:
            if not limit.expired():
                raise  # something else's, which may come off at the next attempt
            await self._submit(FailExport(export.account_id, export.id))
            metrics.exports.labels("given_up").inc()
            _log.error("export given up", seconds=self._rules.give_up_seconds)

    async def _make(self, export: Export) -> None:
        self._underway.export_id = export.id
        self._underway.progress = ExportProgress()
        try:
            archive = await make_export(
                export,
                belongings=self._belongings,
                archives=self._archives,
                now=self._clock.now(),
                progress=self._underway.progress,
                go_on=self._check_leads,
            )
            await self._submit(
                FinishExport(export.account_id, export.id, archive, self._rules.keep_seconds)
            )
        finally:
            self._underway.export_id = ""
        metrics.exports.labels("made").inc()
        metrics.export_bytes.inc(archive.size_bytes)

    def _postpone(self, export: Export, reason: str) -> None:
        tries, _ = self._failures.get(export.id, (0, 0.0))
        pause = doubling(tries, first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
        self._failures[export.id] = (tries + 1, self._clock.monotonic() + pause)
        metrics.exports.labels("failed").inc()
        _log.warning("export not made yet", reason=reason, tries=tries + 1, pause=pause)

    def _check_leads(self) -> None:
        if not self._commands.leads:
            raise NotLeader("Another instance makes the export.")

    async def _submit(self, body: FailExport | FinishExport) -> None:
        await self._commands.submit(Command.of_writer(body), _COMMIT_SECONDS)


class ExportKeeper:
    """Component that removes archives: those that were kept long enough, and those nobody wants.

    Each that was kept long enough is gone by a record first, so that nobody is led to it any more.
    Once an hour all that the store holds is compared with the state: attempts that died, archives
    whose place another export took, and those of accounts that are no more, are found so.
    """

    name = "export-keeper"

    def __init__(
        self, *, replica: GraphReplica, commands: Commands, archives: Archives, clock: Clock
    ) -> None:
        self._replica = replica
        self._commands = commands
        self._archives = archives
        self._clock = clock
        self._sweep_at = 0.0

    async def run(self) -> None:
        """Look every second, until canceled."""
        while True:
            if self._commands.leads:
                try:
                    await self._remove_outdated()
                    if self._clock.monotonic() >= self._sweep_at:
                        await self._sweep()
                        self._sweep_at = self._clock.monotonic() + SWEEP_SECONDS
                except KanvasError as error:
                    _log.warning("archives of exports not removed", error=str(error))
            await self._clock.sleep(LOOK_SECONDS)

    async def _remove_outdated(self) -> None:
        while self._commands.leads and (export := self._outdated()) is not None:
            body = RemoveExport(export.account_id, export.id)
            command = Command.of_writer(body)
            await self._commands.submit(command, _COMMIT_SECONDS)
            await self._archives.remove(export.archive.name)

    def _outdated(self) -> Export | None:
        for due, export in self._replica.state.exports_due(EXPORT_STATE_READY):
            return export if due.seconds <= self._clock.now() else None
        return None

    async def _sweep(self) -> None:
        # In this order: what the list holds was asked for before, so the state knows of it.
        names = await self._archives.names()
        await self._replica.barrier(_COMMIT_SECONDS)
        exports = self._replica.state.exports
        for name in names:
            account_id = name.partition("/")[0]
            if not is_wanted(name, exports.get(account_id)):
                await self._archives.remove(name)
                metrics.swept.inc()
