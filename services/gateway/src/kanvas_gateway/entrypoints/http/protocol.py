"""HTTP/1.1 on one connection, with bounds on all that comes before the application sees it.

uvicorn's protocol waits for heads for ever and takes them at any length. This one bounds the
bytes and fields of a head, what is sent ahead in a pipeline, and the time of everything for which
the client is awaited: heads, the next request, and the taking of answers.
"""

import asyncio
from typing import Any, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from kanvas_gateway import metrics
from kanvas_gateway.connection_limit import ConnectionLimit
from kanvas_gateway.entrypoints.http.bodies import MAX_BODY_BYTES
from kanvas_gateway.entrypoints.http.methods import FOR_OTHER_SITES
from kanvas_gateway.entrypoints.http.problems import problem
from kanvas_gateway.errors import HeadTimeout, HeadTooLarge, RequestMalformed, TooManyConnections
from kanvas_platform.errors import KanvasError, Overloaded
from kanvas_platform.observability import bind_traceparent, trace_id

MAX_HEAD_BYTES = 32 * 1024
MAX_HEAD_FIELDS = 100
MAX_TARGET_BYTES = 8 * 1024
HEAD_SECONDS = 10.0
IDLE_SECONDS = 15.0
_STALLED_SECONDS = 30.0
_FAREWELL_SECONDS = 2.0
_FAREWELL_BYTES = 1024 * 1024
MOST_AHEAD = 16
_AT_ONCE_BYTES = 16 * 1024
# Chunks of one byte each come with five more.
_MAX_MESSAGE_BYTES = MAX_HEAD_BYTES + 6 * MAX_BODY_BYTES


