"""Is it ready? One cheap question in the server's own protocol.

A listening port says little: a server that is still starting, or stopped by
SIGSTOP, accepts connections too. Each probe therefore waits for an answer.

Probes are written `kind:host:port[/path]`: `kafka:127.0.0.1:8090`,
`cassandra:127.0.0.1:8092`, `http:127.0.0.1:8095/v2/health/ready`.
"""

from __future__ import annotations

import asyncio
import struct

_PROBE_SECONDS = 2.0
_KAFKA_API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""size 10, ApiVersions, version 0, correlation 1, no client id."""
_CASSANDRA_OPTIONS = struct.pack(">BBhBi", 4, 0, 0, 5, 0)
_CASSANDRA_SUPPORTED = 6


async def answers(probe: str) -> bool:
    """Return whether the server behind `probe` answers as a ready one does, within two seconds."""
    kind, _, target = probe.partition(":")
    place, _, path = target.partition("/")
    host, _, port = place.rpartition(":")
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                return await _ask(kind, path, reader, writer)
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError):
        return False


async def _ask(
    kind: str, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    if kind == "kafka":
        writer.write(_KAFKA_API_VERSIONS)
        _, correlation, error = struct.unpack(">iih", await reader.readexactly(10))
        return bool(correlation == 1 and error == 0)
    if kind == "cassandra":
        writer.write(_CASSANDRA_OPTIONS)
        header = await reader.readexactly(9)
        return header[4] == _CASSANDRA_SUPPORTED
    if kind == "http":
        writer.write(f"GET /{path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        status = await reader.readline()
        return status.split(b" ")[1:2] == [b"200"]
    raise ValueError(f"no such probe: {kind}")
