"""Triton's side of the collage model: tensors in, steps in turn, tensors out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import triton_python_backend_utils as pb

from kanvas_imagegen.collage.order import InvalidOrder, Order, Progress, Work
from kanvas_imagegen.collage.slots import Slots

FINAL = pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL


class Caller:
    """Where one request's responses go. Ends it exactly once."""

    def __init__(self, sender: Any) -> None:
        self._sender = sender

    def gone(self) -> bool:
        """Whether the caller has canceled."""
        return bool(self._sender.is_cancelled())

    def send(self, progress: Progress) -> None:
        """Sends a preview, or the picture with the final flag."""
        tensors = [
            _text("kind", "picture" if progress.last else "preview"),
            pb.Tensor("step", np.array([progress.step], dtype=np.int32)),
            pb.Tensor("of", np.array([progress.of], dtype=np.int32)),
            pb.Tensor("image", np.frombuffer(progress.image, dtype=np.uint8)),
            _text("meta", progress.meta),
        ]
        response = pb.InferenceResponse(output_tensors=tensors)
        if progress.last:
            self._sender.send(response, flags=FINAL)
        else:
            self._sender.send(response)

    def close(self) -> None:
        """Ends a canceled request."""
        self._sender.send(flags=FINAL)

    def refuse(self, message: str, *, code: Any = None) -> None:
        """Ends the request with an error; the caller's fault unless `code` says otherwise."""
        error = pb.TritonError(message, code or pb.TritonError.INVALID_ARG)
        self._sender.send(pb.InferenceResponse(error=error), flags=FINAL)

    def fail(self, message: str) -> None:
        """Ends the request with an internal error."""
        self.refuse(message, code=pb.TritonError.INTERNAL)


class TritonPythonModel:
    """Takes requests into slots; `execute` blocks while all of them are busy."""

    def initialize(self, args: dict[str, str]) -> None:
        """Reads the number of slots and warms the library, so that ready means fast."""
        config = json.loads(args["model_config"])
        number = int(config["parameters"]["slots"]["string_value"])
        for _ in Work(Order(prompt="a red fox in the snow", width=64, height=64, steps=1)).steps():
            pass
        self._slots = Slots(number)

    def execute(self, requests: list[Any]) -> None:
        """Admits requests; their responses are sent from the slots' thread."""
        for request in requests:
            caller = Caller(request.get_response_sender())
            try:
                work = Work(_order(request))
            except InvalidOrder as error:
                caller.refuse(str(error))
                continue
            self._slots.admit(work, caller)

    def finalize(self) -> None:
        """Ends what is still being painted, and the thread."""
        self._slots.close()


def _order(request: Any) -> Order:
    """The order in a request's tensors."""
    return Order(
        prompt=_string(request, "prompt"),
        negative_prompt=_string(request, "negative_prompt"),
        style=_string(request, "style"),
        seed=_number(request, "seed"),
        width=_number(request, "width"),
        height=_number(request, "height"),
        steps=_number(request, "steps"),
    )


def _string(request: Any, name: str) -> str:
    value = pb.get_input_tensor_by_name(request, name).as_numpy().reshape(-1)[0]
    try:
        return bytes(value).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidOrder(f"{name} must be UTF-8 text") from error


def _number(request: Any, name: str) -> int:
    return int(pb.get_input_tensor_by_name(request, name).as_numpy().reshape(-1)[0])


def _text(name: str, value: str) -> Any:
    return pb.Tensor(name, np.array([value.encode("utf-8")], dtype=np.object_))
