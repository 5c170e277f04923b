"""How a process lives: components in one task group, a drain on SIGTERM, an honest exit code.

    build → run all → SIGTERM → drain → cancel → exit 0
                   └→ a component dies → cancel all → exit 1

Components are listed in order of dependency: later ones use earlier ones. Drain and cancellation
go the other way, front door first: `[ops, replica, writer, rpc, readiness]` says "draining", lets
the calls in progress finish while the writer still works, and answers `/livez` to the last.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, runtime_checkable

import uvloop

from kanvas_platform import cancellation
from kanvas_platform.observability import get_logger
from kanvas_platform.standing import Standing, StandingStill

_log = get_logger(__name__)

_SLOW_STOP_SECONDS = 5.0


class Component(Protocol):
    """A part of a process that runs until it is canceled."""

    @property
    def name(self) -> str:
        """Short name for logs, unique in the process."""

    async def run(self) -> None:
        """Run until canceled. To return or to raise takes the process down."""


@runtime_checkable
class Drainable(Protocol):
    """A component that can stop taking work in and finish what it has."""

    async def drain(self) -> None:
        """Return once nothing is in progress. Canceled when the drain takes too long."""


Build = Callable[[], Awaitable[Sequence[Component]]]


class Readiness:
    """What must hold before this process takes traffic. List it last among the components.

    Apart from that it tells what stands still until an operator acts, whether or not the process
    can take traffic meanwhile. Use from the event loop only.
    """

    name = "readiness"

    def __init__(self) -> None:
        self._probes: dict[str, Callable[[], bool]] = {}
        self._watched: list[Standing] = []
        self._draining = False

    def require(self, name: str, probe: Callable[[], bool]) -> None:
        """Be ready only while `probe` says so. It must be cheap and never raise."""
        self._probes[name] = probe

    def watch(self, *readers: Standing) -> None:
        """Tell of these where they stand still."""
        self._watched.extend(readers)

    def standing_still(self) -> list[StandingStill]:
        """Return what stands still, and where."""
        return [found for watched in self._watched if (found := watched.standing) is not None]

    def missing(self) -> list[str]:
        """Return the names of what is not ready; empty when traffic may come."""
        names = [name for name, probe in self._probes.items() if not probe()]
        return ["draining", *names] if self._draining else names

    def __call__(self) -> bool:
        """Return whether traffic may come."""
        return not self.missing()

    async def run(self) -> None:
        """Do nothing until canceled."""
        await asyncio.Event().wait()

    async def drain(self) -> None:
        """Be ready no more."""
        self._draining = True


class Connections:
    """Component that outlives those that use some connections, and closes them then.

    List it before its users: cancellation goes in reverse.
    """

    name = "connections"

    def __init__(self, *closers: Callable[[], Awaitable[None]]) -> None:
        self._closers = closers

    async def run(self) -> None:
        """Do nothing until canceled; then close, in the order given."""
        try:
            await asyncio.Event().wait()
        finally:
            for close in self._closers:
                await close()


class ComponentEndedError(Exception):
    """A component ended although nobody had canceled it."""


def serve(build: Build, *, drain_seconds: float) -> None:
    """Run a process until SIGTERM or SIGINT, then drain and return.

    Args:
        build: Makes the components, in order of dependency, on the running loop.
        drain_seconds: How long all drains together may take before the rest is canceled.

    Raises:
        SystemExit: With code 1, after the reason was logged: the build failed or a component
            died.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_live(build, drain_seconds))
        except Exception:  # noqa: BLE001 - the edge of the process: logged, then exit code 1
            _log.exception("process failed")
            raise SystemExit(1) from None


async def _live(build: Build, drain_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    components = await _unless(stopping, build())
    if components is None:
        _log.info("stopped before it was built")
        return
    async with asyncio.TaskGroup() as group:
        tasks = [
            (component, group.create_task(_run(component), name=component.name))
            for component in components
        ]
        _log.info("started", components=[component.name for component in components])
        await stopping.wait()
        _log.info("draining", seconds=drain_seconds)
        await _drain(components, drain_seconds)
        for component, task in reversed(tasks):
            await _cancel(component, task)
    _log.info("stopped")


async def _unless(
    stopping: asyncio.Event, building: Awaitable[Sequence[Component]]
) -> Sequence[Component] | None:
    build = asyncio.ensure_future(building)
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((build, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if build.done():
        return build.result()
    build.cancel()
    await asyncio.wait((build,))
    return None


async def _run(component: Component) -> None:
    try:
        await component.run()
    except asyncio.CancelledError:
        if cancellation.is_asked_for():
            raise
        # Some library's own cancellation: a task group would take it for an orderly end.
        raise ComponentEndedError(f"{component.name} was canceled by nobody") from None
    raise ComponentEndedError(f"{component.name} returned")


async def _drain(components: Sequence[Component], seconds: float) -> None:
    draining = ""
    try:
        async with asyncio.timeout(seconds):
            for component in reversed(components):
                if isinstance(component, Drainable):
                    draining = component.name
                    await _drain_one(component, draining)
    except TimeoutError:
        _log.warning("drain took too long, canceling the rest", component=draining)


async def _drain_one(component: Drainable, name: str) -> None:
    try:
        await component.drain()
    except Exception:  # noqa: BLE001 - the others must still drain
        _log.exception("drain failed", component=name)


async def _cancel(component: Component, task: asyncio.Task[None]) -> None:
    task.cancel()
    done, _ = await asyncio.wait((task,), timeout=_SLOW_STOP_SECONDS)
    if not done:
        _log.warning("slow to stop", component=component.name)
        await asyncio.wait((task,))
