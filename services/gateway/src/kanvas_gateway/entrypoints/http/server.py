"""Component that serves REST, pictures and the page."""

import asyncio
import contextlib
import functools
import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.entrypoints.http.protocol import IDLE_SECONDS, BoundedHttp
from kanvas_platform.observability import get_logger
from kanvas_platform.settings import parse_address

_TICK_SECONDS = 1.0

_log = get_logger(__name__)


class _Server(uvicorn.Server):
    """Leaves signals to the process, which drains its components in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def believe_proxies(app: ASGIApp, networks: Sequence[IPv4Network | IPv6Network]) -> ASGIApp:
    """Return an application that takes a client's address from `X-Forwarded-For`.

    Args:
        app: The application.
        networks: Of the proxies that may set it; without any it is not looked at.
    """
    if not networks:
        return app
    trusted = [str(network) for network in networks]
    return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=trusted))


class HttpServer:
    """Component that serves an application.

    Args:
        listen: `host:port`.
        app: The application.
        limit: How many connections there may be.
    """

    name = "http"

    def __init__(self, *, listen: str, app: ASGIApp, limit: ConnectionLimit) -> None:
        self._address = parse_address(listen)
        config = uvicorn.Config(
            app,
            loop="none",
            http=cast("type[asyncio.Protocol]", functools.partial(BoundedHttp, limit=limit)),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=int(IDLE_SECONDS),
        )
        self._server = _Server(config)
        self._started = asyncio.Event()
        self._ended = asyncio.Event()
        self._port = 0

    @property
    def listening(self) -> bool:
        """Whether the address is bound."""
        return self._started.is_set()

    async def port(self) -> int:
        """Return the port that was bound, once it is; useful where port 0 was asked for."""
        await self._started.wait()
        return self._port

    async def run(self) -> None:
        """Serve until canceled.

        Raises:
            OSError: The address cannot be bound.
        """
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family, backlog=1024) as listening:
            self._port = listening.getsockname()[1]
            self._started.set()
            _log.info("serving", port=self._port)
            looking = asyncio.create_task(self._look_at_the_time(), name="http: connections")
            try:
                await self._server.serve(sockets=[listening])
            finally:
                looking.cancel()
                self._ended.set()
        # Drained: nothing is served any more, and the process is about to end.
        await asyncio.Event().wait()

    async def _look_at_the_time(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for connection in list(self._server.server_state.connections):
                try:
                    cast("BoundedHttp", connection).tick()
                except Exception:  # noqa: BLE001 - the others must still be looked at
                    _log.exception("connection cannot be looked at")

    async def drain(self) -> None:
        """Take no more requests and return when the last one is answered."""
        self._server.should_exit = True
        if self._started.is_set():
            await self._ended.wait()
