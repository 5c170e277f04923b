"""One flood of a gateway's REST, as a process of its own: `flood KIND HOST:PORT SECONDS`.

It gives way to all other processes (`nice`), since a real one would not run on this machine.
Prints how many answers it got.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable

_HEAD = b"Host: x\r\nContent-Type: application/json\r\n"
_FIELDS = b"{" + b",".join(b'"%x":1' % n for n in range(7_000)) + b"}"
_CHEAP = b"GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
_WAIT = b"GET /v1/feeds/global?at_least=9000000000000000000 HTTP/1.1\r\nHost: x\r\n\r\n"
_INVALID = b"POST /v1/sessions HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (
    _HEAD, len(_FIELDS), _FIELDS)  # fmt: skip
_NO_BODY = b"POST /v1/sessions HTTP/1.1\r\n%bContent-Length: 60\r\n\r\n" % _HEAD
_LARGE = b"GET /v1/config HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 16_000_000

_Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _ask(wire: _Wire, request: bytes) -> None:
    """Send one request after the other; an answer ends where its length says."""
    reader, writer = wire
    while True:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
        _count()


async def _stay(wire: _Wire, request: bytes) -> None:
    """Send, and wait until the server ends the connection."""
    reader, writer = wire
    writer.write(request)
    await reader.read()
    _count()


async def _leave(_wire: _Wire, _request: bytes) -> None:
    """Connect, and leave at once."""
    _count()


Kind = tuple[int, Callable[[_Wire, bytes], Awaitable[None]], bytes]
KINDS: dict[str, Kind] = {
    "cheap requests": (100, _ask, _CHEAP),
    "invalid bodies": (32, _ask, _INVALID),
    "waits for the future": (100, _ask, _WAIT),
    "heads without bodies": (400, _stay, _NO_BODY),
    "heads of 16 MB": (4, _stay, _LARGE),
    "connections": (32, _leave, b""),
}
_answers: Counter[str] = Counter()


def _count() -> None:
    _answers["got"] += 1


async def _again(address: str, kind: Kind) -> None:
    host, _, port = address.partition(":")
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError, IndexError):
            wire = await asyncio.open_connection(host, int(port))
            try:
                await kind[1](wire, kind[2])
            finally:
                wire[1].close()
        await asyncio.sleep(0.005)


async def _flood(address: str, kind: Kind, seconds: float) -> None:
    clients = [asyncio.create_task(_again(address, kind)) for _ in range(kind[0])]
    began = time.monotonic()
    await asyncio.sleep(seconds)
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    sys.stdout.write(f"{_answers['got'] / (time.monotonic() - began):.0f}")


if __name__ == "__main__":
    os.nice(15)
    asyncio.run(_flood(sys.argv[2], KINDS[sys.argv[1]], float(sys.argv[3])))
