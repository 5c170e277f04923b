"""WebSocket frames from the server, made once and written to many sockets.

Only what the fan-out needs: whole, unmasked text messages (RFC 6455 §5.2). Everything else goes
through the `websockets` library. A socket never carries fragmented messages from us, so that
frames made here may stand between any two of the library's.
"""

import struct
from functools import lru_cache
from typing import Any

import msgspec

_TEXT = 0x81
_SHORT = 125
_MEDIUM = 0xFFFF
_HEADS = 8_192  # kept for all streams together; 200 bytes each

PING = b"\x89\x00"
"""An empty ping."""

_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=_HEADS)
def frame_head(length: int) -> bytes:
    """Return what stands before a text of that many bytes in one unfragmented text frame."""
    if length <= _SHORT:
        return bytes((_TEXT, length))
    if length <= _MEDIUM:
        return struct.pack("!BBH", _TEXT, 126, length)
    return struct.pack("!BBQ", _TEXT, 127, length)


def text_frame(payload: bytes) -> bytes:
    """Return the payload, which must be UTF-8, as one unfragmented text frame."""
    return frame_head(len(payload)) + payload


def json_frame(message: dict[str, Any]) -> bytes:
    """Return the message as JSON in one text frame."""
    return text_frame(_encode(message))
