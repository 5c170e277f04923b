"""A process as its calls to Kafka know it: one that may be stopped, killed or cut off."""

import asyncio
from collections.abc import Awaitable, Callable

from kanvas_platform.kafka.broker.port import BrokerUnavailable

_HEARTBEAT_SECONDS = 0.3


class Process:
    """One process, which passes a step wherever a call goes out or an answer comes in.

    Attributes:
        on_step: Awaited at each step, with its name: here a test stops or kills the process.
        reachable: While False, calls raise BrokerUnavailable.
        heartbeats: Done, each of them, at the first heartbeat after a stop.
    """

    def __init__(self, on_step: Callable[[str], Awaitable[None]] | None = None) -> None:
        self.on_step = on_step
        self.reachable = True
        self.heartbeats: list[Callable[[], None]] = []
        self._running = asyncio.Event()
        self._running.set()

    @property
    def stopped(self) -> bool:
        """Whether the process is stopped."""
        return not self._running.is_set()

    def stop(self) -> None:
        """Stop the process, as SIGSTOP does: nothing goes out, nothing comes in."""
        self._running.clear()

    def wake(self) -> None:
        """Let the process go on, as SIGCONT does. Its next heartbeat tells it what it missed."""
        self._running.set()
        asyncio.get_running_loop().call_later(_HEARTBEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        for heartbeat in self.heartbeats:
            heartbeat()

    async def step(self, name: str) -> None:
        """Pass a point at which the process may be stopped, killed or cut off.

        Raises:
            BrokerUnavailable: The process is cut off.
        """
        await self._running.wait()
        if self.on_step is not None:
            await self.on_step(name)
            await self._running.wait()
        await asyncio.sleep(0)
        if not self.reachable:
            raise BrokerUnavailable(f"not reachable: {name}")
