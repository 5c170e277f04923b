"""How a stream of Triton's is left: ended by Triton, not canceled under its hands."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_imagegen.adapters import triton
from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.ports import Painting

SPEC = JobSpec(prompt="a fox", model="collage", width=64, height=64, steps=1)
META = {
    "seed": 7,
    "style": "3d",
    "substitutions": [],
    "placeholder": "#ffffff",
    "model_version": "collage-9",
    "statement": "A picture.",
}


def picture() -> SimpleNamespace:
    """Return a response that is the picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "WEBP")
    tensors = {
        "kind": np.frombuffer(b"picture", np.uint8),
        "image": np.frombuffer(file.getvalue(), np.uint8),
        "meta": np.frombuffer(json.dumps(META).encode(), np.uint8),
    }
    return SimpleNamespace(as_numpy=tensors.__getitem__)


class Stream:
    """A stream that sends one picture and then ends, as tritonclient shows it."""

    def __init__(self, events: list[str]) -> None:
        self._left = [picture()]
        self._events = events

    async def __anext__(self) -> tuple[Any, None]:
        if not self._left:
            self._events.append("ended by Triton")
            raise StopAsyncIteration
        self._events.append("picture")
        return self._left.pop(), None

    def cancel(self) -> None:
        self._events.append("canceled")


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    events: list[str] = []

    class Client:
        def __init__(self, target: str, **options: object) -> None:
            del target, options

        def stream_infer(self, requests: AsyncIterator[Any], **options: object) -> Stream:
            del requests, options
            return Stream(events)

    monkeypatch.setattr(triton, "InferenceServerClient", Client)
    return events


async def test_triton_ends_the_stream_of_a_finished_picture(events: list[str]) -> None:
    painter = TritonPainter("127.0.0.1:1", probe_model="collage")
    parts = [part async for part in painter.paint(SPEC)]
    assert isinstance(parts[-1], Painting)
    assert events[:2] == ["picture", "ended by Triton"]
