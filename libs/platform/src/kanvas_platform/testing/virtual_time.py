"""An event loop on which waiting takes no time, for simulations of hours in seconds."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_START = 1_800_000_000.0


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting, tells how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nothing can happen any more: every task waits for another")
        self.skipped += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to the next timer whenever nothing is left to do. No real I/O.

    Attributes:
        thread_seconds: Returns how long the next piece of work in a thread takes.
    """

    def __init__(self) -> None:
        self.thread_seconds: Callable[[], float] = lambda: 0.01
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the seconds skipped so far."""
        return self._jumping.skipped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run a function on the loop, a while later: real threads know no virtual time."""
        done: asyncio.Future[T] = self.create_future()

        def work() -> None:
            if done.done():
                return
            try:
                done.set_result(func(*args))
            except Exception as error:  # noqa: BLE001 - whoever waits gets it, as from a thread
                done.set_exception(error)

        self.call_later(self.thread_seconds(), work)
        return done


class LoopClock:
    """A `Clock` that shows the time of the running event loop."""

    def now(self) -> float:
        """Return a fixed Unix time plus the time of the loop."""
        return _START + self.monotonic()

    def monotonic(self) -> float:
        """Return the time of the loop."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the loop."""
        await asyncio.sleep(max(0.0, seconds))


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a new `VirtualTimeLoop`."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
