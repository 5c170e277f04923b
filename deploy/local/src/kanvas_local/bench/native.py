"""The load generators in C: clients of a stream, and the loop that is its physical limit.

`make bench` builds them into `.local/bench-tools`. Both talk in lines (see their sources).
"""

from __future__ import annotations

import asyncio
import contextlib
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY

TOOLS = REPOSITORY / ".local" / "bench-tools"
_ANSWER_SECONDS = 120.0


@dataclass(frozen=True)
class Arrival:
    """When events arrived, in seconds of the monotonic clock.

    Attributes:
        first: The first event, anywhere.
        last: The last event, on the last socket.
        frame_bytes: How long the frame of one event is.
    """

    first: float
    last: float
    frame_bytes: int


class _Tool:
    """One process in C. `close` ends it."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the process has no pipes")
        self._process = process
        self._commands, self._answers = process.stdin, process.stdout

    @classmethod
    async def _start(cls, name: str, *arguments: object) -> Process:
        return await asyncio.create_subprocess_exec(
            TOOLS / name, *map(str, arguments), stdin=PIPE, stdout=PIPE
        )

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    async def close(self) -> None:
        """End the process, and with it its sockets."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def _tell(self, command: str) -> None:
        self._commands.write(f"{command}\n".encode())

    async def _hear(self, word: str) -> list[int]:
        """Return the numbers that follow `word` in the next line.

        Raises:
            StackError: The tool says something else, or nothing for two minutes.
        """
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                text = (await self._answers.readline()).decode(errors="replace").strip()
        except TimeoutError:
            text = f"nothing for {_ANSWER_SECONDS:.0f} s"
        said, *numbers = text.split() or [""]
        if said != word:
            raise StackError(f"A load generator should have said {word!r} and said: {text!r}")
        return [int(one) for one in numbers]


class Sockets(_Tool):
    """Clients of a live stream."""

    @classmethod
    async def open(
        cls, port: int, count: int, stream: str = "", tokens: Path | None = None
    ) -> Sockets:
        """Connect `count` clients; return once each is subscribed.

        Args:
            port: Of the stream, on loopback.
            count: How many.
            stream: What they subscribe to; empty for nothing.
            tokens: A file with a token a line, where they are to authenticate.

        Raises:
            StackError: One of them could not.
        """
        arguments = [stream] * bool(stream) + [str(tokens)] * (tokens is not None)
        tool = cls(await cls._start("sockets", port, count, *arguments))
        try:
            await tool._hear("ready")
        except BaseException:
            await tool.close()
            raise
        return tool

    async def expect(self, events: int) -> None:
        """Count from now on, until each socket has got so many events.

        Raises:
            StackError: Sockets got events that nobody expected.
        """
        self._tell(f"expect {events}")
        (stray,) = await self._hear("expecting")
        if stray:
            raise StackError(f"{stray} events came that nobody had caused: the run is worthless.")

    async def arrival(self) -> Arrival:
        """Return once every socket has got what was expected.

        Raises:
            StackError: A socket was lost, or nothing came for two minutes.
        """
        first, last, frame_bytes = await self._hear("reached")
        return Arrival(first / 1e9, last / 1e9, frame_bytes)


@dataclass(frozen=True)
class LoopRun:
    """What the loop did.

    Attributes:
        first: When it began, in seconds of the monotonic clock.
        cpu_seconds: CPU time that it took.
    """

    first: float
    cpu_seconds: float


class SendLoop(_Tool):
    """A loop of `send` over sockets: what the kernel allows, and nothing else."""

    @classmethod
    async def listen(cls, port: int, count: int) -> SendLoop:
        """Start it; it waits for `count` sockets. Call `ready` once they are connected."""
        tool = cls(await cls._start("send_loop", port, count))
        try:
            await tool._hear("listening")
        except BaseException:
            await tool.close()
            raise
        return tool

    async def ready(self) -> None:
        """Return once all sockets are there."""
        await self._hear("ready")

    async def send(self, frame_bytes: int) -> LoopRun:
        """Send one event of `frame_bytes` to every socket."""
        self._tell(f"send 1 {frame_bytes}")
        first, _, cpu = await self._hear("sent")
        return LoopRun(first / 1e9, cpu / 1e9)
