import json

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from kanvas_gateway.stream.framing import PING, json_frame, text_frame


def _parse(data: bytes) -> Frame:
    reader = StreamReader()
    reader.feed_data(data)
    parser = Frame.parse(reader.read_exact, mask=False, max_size=None, extensions=[])
    with pytest.raises(StopIteration) as parsed:
        next(parser)
    frame: Frame = parsed.value.value
    assert not reader.buffer
    return frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_the_library_reads_our_frames(length: int) -> None:
    frame = _parse(text_frame(b"x" * length))
    assert (frame.opcode, frame.fin, len(frame.data)) == (Opcode.TEXT, True, length)


def test_a_ping_is_a_ping() -> None:
    assert _parse(PING).opcode is Opcode.PING


def test_text_travels_as_it_is() -> None:
    message = {"caption": "Füchse im Schnee 🦊"}
    assert json.loads(bytes(_parse(json_frame(message)).data)) == message
