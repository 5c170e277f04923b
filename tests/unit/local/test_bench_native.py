"""The load generators in C: their parser of frames, and a whole measurement on loopback."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess

import pytest

from kanvas_local.bench.native import TOOLS, SendLoop, Sockets
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")

TEXT, PING = 0x81, 0x89


@pytest.fixture(autouse=True, scope="module")
def built() -> None:
    """Build the tools as `make bench` does."""
    names = [f".local/bench-tools/{name}" for name in ("frames_dump", "sockets", "send_loop")]
    subprocess.run(["make", "-s", *names], cwd=REPOSITORY, check=True)


def _frame(payload: bytes, first: int = TEXT) -> bytes:
    length = len(payload)
    if length < 126:
        return bytes((first, length)) + payload
    if length < 65536:
        return struct.pack("!BBH", first, 126, length) + payload
    return struct.pack("!BBQ", first, 127, length) + payload


def _parsed(data: bytes, part: int) -> list[str]:
    done = subprocess.run(
        [TOOLS / "frames_dump", str(part)], input=data, capture_output=True, check=False
    )
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize("part", [1, 2, 3, 7, 1_000, 65_536])
def test_frames_are_the_same_however_their_bytes_arrive(part: int) -> None:
    payloads = [b"", b"a", b"x" * 125, b"y" * 126, b"z" * 65_535, b"w" * 65_536]
    data = b"".join([*map(_frame, payloads), _frame(b"", PING), _frame(b"end")])
    assert _parsed(data, part) == [
        "1 2 ", "1 3 a", f"1 127 {'x' * 125}", f"1 130 {'y' * 126}",
        f"1 65539 {'z' * 128}", f"1 65546 {'w' * 128}", "9 2 ", "1 5 end",
    ]  # fmt: skip


def test_a_frame_that_has_not_ended_is_not_there_yet() -> None:
    assert _parsed(_frame(b"whole") + _frame(b"half of it")[:-1], 4) == ["1 7 whole"]
    assert _parsed(_frame(b"whole") + _frame(b"x" * 126)[:3], 4) == ["1 7 whole"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x01\x01a",  # the first of several fragments
        b"\xc1\x01a",  # a reserved bit
        b"\x83\x01a",  # a reserved opcode
        b"\x81\x81\0\0\0\0a",  # masked
        b"\x89\x7e\x00\x80",  # a long ping
    ],
)
@pytest.mark.parametrize("part", [1, 100])
def test_what_a_gateway_never_sends_is_refused(data: bytes, part: int) -> None:
    assert _parsed(_frame(b"good") + data, part) == ["1 6 good", "refused"]


async def test_the_loop_reaches_every_socket_with_frames_of_the_length_that_was_asked_for() -> None:
    port = _free_port()
    loop = await SendLoop.listen(port, 20)
    sockets = await Sockets.open(port, 20)
    try:
        await loop.ready()
        for size in (130, 1_006):
            await sockets.expect(1)
            sent = await loop.send(size)
            arrival = await sockets.arrival()
            assert arrival.frame_bytes == size
            assert sent.first <= arrival.first <= arrival.last
            assert sent.cpu_seconds > 0
    finally:
        await sockets.close()
        await loop.close()


async def test_events_that_nobody_caused_end_the_run() -> None:
    port = _free_port()
    loop = await SendLoop.listen(port, 2)
    sockets = await Sockets.open(port, 2)
    try:
        await loop.ready()
        await sockets.expect(1)
        await loop.send(200)
        await loop.send(200)
        await sockets.arrival()
        with pytest.raises(StackError, match="that nobody had caused"):
            await _expect_after_all_came(sockets, loop)
    finally:
        await sockets.close()
        await loop.close()


async def _expect_after_all_came(sockets: Sockets, loop: SendLoop) -> None:
    """Send once more and wait for that: what came before it was read before."""
    await sockets.expect(1)
    await loop.send(200)
    await sockets.arrival()
    await sockets.expect(1)


async def test_sockets_that_find_no_server_say_so() -> None:
    with pytest.raises(StackError, match="failed write"):
        await Sockets.open(_free_port(), 1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
