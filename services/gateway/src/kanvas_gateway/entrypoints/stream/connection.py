"""One socket: bytes in and out, and nothing that needs a task of its own.

The `websockets` library parses what comes in and answers handshakes, pings and closes; events go
to the transport directly, as frames that were made once for everybody (ADR 15).
"""

import asyncio
import logging
import socket as sockets
import struct
from http import HTTPStatus
from typing import Protocol, cast

from websockets.exceptions import PayloadTooBig
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from kanvas_gateway import metrics
from kanvas_gateway.stream.catch_up import CatchUp
from kanvas_gateway.stream.client_frames import ClientFrames
from kanvas_gateway.stream.framing import PING
from kanvas_gateway.stream.protocol import (
    FRAMES_PER_SECOND,
    HEARTBEAT_SECONDS,
    MAX_FRAME_BYTES,
    BadFrame,
    Close,
    Reason,
    drain_frame,
    error_frame,
)
from kanvas_gateway.stream.socket import Socket
from kanvas_platform.clock import Clock
from kanvas_platform.token_bucket import TokenBucket

PATH = "/v1/stream"
_HANDSHAKE_SECONDS = 10.0
_CLOSING_SECONDS = 5.0
_STALLED_SECONDS = 30.0
_SILENT_SECONDS = 2.5 * HEARTBEAT_SECONDS
_ERRORS_BURST = 20.0
_ERRORS_PER_SECOND = 0.2
_LINGER_NOT = struct.pack("ii", 1, 0)
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)

# One line for each connection would be too much; what matters is counted.
_library_log = logging.getLogger("websockets.server")
_library_log.setLevel(logging.WARNING)


class Registry(Protocol):
    """Where the sockets of a listener stand."""

    def admit(self, connection: "Connection") -> bool:
        """Take a new socket; False where there is no room."""

    def dismiss(self, connection: "Connection") -> None:
        """Forget a socket that is gone."""


