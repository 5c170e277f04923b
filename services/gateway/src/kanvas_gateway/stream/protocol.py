"""The frames of `kanvas.stream.v1`, and what a client may be told that it did wrong.

docs/api/stream.md is the contract; this module is its vocabulary.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import msgspec

from kanvas_gateway.presentation import rfc3339
from kanvas_gateway.stream.framing import json_frame

PROTOCOL = "kanvas.stream.v1"
MAX_FRAME_BYTES = 16 * 1024
MAX_SUBSCRIPTIONS = 16
FRAMES_PER_SECOND = 20
HEARTBEAT_SECONDS = 15
_LONGEST_ID = 64
_LONGEST_TOKEN = 4096
_LONGEST_STREAM = 256  # room for every spelling of the longest tag
_MOST_DIGITS = 32  # a `from` may be longer than any position: it then is a POSITION_INVALID


class Reason(StrEnum):
    """Reasons of error frames. Each is explained in docs/errors.md."""

    NOT_JSON = "NOT_JSON"
    BINARY_REFUSED = "BINARY_REFUSED"
    TYPE_UNKNOWN = "TYPE_UNKNOWN"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    FRAME_INVALID = "FRAME_INVALID"
    TOO_MANY_FRAMES = "TOO_MANY_FRAMES"
    TOO_MANY_ERRORS = "TOO_MANY_ERRORS"
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - a reason, not a secret
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a reason, not a secret
    SESSION_ENDED = "SESSION_ENDED"
    IDENTITY_REQUIRED = "IDENTITY_REQUIRED"
    ACCOUNT_DIFFERS = "ACCOUNT_DIFFERS"
    ACCOUNT_DELETING = "ACCOUNT_DELETING"
    STREAM_UNKNOWN = "STREAM_UNKNOWN"
    POSITION_INVALID = "POSITION_INVALID"
    SUBSCRIPTION_EXISTS = "SUBSCRIPTION_EXISTS"
    SUBSCRIPTION_UNKNOWN = "SUBSCRIPTION_UNKNOWN"
    SUBSCRIPTION_LIMIT = "SUBSCRIPTION_LIMIT"
    JOB_UNKNOWN = "JOB_UNKNOWN"


class Close(IntEnum):
    """The close codes that Kanvas adds: 40xx resume, 41xx re-authenticate, 42xx stop."""

    DRAINING = 4000
    TOKEN_EXPIRED = 4100
    SESSION_ENDED = 4101
    TOO_MANY_ERRORS = 4200
    TOO_MANY_FRAMES = 4201


class BadFrame(Exception):
    """A client's frame cannot be acted upon; it is told why, and nothing else happens.

    Attributes:
        reason: For programs.
        message: For people.
        ref: Id that the client gave in its frame; empty where it gave none.
    """

    def __init__(self, reason: Reason, message: str, ref: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.ref = ref


class Authenticate(msgspec.Struct, frozen=True):
    """The client says who it is."""

    token: str

    def __post_init__(self) -> None:
        _bound("token", self.token, 1, _LONGEST_TOKEN)


class Subscribe(msgspec.Struct, frozen=True):
    """The client asks for a stream, from a position or from now on."""

    id: str
    stream: str
    from_: str | None = msgspec.field(name="from", default=None)

    def __post_init__(self) -> None:
        _bound("id", self.id, 1, _LONGEST_ID)
        _bound("stream", self.stream, 1, _LONGEST_STREAM)
        _bound("from", self.from_ or "", 0, _MOST_DIGITS)


class Unsubscribe(msgspec.Struct, frozen=True):
    """The client wants no more of a stream."""

    id: str

    def __post_init__(self) -> None:
        _bound("id", self.id, 1, _LONGEST_ID)


ClientFrame = Authenticate | Subscribe | Unsubscribe

_TYPES: dict[str, type[ClientFrame]] = {
    "authenticate": Authenticate,
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
}
_FIELDS = {
    kind: {one.encode_name for one in msgspec.structs.fields(kind)} | {"type"}
    for kind in _TYPES.values()
}


def parse_frame(text: bytes) -> ClientFrame:
    """Return what a client says.

    Raises:
        BadFrame: It is not JSON, not a known frame, or has a wrong or an unknown field.
    """
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadFrame(Reason.NOT_JSON, "The frame is not JSON.") from error
    if not isinstance(message, dict):
        raise BadFrame(Reason.NOT_JSON, "The frame is not a JSON object.")
    given = message.get("id")
    ref = given if isinstance(given, str) and len(given) <= _LONGEST_ID else ""
    name = message.get("type")
    kind = _TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadFrame(Reason.TYPE_UNKNOWN, "The frame has no known `type`.", ref)
    if not message.keys() <= _FIELDS[kind]:
        raise BadFrame(Reason.FIELD_UNKNOWN, "The frame has a field that is not known.", ref)
    try:
        return msgspec.convert(message, kind)
    except msgspec.ValidationError as error:
        raise BadFrame(Reason.FRAME_INVALID, str(error), ref) from error


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the events of a subscription go on; one `subscribed` frame."""

    subscription: str
    stream: str
    state: str
    position: int | None = None
    replayed: int | None = None
    reason: str | None = None

    def frame(self) -> bytes:
        """Return it framed."""
        message: dict[str, Any] = {
            "type": "subscribed",
            "id": self.subscription,
            "stream": self.stream,
            "state": self.state,
        }
        if self.position is not None:
            message["position"] = str(self.position)
        if self.replayed is not None:
            message["replayed"] = self.replayed
        if self.reason is not None:
            message["reason"] = self.reason
        return json_frame(message)


def hello_frame(position: int) -> bytes:
    """Return the first frame of a socket."""
    limits = {
        "subscriptions": MAX_SUBSCRIPTIONS,
        "frame_bytes": MAX_FRAME_BYTES,
        "frames_per_second": FRAMES_PER_SECOND,
    }
    return json_frame(
        {
            "type": "hello",
            "protocol": PROTOCOL,
            "position": str(position),
            "heartbeat_seconds": HEARTBEAT_SECONDS,
            "limits": limits,
        }
    )


def authenticated_frame(account_id: str, expires_at: float) -> bytes:
    """Return the answer to a good token; `expires_at` in Unix seconds."""
    return json_frame(
        {
            "type": "authenticated",
            "account_id": account_id,
            "expires_at": rfc3339(expires_at),
        }
    )


def unsubscribed_frame(subscription: str) -> bytes:
    """Return the answer to an unsubscribe."""
    return json_frame({"type": "unsubscribed", "id": subscription})


def error_frame(reason: Reason, message: str, ref: str = "") -> bytes:
    """Return what a client is told that it did wrong."""
    frame = {"type": "error", "reason": reason.value, "message": message}
    return json_frame(frame | ({"ref": ref} if ref else {}))


def heartbeat_frame(position: int, *, held: bool) -> bytes:
    """Return a heartbeat: everything up to the position has been sent."""
    frame: dict[str, Any] = {"type": "heartbeat", "position": str(position)}
    return json_frame(frame | ({"held": True} if held else {}))


def drain_frame(reconnect_in: float) -> bytes:
    """Return the notice that the server is about to stop."""
    return json_frame({"type": "drain", "reconnect_in_seconds": round(reconnect_in, 2)})


def _bound(name: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise ValueError(f"`{name}` takes {least} to {most} characters")
