"""The port for probes and metrics: `/livez`, `/readyz`, `/metrics`.

Served from threads of its own, so that a scrape still answers while the event loop is busy, and
so that a loop that hangs can be told from one that works.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app

from kanvas_platform.lifecycle import Readiness
from kanvas_platform.observability import get_logger
from kanvas_platform.settings import parse_address

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_log = get_logger(__name__)

_Answer = Mapping[str, Sequence[object]]

_LOOP_ANSWERS_WITHIN = 5.0
_SHUTDOWN_POLL = 0.1


class OpsServer:
    """Component that answers probes and scrapes.

    `/livez` is 200 while the event loop answers within 5 s, `/readyz` is 200 while everything that
    `ready` requires holds, else 503. Its body is JSON: `missing` names what does not hold, and
    `standing_still` says what does not go on without an operator (docs/runbook.md).
    """

    name = "ops"

    def __init__(
        self, listen: str, ready: Readiness, registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._registry = registry
        self._address = parse_address(listen)
        self._ready = ready
        self._started = asyncio.Event()
        self._port = 0

    async def port(self) -> int:
        """Return the port that was bound, once it is; useful where port 0 was asked for."""
        await self._started.wait()
        return self._port

    async def run(self) -> None:
        """Serve until canceled.

        Raises:
            OSError: The address cannot be bound.
        """
        app = _Probes(asyncio.get_running_loop(), self._ready, self._registry)
        host, port = self._address
        with make_server(host, port, app, _ThreadingServer, _QuietHandler) as server:
            self._port = server.server_port
            thread = threading.Thread(
                target=server.serve_forever, args=(_SHUTDOWN_POLL,), name="ops", daemon=True
            )
            thread.start()
            self._started.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.to_thread(server.shutdown)


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _QuietHandler(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base
        _log.debug("ops request", status=str(args[1]) if len(args) > 1 else "")


def _alive() -> _Answer:
    return {"missing": []}


class _Probes:
    def __init__(
        self, loop: asyncio.AbstractEventLoop, ready: Readiness, registry: CollectorRegistry
    ) -> None:
        self._loop = loop
        self._ready = ready
        self._metrics: WSGIApplication = make_wsgi_app(registry)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        match environ.get("PATH_INFO"):
            case "/metrics":
                return self._metrics(environ, start)
            case "/livez":
                answer = self._on_loop(_alive)
            case "/readyz":
                answer = self._on_loop(self._readiness)
            case _:
                start("404 Not Found", [("Content-Length", "0")])
                return []
        body = json.dumps(answer).encode()
        status = "503 Service Unavailable" if answer["missing"] else "200 OK"
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _readiness(self) -> _Answer:
        standing = [found.json() for found in self._ready.standing_still()]
        return {"missing": self._ready.missing(), "standing_still": standing}

    def _on_loop(self, ask: Callable[[], _Answer]) -> _Answer:
        answer: Future[_Answer] = Future()

        def reply() -> None:
            try:
                answer.set_result(ask())
            except Exception as error:  # noqa: BLE001 - handed to the thread that asked
                answer.set_exception(error)

        try:
            self._loop.call_soon_threadsafe(reply)
            return answer.result(_LOOP_ANSWERS_WITHIN)
        except (TimeoutError, RuntimeError):  # RuntimeError: the loop is closed
            return {"missing": ["event-loop"]}
