"""REST runs in a process of its own, so that no flood of it touches the loop of the live stream.

The gateway starts the process, speaks with it over a pair of sockets, and stops with it: what asks
is `RestProcess`, what answers is `ParentLink`. Each question is a line of JSON, `[number, what]`;
each answer four bytes of length and then JSON, `[number, answer]`.
"""

import asyncio
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Metric

from kanvas_gateway.block_link import HeardBlocks, hear_blocks
from kanvas_platform.lifecycle import Readiness
from kanvas_platform.observability import get_logger

PROGRAM = "kanvas_gateway.serve_rest"
_POLL_SECONDS = 0.25
_ANSWER_SECONDS = 2.0
_LOOP_SECONDS = 1.0
_HANG_UP_SECONDS = 10.0
_LENGTH = struct.Struct(">I")

_log = get_logger(__name__)


class RestEndedError(Exception):
    """The process of REST died, and this one goes with it."""


class RestProcess:
    """Component that runs REST in a child, with the settings of this process's environment.

    Each of the two ends with the other, however it ends.

    Args:
        blocks: Where the blocks go that REST tells of.
    """

    name = "http"

    def __init__(self, blocks: HeardBlocks) -> None:
        self._blocks = blocks
        self._process: asyncio.subprocess.Process | None = None
        self._channel: _Channel | None = None
        self._ready = False

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The child; None before it is started."""
        return self._process

    @property
    def ready(self) -> bool:
        """Whether REST takes traffic, as far as it said a moment ago."""
        return self._ready

    async def run(self) -> None:
        """Serve until canceled.

        Raises:
            RestEndedError: The process ended although nobody had told it to, or hung up.
        """
        (ours, theirs), (news, telling) = socket.socketpair(), socket.socketpair()
        with ours, news:
            with theirs, telling:
                passed = [theirs.fileno(), telling.fileno()]
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    PROGRAM,
                    *(str(number) for number in passed),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=passed,
                )
            self._process, self._channel = process, _Channel(ours)
            beside = [
                asyncio.create_task(self._watch(self._channel), name="http: watch"),
                asyncio.create_task(hear_blocks(news, self._blocks), name="http: blocks"),
            ]
            try:
                code = await _code(process, beside)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                self._ready = False
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        # The signal kills it where it comes before there is anything that heeds it.
        if code not in (0, -signal.SIGTERM):
            raise RestEndedError(f"REST ended with code {code}")
        # It was told to stop, by us or by somebody who meant all of the gateway.
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    async def drain(self) -> None:
        """Have REST take no more requests; return when the last one is answered."""
        self._ready = False
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    def metrics(self) -> list[Metric]:
        """Return what REST measures; nothing where it does not answer. For any thread."""
        channel = self._channel
        if channel is None:
            return []
        try:
            return [_metric(family) for family in channel.ask("metrics")]
        except OSError as error:
            _log.warning("REST does not tell what it measures", error=repr(error))
            return []

    async def _watch(self, channel: "_Channel") -> None:
        while True:
            try:
                self._ready = not await asyncio.to_thread(channel.ask, "missing")
            except OSError:
                self._ready = False
            await asyncio.sleep(_POLL_SECONDS)


async def _code(process: asyncio.subprocess.Process, beside: list[asyncio.Task[None]]) -> int:
    """Wait for the end of the process; raise what ends a task beside it before.

    Raises:
        RestEndedError: It has hung up and lives on.
    """
    ending = asyncio.create_task(process.wait(), name="http: process")
    try:
        done, _ = await asyncio.wait([ending, *beside], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        # It hangs up just before it ends.
        async with asyncio.timeout(_HANG_UP_SECONDS):
            return await ending
    except TimeoutError as error:
        raise RestEndedError("REST tells of no more blocks") from error
    finally:
        ending.cancel()


class BothMetrics(CollectorRegistry):
    """What this process and that of REST measure; REST's have the label `process="rest"`."""

    def __init__(self, rest: RestProcess) -> None:
        super().__init__()
        self._rest = rest

    def collect(self) -> Iterable[Metric]:
        """Return the families of both, each name once."""
        others = {family.name: family for family in self._rest.metrics()}
        for family in REGISTRY.collect():
            other = others.pop(family.name, None)
            if other is not None:
                both = Metric(family.name, family.documentation, family.type, family.unit)
                both.samples = [*family.samples, *other.samples]
                yield both
            else:
                yield family
        yield from others.values()


