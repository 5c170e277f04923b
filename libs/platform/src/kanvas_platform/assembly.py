"""What the processes of all services have in common. A `bootstrap` adds what is special in its own.

log = own_log(service=…, main=…, state=…, decide=…, …)
return process(settings, log=log, components=[*log.components, …], services=[…], closes=[…])
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from prometheus_client import REGISTRY, CollectorRegistry

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.port import Broker
from kanvas_platform.kafka.contract import Decide, OnApplied, State
from kanvas_platform.kafka.reading.kept import Kept, open_kept
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.kafka.store.folder import FolderUnusable, Format
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.kafka.writing.writer import Writer
from kanvas_platform.lifecycle import Component, Connections, Readiness
from kanvas_platform.observability import LoopLag, get_logger
from kanvas_platform.ops import OpsServer
from kanvas_platform.rpc.server import Registration, RpcServer
from kanvas_platform.settings import KeptStateSettings, ServiceSettings
from kanvas_platform.standing import Standing

S = TypeVar("S", bound=State)

_log = get_logger(__name__)


@dataclass(frozen=True)
class OwnLog(Generic[S]):
    """The log that a service writes, with its side logs, as an instance holds it.

    Attributes:
        replica: Folds the log into the state that reads look at.
        writer: Takes commands while this instance leads.
        kept: Where the state stands on disk, if it does.
    """

    replica: Replica[S]
    writer: Writer[S]
    kept: Kept | None = None

    @property
    def components(self) -> list[Component]:
        """What has to run, in order of dependency."""
        own: list[Component] = [self.replica, self.writer]
        return own if self.kept is None else [self.kept.flusher, *own]


async def kept_state(settings: KeptStateSettings, form: Format, clock: Clock) -> Kept | None:
    """Open the state that an instance keeps on disk, for `own_log`; None where it keeps none.

    Raises:
        FolderUnusable: The folder cannot be used, and the settings do not say `state_rebuild`.
        StoreFailed: The store cannot be read at present.
    """
    if settings.state_folder is None:
        return None
    try:
        return await open_kept(
            settings.state_folder,
            form,
            rebuild=settings.state_rebuild,
            clock=clock,
            name=_replica_name(form.service),
        )
    except FolderUnusable as error:
        if not settings.state_rebuild:
            raise
        _log.error("the state is in memory only, and folded anew at each start", why=str(error))
        return None


def own_log(
    *,
    service: str,
    address: str,
    broker: Broker,
    clock: Clock,
    main: LogSpec,
    sides: Sequence[LogSpec] = (),
    state: Callable[[Space], S],
    decide: Decide[S],
    on_applied: OnApplied | None = None,
    kept: Kept | None = None,
    on_leadership: Callable[[bool], None] | None = None,
) -> OwnLog[S]:
    """Return the log of a service, not running yet.

    Args:
        service: Name of the service; also that of the replica in logs and metrics.
        address: `host:port` where this instance takes forwarded commands.
        broker: Where the logs are.
        clock: Time.
        main: The main log.
        sides: Its side logs.
        state: Makes the state, a view of the space that it is given; see `Replica`.
        decide: What a command makes.
        on_applied: Called after each record that was folded.
        kept: Where the state stands on disk; None: it is folded from the beginning, in memory.
        on_leadership: Called when leadership is taken or lost; see `Writer`.

    Raises:
        Exception: No state can be made of what is kept; the next process begins without it.
    """
    try:
        replica = Replica(
            broker=broker,
            main=main,
            sides=sides,
            state=state,
            clock=clock,
            on_applied=on_applied,
            kept=kept,
            name=_replica_name(service),
        )
    except Exception as error:
        if kept is not None:
            kept.give_up(error)
        raise
    writer = Writer(
        service=service,
        address=address,
        replica=replica,
        decide=decide,
        broker=broker,
        clock=clock,
        on_leadership=on_leadership,
    )
    return OwnLog(replica, writer, kept)


def _replica_name(service: str) -> str:
    return f"{service}-replica"


def process(
    settings: ServiceSettings,
    *,
    services: Sequence[Registration],
    components: Sequence[Component],
    closes: Sequence[Callable[[], Awaitable[None]]],
    log: OwnLog[Any] | None = None,
    guests: Sequence[Component] = (),
    readers: Sequence[Standing] = (),
    requires: Mapping[str, Callable[[], bool]] | None = None,
    registry: CollectorRegistry = REGISTRY,
) -> list[Component]:
    """Return the components of a process, in order of dependency, for `lifecycle.serve`.

    Args:
        settings: Say where gRPC and the ops port are served.
        services: What gRPC serves.
        components: What stands behind gRPC, in order of dependency; the log's own included.
        closes: Closed when everything else has ended: connections.
        log: The log that this service writes. Calls for the leader go where it is led, and the
            process is ready only while the replica is.
        guests: What comes in by this process' own gRPC, and so is drained before it.
        readers: What may stand still besides the replica; `/readyz` tells of it.
        requires: By name, what else must hold before traffic may come; cheap, never raises.
        registry: What `/metrics` shows.
    """
    readiness = Readiness()
    if log is not None:
        replica = log.replica
        readiness.require("replica", lambda: replica.ready)
        readiness.watch(replica)
    for name, probe in (requires or {}).items():
        readiness.require(name, probe)
    readiness.watch(*readers)
    server = RpcServer(
        listen=settings.grpc_listen,
        services=services,
        leader=None if log is None else log.writer,
        ready=readiness,
    )
    return [
        OpsServer(settings.ops_listen, readiness, registry),
        LoopLag(),
        Connections(*closes),
        *components,
        server,
        *guests,
        readiness,
    ]
