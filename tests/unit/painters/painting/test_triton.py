"""Triton's side of a painter: what becomes of a request's tensors, and how a request ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from kanvas_paint_contract.order import Bounds, PaintOrder
from kanvas_painters.painting.step import Step
from kanvas_painters.painting.triton import Broken, Requests, requests_or_broken
from tests.unit.painters.painting.dlpack import Tensor

PATIENCE = 20.0
CONFIG = {
    "model_name": "sketch",
    "model_config": json.dumps({"parameters": {"slots": {"string_value": "2"}}}),
}
LOGGED: list[str] = []


@dataclass(frozen=True)
class AnyOrder(PaintOrder):
    bounds: ClassVar[Bounds] = Bounds(
        sides=(64, 512), steps=(1, 16), styles=(), is_style=lambda _: True
    )


@dataclass
class Response:
    output_tensors: list[Any] = field(default_factory=list)
    error: Any = None


class TritonError(Exception):
    INVALID_ARG, INTERNAL = "INVALID_ARG", "INTERNAL"


BACKEND = SimpleNamespace(
    Tensor=Tensor,
    InferenceResponse=Response,
    TritonError=TritonError,
    Logger=SimpleNamespace(log_error=LOGGED.append),
    TRITONSERVER_RESPONSE_COMPLETE_FINAL=1,
    get_input_tensor_by_name=lambda request, name: request.tensors[name],
)


@dataclass
class Sender:
    sent: list[tuple[Response | None, int]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    canceled: bool = False

    def is_cancelled(self) -> bool:
        return self.canceled

    def send(self, response: Response | None = None, flags: int = 0) -> None:
        self.sent.append((response, flags))
        if flags:
            self.ended.set()


def _type(value: object) -> Any:
    return np.uint8 if isinstance(value, bytes) else np.asarray(value).dtype


class Request:
    def __init__(self, **changes: object) -> None:
        values: dict[str, object] = {
            "prompt": b"a fox",
            "negative_prompt": b"",
            "style": b"",
            "seed": np.int64(2**40),
            "width": np.int32(64),
            "height": np.int32(64),
            "steps": np.int32(2),
            "guidance": np.float32(2.5),
            **changes,
        }
        self.tensors = {
            name: np.array(list(value) if isinstance(value, bytes) else [value], _type(value))
            for name, value in values.items()
        }
        self.sender = Sender()

    def get_response_sender(self) -> Sender:
        return self.sender


class Work:
    painted: ClassVar[list[PaintOrder]] = []

    def __init__(self, order: AnyOrder) -> None:
        self.order = order

    def steps(self) -> Iterator[Step]:
        self.painted.append(self.order)
        of = self.order.steps
        for step in range(1, of + 1):
            last = step == of
            yield Step(step, of, bytes([step]), "{}" if last else "", last)


@pytest.fixture
def requests() -> Iterator[Requests]:
    Work.painted.clear()
    requests = Requests(BACKEND, CONFIG, order=AnyOrder, work=Work)
    yield requests
    requests.finalize()


def test_one_small_picture_is_painted_before_the_first_request(requests: Requests) -> None:
    assert [(order.width, order.height, order.steps) for order in Work.painted] == [(64, 64, 1)]


def test_tensors_become_an_order_and_steps_become_responses(requests: Requests) -> None:
    request = Request()
    requests.execute([request])
    assert request.sender.ended.wait(PATIENCE)
    assert Work.painted[-1] == AnyOrder(
        "a fox", seed=2**40, width=64, height=64, steps=2, guidance=2.5
    )
    parts = []
    for response, flags in request.sender.sent:
        assert response is not None
        tensors = dict(response.output_tensors)
        numbers = (tensors["step"][0], tensors["of"][0], tensors["image"].tolist())
        kind, meta = tensors["kind"].tobytes(), tensors["meta"].tobytes()
        parts.append((kind, *numbers, meta, flags))
    assert parts == [(b"preview", 1, 2, [1], b"", 0), (b"picture", 2, 2, [2], b"{}", 1)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": np.int32(17)}, "steps must be 1 to 16, not 17"),
        ({"prompt": b"\xff"}, "prompt must be UTF-8 text"),
    ],
)
def test_an_order_that_nobody_can_paint_is_refused(
    requests: Requests, changes: dict[str, object], message: str
) -> None:
    request = Request(**changes)
    requests.execute([request])
    ((response, flags),) = request.sender.sent
    assert response is not None
    assert response.error.args == (message, "INVALID_ARG")
    assert flags == 1


def test_a_canceled_request_ends_without_a_response(requests: Requests) -> None:
    request = Request()
    request.sender.canceled = True
    requests.execute([request])
    assert request.sender.ended.wait(PATIENCE)
    assert request.sender.sent == [(None, 1)]


def unloadable() -> type[Work]:
    raise OSError("a file is missing")


def test_a_model_that_cannot_be_loaded_fails_every_request_and_says_why() -> None:
    LOGGED.clear()
    broken = requests_or_broken(BACKEND, CONFIG, order=AnyOrder, load=unloadable)
    assert isinstance(broken, Broken)
    (line,) = LOGGED
    assert line == "sketch fails all its orders: a file is missing"
    pair = [Request(), Request()]
    broken.execute(pair)
    broken.finalize()
    for request in pair:
        ((response, flags),) = request.sender.sent
        assert response is not None
        assert response.error.args == ("a file is missing", "INTERNAL")
        assert flags == 1


def test_a_model_that_breaks_on_its_first_picture_is_broken_too() -> None:
    def breaks(_order: AnyOrder) -> Work:
        raise ValueError("another shape")

    assert isinstance(
        requests_or_broken(BACKEND, CONFIG, order=AnyOrder, load=lambda: breaks), Broken
    )


def test_a_model_that_loads_takes_requests() -> None:
    sound = requests_or_broken(BACKEND, CONFIG, order=AnyOrder, load=lambda: Work)
    assert isinstance(sound, Requests)
    request = Request()
    sound.execute([request])
    assert request.sender.ended.wait(PATIENCE)
    sound.finalize()
    assert len(request.sender.sent) == 2