class ParentLink:
    """Component of the child that answers its parent, and ends the process with it.

    Args:
        end: The child's end of the pair of sockets.
        ready: Of the child.
    """

    name = "parent"

    def __init__(self, end: socket.socket, ready: Readiness) -> None:
        self._socket = end
        self._socket.setblocking(True)
        self._ready = ready

    async def run(self) -> None:
        """Answer until canceled, from a thread: questions are answered while the loop is busy."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._answer, args=(loop,), name="parent", daemon=True).start()
        await asyncio.Event().wait()

    def missing(self, loop: asyncio.AbstractEventLoop) -> list[str]:
        """Return what keeps the child from taking traffic, as its loop says. For other threads.

        Args:
            loop: The loop; where it does not answer in time, "event-loop" is what is missing.
        """
        found: Future[list[str]] = Future()
        try:
            loop.call_soon_threadsafe(lambda: found.set_result(self._ready.missing()))
            return found.result(_LOOP_SECONDS)
        except (TimeoutError, RuntimeError):  # RuntimeError: the loop is closed
            return ["event-loop"]

    def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            with suppress(OSError), self._socket.makefile("rb") as questions:
                for question in questions:
                    number, what = json.loads(question)
                    answer = _measured() if what == "metrics" else self.missing(loop)
                    text = json.dumps([number, answer]).encode()
                    self._socket.sendall(_LENGTH.pack(len(text)) + text)
        except Exception:  # noqa: BLE001 - the edge of the thread
            _log.exception("the parent cannot be answered")
        finally:
            # The parent is gone or gets no answers, and the next instance needs the port.
            os._exit(1)


class _Channel:
    """The parent's end. Questions are asked one at a time, from any thread."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._lock = threading.Lock()
        self._number = 0
        self._received = bytearray()

    def ask(self, what: str) -> Any:
        """Return the answer to a question.

        Raises:
            OSError: There was none in time.
        """
        if not self._lock.acquire(timeout=_ANSWER_SECONDS):
            raise TimeoutError("another question waits for its answer")
        try:
            deadline = time.monotonic() + _ANSWER_SECONDS
            self._number += 1
            self._end.settimeout(_ANSWER_SECONDS)
            self._end.sendall(json.dumps([self._number, what]).encode() + b"\n")
            while True:
                number, answer = json.loads(self._next(deadline))
                if number == self._number:
                    return answer  # others are answers to questions that were given up
        finally:
            self._lock.release()

    def _next(self, deadline: float) -> bytes:
        self._receive(_LENGTH.size, deadline)
        (length,) = _LENGTH.unpack(self._received[: _LENGTH.size])
        self._receive(_LENGTH.size + length, deadline)
        text = bytes(self._received[_LENGTH.size : _LENGTH.size + length])
        del self._received[: _LENGTH.size + length]
        return text

    def _receive(self, size: int, deadline: float) -> None:
        """Have at least so many bytes; what came stays, whatever comes of the rest."""
        while len(self._received) < size:
            self._end.settimeout(max(0.001, deadline - time.monotonic()))
            part = self._end.recv(1 << 16)
            if not part:
                raise ConnectionResetError("REST has closed the channel")
            self._received += part


def _measured() -> list[Any]:
    """Return the families of this process as JSON."""
    return [
        [
            family.name,
            family.documentation,
            family.type,
            family.unit,
            [[sample.name, sample.labels, sample.value] for sample in family.samples],
        ]
        for family in REGISTRY.collect()
    ]


def _metric(family: list[Any]) -> Metric:
    name, documentation, kind, unit, samples = family
    metric = Metric(name, documentation, kind, unit)
    for sample, labels, value in samples:
        metric.add_sample(sample, {**labels, "process": "rest"}, value)
    return metric