class BoundedHttp(HttpToolsProtocol):
    """A client's connection.

    Args:
        config: Of uvicorn.
        server_state: Of uvicorn.
        app_state: Of uvicorn.
        limit: Whether there is room for one more connection.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limit: ConnectionLimit,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limit = limit
        self._seated: str | None = None  # the address that holds a place for this connection
        # Since when, by the loop's time, the client is awaited; None where it is our turn.
        self._head_since: float | None = None
        self._idle_since: float | None = None
        self._refused = False  # what comes from now on is thrown away
        self._parting_since: float | None = None
        self._progress_at = self.loop.time()
        self._unsent = 0
        self._in_message = False
        self._in_head = True
        self._read = 0  # bytes of the message, without those of the slice in which it began
        self._head_bytes = 0  # of what the parser has handed over
        self._head_fields = 0
        self._hosts = 0  # fields of the head that name one
        self._farewell = 0

    # What the event loop says.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, if there is room."""
        super().connection_made(transport)
        metrics.http_connections.inc()
        self._head_since = self.loop.time()
        host = self.client[0] if self.client else ""
        if self._limit.take(host):
            self._seated = host
        elif self._limit.full:
            self._refuse(Overloaded("Too many connections.", retry_after=1.0), linger=False)
        else:
            refusal = TooManyConnections("Too many connections of one address.", retry_after=1.0)
            self._refuse(refusal, linger=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        metrics.http_connections.dec()
        if self._seated is not None:
            self._limit.give_back(self._seated)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, a slice at a time: a bound that is passed is seen early."""
        if self._refused or self._parting_since is not None:
            self._farewell += len(data)
            if self._farewell > _FAREWELL_BYTES:
                self.transport.abort()
            return
        for start in range(0, len(data), _AT_ONCE_BYTES):
            self._feed(data[start : start + _AT_ONCE_BYTES])
            if self._refused or self.transport.is_closing():
                return

    def tick(self) -> None:
        """Look at the time, once a second."""
        now = self.loop.time()
        self._watch_progress(now)
        if self.transport.is_closing():
            return
        if self._parting_since is not None:
            if now - self._parting_since > _FAREWELL_SECONDS:
                self.transport.close()
        elif self._idle_since is not None:
            if now - self._idle_since > IDLE_SECONDS:
                self.transport.close()
        elif self._head_since is not None:
            if self.pipeline:
                self._head_since = now  # reading rests until the requests before are answered
            elif now - self._head_since > HEAD_SECONDS and not self._in_message:
                self.transport.close()  # not a byte came: there is nothing to answer
            elif now - self._head_since > HEAD_SECONDS:
                self._refuse(HeadTimeout("The head of the request did not arrive in time."))

    # What the parser says.

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._in_message = self._in_head = True
        self._read = self._head_bytes = self._head_fields = self._hosts = 0
        self._idle_since = None
        self._head_since = self.loop.time()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        super().on_url(url)
        if len(self.url) > MAX_TARGET_BYTES:
            raise _too_large()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head, or of a trailer, which nobody here reads."""
        self._head_fields += 1
        self._head_bytes += len(name) + len(value)
        if self._head_fields > MAX_HEAD_FIELDS or self._head_bytes > MAX_HEAD_BYTES:
            raise _too_large()
        if self._in_head:
            self._hosts += name.lower() == b"host"
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request, whose head is there, to the application, or queue it."""
        if len(self.pipeline) >= MOST_AHEAD:
            raise RequestMalformed("Too many requests sent ahead.")
        if self._hosts > 1 or (not self._hosts and self.parser.get_http_version() != "1.0"):
            raise RequestMalformed("A request names one host.")
        self._in_head = False
        self._head_since = None
        super().on_headers_complete()
        self.cycle.transport = cast("asyncio.Transport", _AnswersTransport(self))

    def on_message_complete(self) -> None:
        """Note that the request is there."""
        self._in_message = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has begun: an answer is written."""
        if self._parting_since is not None:
            return
        super().on_response_complete()
        if self._head_since is None and not self._owes_answers:
            self._idle_since = self.loop.time()

    def end_after_answer(self) -> None:
        """Close once an answer is written, which was the last one."""
        if self.transport.is_closing():
            return  # cut off meanwhile
        if self._in_message and self._parting_since is None:
            self._part()
        else:
            self.transport.close()

    # Inside.

    @property
    def _owes_answers(self) -> bool:
        """Whether the newest request, and with it perhaps others, is still to be answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _feed(self, part: bytes) -> None:
        self._unset_keepalive_if_required()
        began_before = self._in_message
        self._read += len(part) if began_before else 0
        try:
            self.parser.feed_data(part)
        except httptools.HttpParserUpgrade:
            return  # No other protocol is spoken here; the request itself is answered.
        except httptools.HttpParserError as error:
            cause = error.__context__  # what a method below raised
            if not isinstance(cause, KanvasError):
                cause = RequestMalformed("This is not HTTP/1.1.")
            self._refuse(cause)
            return
        if self._in_head and self._in_message and self._read > MAX_HEAD_BYTES:
            self._refuse(_too_large())
        elif self._in_message and self._read > _MAX_MESSAGE_BYTES:
            self.transport.abort()  # what surrounds the body is larger than any body
        elif sum(len(waiting.body) for waiting, _ in self.pipeline) > MAX_BODY_BYTES:
            self.transport.abort()  # nobody reads and counts them before their turn

    def _refuse(self, error: KanvasError, *, linger: bool = True) -> None:
        """Answer and end, or end without it once the answers are there that are due before."""
        metrics.http_refused.labels(error.reason).inc()
        self._refused = True
        self._head_since = None
        if self._owes_answers and self._in_head:
            self.cycle.keep_alive = False
            return
        if self._owes_answers:
            self.transport.abort()  # the request itself is bad, and may be at work already
            return
        self._parting_since = self.loop.time()
        self.transport.write(_render(error))
        if linger:
            self._part()
        else:
            self.transport.close()

    def _part(self) -> None:
        """Write no more, and close a moment later.

        What the client is sending would otherwise have the kernel throw the answer away.
        """
        self._parting_since = self.loop.time()
        self.flow.resume_reading()  # all that comes is thrown away
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def _watch_progress(self, now: float) -> None:
        """End the connection of a client that takes nothing of its answer."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent < self._unsent:
            self._progress_at = now
        elif now - self._progress_at > _STALLED_SECONDS:
            self.transport.abort()
        self._unsent = unsent


class _AnswersTransport:
    """The transport as uvicorn has it for one answer: to close it waits for the client."""

    def __init__(self, connection: BoundedHttp) -> None:
        self._connection = connection
        self.write = connection.transport.write
        self.is_closing = connection.transport.is_closing

    def close(self) -> None:
        self._connection.end_after_answer()


def _render(error: KanvasError) -> bytes:
    """Return a problem as it goes over the wire where no application is asked."""
    with bind_traceparent(None) as traceparent:
        own = {
            "Connection": "close",
            "Kanvas-Trace": trace_id(traceparent),
            "traceparent": traceparent,
        }
        answer = problem(error, FOR_OTHER_SITES | own)
    fields = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
    return STATUS_LINE[answer.status_code] + fields + b"\r\n" + bytes(answer.body)


def _too_large() -> HeadTooLarge:
    return HeadTooLarge(
        f"A head has at most {MAX_HEAD_BYTES} bytes and {MAX_HEAD_FIELDS} fields, "
        f"its target {MAX_TARGET_BYTES} bytes."
    )