class Connection(asyncio.Protocol):
    """A client's socket, from the first byte to the last.

    Args:
        number: In the order of acceptance.
        registry: Where it stands while it lives.
        client_frames: Acts on what the client says.
        catch_up: Is told when the client cannot keep up, and when it can again.
        clock: For limits and expiry.
    """

    __slots__ = (
        "_accepted_at",
        "_catch_up",
        "_client_frames",
        "_clock",
        "_closing_at",
        "_errors",
        "_frames",
        "_heard_at",
        "_left",
        "_message",
        "_progress_at",
        "_registry",
        "_transport",
        "_websocket",
        "close_reason",
        "number",
        "socket",
    )

    def __init__(
        self,
        *,
        number: int,
        registry: Registry,
        client_frames: ClientFrames,
        catch_up: CatchUp,
        clock: Clock,
    ) -> None:
        now = clock.monotonic()
        self.number = number
        self.socket: Socket | None = None
        self.close_reason = "lost"
        self._registry = registry
        self._client_frames = client_frames
        self._catch_up = catch_up
        self._clock = clock
        self._websocket = ServerProtocol(max_size=MAX_FRAME_BYTES, logger=_library_log)
        self._frames = TokenBucket(rate=FRAMES_PER_SECOND, burst=2 * FRAMES_PER_SECOND, now=now)
        self._errors = TokenBucket(rate=_ERRORS_PER_SECOND, burst=_ERRORS_BURST, now=now)
        self._message: list[Frame] = []
        self._accepted_at = self._heard_at = self._progress_at = now
        self._closing_at: float | None = None
        self._left = 0  # bytes that the transport held when last looked at

    @property
    def peer(self) -> str:
        """Host that the socket comes from."""
        name = self._transport.get_extra_info("peername")
        return str(name[0]) if name else ""

    # What the event loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; from here on any byte that the client does not take pauses the socket."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)
        own = self._transport.get_extra_info("socket")
        own.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        if not self._registry.admit(self):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "This gateway has no room.\n")

    def data_received(self, data: bytes) -> None:
        """Act on what the client sent."""
        self._heard_at = self._clock.monotonic()
        websocket = self._websocket
        try:
            websocket.receive_data(data)
        except EOFError:
            return  # the client sends on behind its own end
        for event in websocket.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            elif isinstance(event, Frame) and websocket.state is OPEN:
                self._take(event)
        self._settle()

    def eof_received(self) -> bool:
        """End: a socket that is half open is of no use."""
        self._websocket.receive_eof()
        self._settle()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        self._leave()
        self._registry.dismiss(self)

    def pause_writing(self) -> None:
        """Read nothing of a client that does not take what it is sent: no answers can pile up."""
        self._left = self._transport.get_write_buffer_size()
        self._progress_at = self._clock.monotonic()
        if self.socket is not None and not self.socket.closed:
            self._catch_up.pause(self.socket)
        if self._closing_at is None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on: the client has taken everything."""
        self._left = 0
        if not self._transport.is_closing():
            self._transport.resume_reading()
        if self.socket is not None and not self.socket.closed:
            self._catch_up.resume(self.socket)

    # What the listener says.

    def tick(self, beat: bytes | None) -> None:
        """Look at the time, once a second.

        Args:
            beat: A heartbeat to send now, if it is due and right for this socket.
        """
        now = self._clock.monotonic()
        socket = self.socket
        if self._closing_at is not None:
            if now - self._closing_at > _CLOSING_SECONDS:
                self._cut()
        elif socket is None:
            if now - self._accepted_at > _HANDSHAKE_SECONDS:
                self._abort("handshake")
        elif socket.closed:
            return  # the event loop is about to say that it is lost
        elif 0 < socket.expires_at <= self._clock.now():
            # Also where the client does not take what it is sent: then it is cut off soon.
            socket.write(error_frame(Reason.TOKEN_EXPIRED, "Your token has expired."))
            self.close(Close.TOKEN_EXPIRED, "token expired", "token_expired")
        elif self._left:
            self._watch_progress(socket, now)
        elif beat is not None:
            if now - self._heard_at > _SILENT_SECONDS:
                self._abort("unresponsive")
            else:
                socket.write(beat + PING)

    def announce_drain(self, reconnect_in: float) -> None:
        """Tell the client that the server is about to stop."""
        if self.socket is not None and not self.socket.closed:
            self.socket.write(drain_frame(reconnect_in))

    def end_session(self) -> None:
        """Close, because the session has ended: at once, whether or not the client reads."""
        if self.socket is None or self.socket.closed:
            return
        if self._left:
            self._abort("session_ended")
            return
        self.socket.write(error_frame(Reason.SESSION_ENDED, "You were signed out here."))
        self.close(Close.SESSION_ENDED, "session ended", "session_ended")

    def close(self, code: Close | CloseCode, text: str, reason: str) -> None:
        """Close; `reason` is the label of the metric."""
        self._leave()
        if self._websocket.state is OPEN:
            self.close_reason = reason
            self._websocket.send_close(code, text)
        elif self.socket is None:
            self._transport.abort()
        self._flush()

    # Inside.

    def _shake_hands(self, request: Request) -> None:
        if request.path.partition("?")[0] != PATH:
            self._refuse(HTTPStatus.NOT_FOUND, f"The live stream is at {PATH}.\n")
            return
        websocket = self._websocket
        response = websocket.accept(request)
        websocket.send_response(response)
        if websocket.state is not OPEN:
            self.close_reason = "handshake"
            return
        self._flush()
        metrics.stream_opens.inc()
        self.socket = Socket(self.number, self._transport.write, self.end_session)
        self._client_frames.greet(self.socket)

    def _refuse(self, status: HTTPStatus, text: str) -> None:
        self.close_reason = "handshake"
        self._websocket.send_response(self._websocket.reject(status, text))
        self._flush()

    def _take(self, frame: Frame) -> None:
        """Act on one frame; whatever is wrong with it, it is answered and counted."""
        if not self._frames.take(self._heard_at):
            self._complain(BadFrame(Reason.TOO_MANY_FRAMES, "Slower, please."))
            self.close(Close.TOO_MANY_FRAMES, "too many frames", "too_many_frames")
            return
        if frame.opcode not in _DATA:
            return
        self._message.append(frame)
        if not frame.fin:
            return
        message, self._message = self._message, []
        socket = self.socket
        if socket is None or socket.closed:
            return
        data = b"".join([bytes(part.data) for part in message])
        try:
            if message[0].opcode is Opcode.BINARY:
                raise BadFrame(Reason.BINARY_REFUSED, "Frames are JSON text.")
            data.decode()
            self._client_frames.hear(socket, data)
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_DATA, "not UTF-8", "malformed")
        except BadFrame as error:
            self._complain(error)
            if not self._errors.take(self._heard_at):
                last = BadFrame(Reason.TOO_MANY_ERRORS, "Mend your client, please.")
                self._complain(last)
                self.close(Close.TOO_MANY_ERRORS, "too many errors", "too_many_errors")

    def _complain(self, error: BadFrame) -> None:
        metrics.stream_bad_frames.labels(error.reason.value).inc()
        if self.socket is not None and not self.socket.closed:
            self.socket.write(error_frame(error.reason, error.message, error.ref))

    def _settle(self) -> None:
        """Send what the library has to say; once it is closing, we say nothing more."""
        websocket = self._websocket
        if websocket.state is not OPEN and self.socket is not None and not self.socket.closed:
            failure = websocket.parser_exc
            if isinstance(failure, PayloadTooBig):
                self.close_reason = "too_large"
            elif websocket.close_rcvd is not None:
                self.close_reason = "client"
            elif failure is not None and not isinstance(failure, EOFError):
                self.close_reason = "malformed"
            self._leave()
        self._flush()

    def _flush(self) -> None:
        for data in self._websocket.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
        if self._websocket.close_expected() and self._closing_at is None:
            # The rest is the client's turn; a second look at the time ends its patience.
            self._closing_at = self._clock.monotonic()

    def _leave(self) -> None:
        if self.socket is not None and not self.socket.closed:
            self._client_frames.leave(self.socket)

    def _watch_progress(self, socket: Socket, now: float) -> None:
        left = self._transport.get_write_buffer_size()
        if socket.revoked:
            self._abort("revoked")
        elif left < self._left:
            self._left = left
            self._progress_at = now
        elif now - self._progress_at > _STALLED_SECONDS:
            self._abort("stalled")

    def _abort(self, reason: str) -> None:
        self.close_reason = reason
        self._leave()
        self._cut()

    def _cut(self) -> None:
        """End the connection, and drop what the transport and the kernel hold for the client."""
        own = self._transport.get_extra_info("socket")
        own.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, _LINGER_NOT)
        self._transport.abort()
