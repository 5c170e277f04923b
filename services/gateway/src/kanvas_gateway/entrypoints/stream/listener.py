"""The listener of the live stream: takes sockets, looks at the time, and drains."""

import asyncio
import itertools
import random
import socket as sockets

from kanvas_gateway import metrics
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.entrypoints.stream.connection import Connection
from kanvas_gateway.stream.catch_up import CatchUp
from kanvas_gateway.stream.client_frames import ClientFrames
from kanvas_gateway.stream.fan_out import FanOut
from kanvas_gateway.stream.protocol import HEARTBEAT_SECONDS, Close, heartbeat_frame
from kanvas_platform.clock import Clock
from kanvas_platform.observability import get_logger
from kanvas_platform.settings import parse_address

_SEND_BUFFER_BYTES = 64 * 1024
_BACKLOG = 1024
_TICK_SECONDS = 1.0
_RECONNECTS_PER_SECOND = 500.0
_LONGEST_RECONNECT_SECONDS = 20.0
_DRAIN_NOTICE_SECONDS = 0.3
_DRAIN_POLL_SECONDS = 0.05

_log = get_logger(__name__)


class StreamListener:
    """Component that serves the live stream.

    Args:
        listen: `host:port`.
        limit: How many sockets there may be.
        client_frames: Acts on what clients say.
        catch_up: Serves the sockets that do not keep up.
        fan_out: Tells how far the stream is.
        clock: For limits, heartbeats and expiry.
    """

    name = "stream"

    def __init__(
        self,
        *,
        listen: str,
        limit: ConnectionLimit,
        client_frames: ClientFrames,
        catch_up: CatchUp,
        fan_out: FanOut,
        clock: Clock,
    ) -> None:
        self._address = parse_address(listen)
        self._limit = limit
        self._client_frames = client_frames
        self._catch_up = catch_up
        self._fan_out = fan_out
        self._clock = clock
        self._numbers = itertools.count(1)
        self._connections: dict[int, Connection] = {}
        self._seated: dict[int, str] = {}  # which address holds a place for which connection
        self._server: asyncio.Server | None = None
        self._started = asyncio.Event()
        self._port = 0

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._connections)

    @property
    def subscriptions(self) -> int:
        """How many subscriptions are open."""
        sockets = (one.socket for one in self._connections.values())
        return sum(one.subscriptions() for one in sockets if one is not None and not one.closed)

    @property
    def listening(self) -> bool:
        """Whether sockets are taken."""
        return self._started.is_set()

    async def port(self) -> int:
        """Return the port that was bound, once it is; useful where port 0 was asked for."""
        await self._started.wait()
        return self._port

    async def run(self) -> None:
        """Take sockets once the ring is filled, until canceled.

        Raises:
            OSError: The address cannot be bound.
        """
        await self._fan_out.wait_ready()
        listening = _listening(self._address)
        self._port = listening.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, sock=listening)
        self._started.set()
        _log.info("streaming", port=self._port)
        try:
            for beat in itertools.count():
                await self._clock.sleep(_TICK_SECONDS)
                self._tick(beat)
        finally:
            self._server.close()
            for connection in list(self._connections.values()):
                connection.close(Close.DRAINING, "stopping", "stopping")

    async def drain(self) -> None:
        """Send every client elsewhere, spread over time, and return when all have gone."""
        if self._server is None:
            return
        self._server.close()
        spread = min(
            _LONGEST_RECONNECT_SECONDS, 0.2 + len(self._connections) / _RECONNECTS_PER_SECOND
        )
        for connection in list(self._connections.values()):
            connection.announce_drain(random.uniform(0, spread))  # noqa: S311 - spreads load
        await self._clock.sleep(_DRAIN_NOTICE_SECONDS)
        for connection in list(self._connections.values()):
            connection.close(Close.DRAINING, "draining", "draining")
        while self._connections:
            # Sockets whose clients do not answer are ended by `tick`.
            await self._clock.sleep(_DRAIN_POLL_SECONDS)

    # What a connection says.

    def admit(self, connection: Connection) -> bool:
        """Take a new socket; False where there is no room."""
        self._connections[connection.number] = connection
        metrics.stream_connections.set(len(self._connections))
        if not self._limit.take(connection.peer):
            return False
        self._seated[connection.number] = connection.peer
        return True

    def dismiss(self, connection: Connection) -> None:
        """Forget a socket that is gone."""
        self._connections.pop(connection.number, None)
        host = self._seated.pop(connection.number, None)
        if host is not None:
            self._limit.give_back(host)
        metrics.stream_connections.set(len(self._connections))
        metrics.stream_closes.labels(connection.close_reason).inc()

    def _connect(self) -> Connection:
        return Connection(
            number=next(self._numbers),
            registry=self,
            client_frames=self._client_frames,
            catch_up=self._catch_up,
            clock=self._clock,
        )

    def _tick(self, beat: int) -> None:
        """Look at every socket; those whose turn it is get a heartbeat.

        The turns differ from socket to socket, so that heartbeats do not come all at once.
        """
        usual = heartbeat_frame(self._fan_out.served, held=self._fan_out.held)
        for connection in list(self._connections.values()):
            due = (connection.number + beat) % HEARTBEAT_SECONDS == 0
            connection.tick(self._beat(connection, usual) if due else None)

    def _beat(self, connection: Connection, usual: bytes) -> bytes | None:
        socket = connection.socket
        if socket is None or socket.closed:
            return None
        if not socket.behind:
            return usual
        position = self._catch_up.position_of(socket)
        return heartbeat_frame(position, held=self._fan_out.keeps_back(socket))


def _listening(address: tuple[str, int]) -> sockets.socket:
    host, port = address
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    listening = sockets.socket(family, sockets.SOCK_STREAM)
    try:
        listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        # Inherited by every accepted socket. A slow client may make the kernel hold this much;
        # left alone, it would grow to megabytes.
        listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, _SEND_BUFFER_BYTES)
        listening.setblocking(False)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
