"""What every process has, whatever its service adds."""

import asyncio
from pathlib import Path

import pytest

from kanvas_platform.assembly import OwnLog, kept_state, own_log, process
from kanvas_platform.kafka.contract import StoreFailed
from kanvas_platform.kafka.store.folder import FolderUnusable, Format
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.lifecycle import Component, Connections, Readiness
from kanvas_platform.rpc.server import Registration
from kanvas_platform.settings import KeptStateSettings, ServiceSettings
from kanvas_platform.standing import StandingStill
from kanvas_platform.testing.ledger import Ledger, LedgerLogs
from kanvas_platform.testing.memory_broker import MemoryBroker, MemoryCluster
from kanvas_platform.testing.virtual_time import LoopClock
from tests.unit.platform.rpc.servers import LED, OPEN, Jobs

LOGS = LedgerLogs.named("ledger")
FORM = Format("ledger", 1, (LOGS.main, LOGS.side))
SETTINGS = ServiceSettings(
    instance="ledger-1",
    grpc_listen="127.0.0.1:0",
    ops_listen="127.0.0.1:0",
    kafka="127.0.0.1:1",
)


class Idle:
    """A component of a service."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.standing: StandingStill | None = None

    async def run(self) -> None:
        await asyncio.Event().wait()


async def close() -> None:
    pass


def ledger() -> OwnLog[Ledger]:
    cluster = MemoryCluster()
    return own_log(
        service="ledger",
        address="127.0.0.1:1",
        broker=MemoryBroker(cluster=cluster),
        clock=cluster.clock,
        main=LOGS.main,
        sides=[LOGS.side],
        state=Ledger,
        decide=LOGS.decide,
    )


def keeping(folder: Path | None, *, rebuild: bool = False) -> KeptStateSettings:
    common = SETTINGS.model_dump()
    return KeptStateSettings(**common, state_folder=folder, state_rebuild=rebuild)


async def test_a_state_is_kept_where_a_folder_is_named(tmp_path: Path) -> None:
    assert await kept_state(keeping(None), FORM, LoopClock()) is None
    kept = await kept_state(keeping(tmp_path / "state"), FORM, LoopClock())
    assert kept is not None
    assert kept.checkpoint is None
    assert (tmp_path / "state" / FORM.stamp).is_dir()
    kept.store.close()


def set_aside(folder: Path) -> list[Path]:
    return list(folder.glob("*.set-aside-*"))


@pytest.mark.parametrize(
    ("error", "aside"), [(ValueError("no message"), 1), (StoreFailed("no memory"), 0)]
)
async def test_a_store_of_which_no_state_can_be_made_is_set_aside_unless_it_is_away_only(
    tmp_path: Path, error: Exception, aside: int
) -> None:
    cluster = MemoryCluster()

    def make(_space: Space) -> Ledger:
        raise error

    kept = await kept_state(keeping(tmp_path), FORM, LoopClock())
    with pytest.raises(type(error)):
        own_log(
            service="ledger",
            address="127.0.0.1:1",
            broker=MemoryBroker(cluster=cluster),
            clock=cluster.clock,
            main=LOGS.main,
            sides=[LOGS.side],
            state=make,
            decide=LOGS.decide,
            kept=kept,
        )
    assert len(set_aside(tmp_path)) == aside
    again = await kept_state(keeping(tmp_path), FORM, LoopClock())  # the folder is free
    assert again is not None
    again.store.close()


async def test_a_folder_that_cannot_be_used_ends_the_process_or_is_done_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unusable = tmp_path / "file" / "state"
    unusable.parent.touch()
    with pytest.raises(FolderUnusable, match="Not a directory"):
        await kept_state(keeping(unusable), FORM, LoopClock())
    assert await kept_state(keeping(unusable, rebuild=True), FORM, LoopClock()) is None
    said = capsys.readouterr().out
    assert "the state is in memory only" in said
    assert f"The state cannot be kept in {unusable}: Not a directory." in said


def readiness_of(components: list[Component]) -> Readiness:
    (found,) = (one for one in components if isinstance(one, Readiness))
    return found


async def test_the_front_door_stands_before_what_it_needs_and_behind_its_guests() -> None:
    log = ledger()
    components = process(
        SETTINGS,
        log=log,
        services=[Registration(LED, Jobs())],
        components=[*log.components, Idle("materialiser")],
        guests=[Idle("worker")],
        closes=[close],
    )
    assert [component.name for component in components] == [
        "ops",
        "loop-lag",
        "connections",
        "ledger-replica",
        "ledger-writer",
        "materialiser",
        "rpc",
        "worker",
        "readiness",
    ]


async def test_connections_are_closed_when_the_process_ends() -> None:
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    components = process(SETTINGS, services=[], components=[], closes=[close])
    (connections,) = (one for one in components if isinstance(one, Connections))
    running = asyncio.create_task(connections.run())
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert closed.is_set()


async def test_ready_once_the_log_is_folded_and_all_else_holds() -> None:
    log = ledger()
    warm = False
    readiness = readiness_of(
        process(
            SETTINGS,
            log=log,
            services=[Registration(LED, Jobs())],
            components=log.components,
            closes=[],
            requires={"warm": lambda: warm},
        )
    )
    assert readiness.missing() == ["replica", "warm"]
    running = asyncio.create_task(log.replica.run())
    await log.replica.barrier(10)
    assert readiness.missing() == ["warm"]
    warm = True
    assert readiness()
    running.cancel()


async def test_tells_what_stands_still() -> None:
    copier = Idle("copier")
    readiness = readiness_of(
        process(
            SETTINGS,
            services=[Registration(OPEN, Jobs())],
            components=[copier],
            closes=[],
            readers=[copier],
        )
    )
    assert readiness.standing_still() == []
    copier.standing = StandingStill("copier", "kanvas.graph.v1", 7, "hole", 0.0, "5 are missing")
    assert readiness.standing_still() == [copier.standing]
    assert readiness()
