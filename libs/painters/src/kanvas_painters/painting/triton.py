"""Triton's side of a painter: tensors in, steps in turn, tensors out.

`triton_python_backend_utils` exists only inside Triton's own process, so a model hands it in.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from kanvas_paint_contract.order import InvalidOrder, PaintOrder

from . import tensors
from .slots import Slots, Steps
from .step import Step


class Responses:
    """Where one request's responses go. Ends it exactly once."""

    def __init__(self, backend: Any, sender: Any) -> None:
        self._backend = backend
        self._sender = sender

    def gone(self) -> bool:
        """Return whether the caller has canceled."""
        return bool(self._sender.is_cancelled())

    def send(self, step: Step) -> None:
        """Send a preview, or the picture with the final flag."""
        backend = self._backend
        output = [
            tensors.of_text(backend, "kind", "picture" if step.last else "preview"),
            tensors.of_number(backend, "step", step.step),
            tensors.of_number(backend, "of", step.of),
            tensors.of_bytes(backend, "image", step.image),
            tensors.of_text(backend, "meta", step.meta),
        ]
        response = backend.InferenceResponse(output_tensors=output)
        if step.last:
            self._sender.send(response, flags=self._final)
        else:
            self._sender.send(response)

    def close(self) -> None:
        """End a canceled request."""
        self._sender.send(flags=self._final)

    def refuse(self, message: str) -> None:
        """End the request with an error that is the caller's fault."""
        self._error(message, self._backend.TritonError.INVALID_ARG)

    def fail(self, message: str) -> None:
        """End the request with an internal error."""
        self._error(message, self._backend.TritonError.INTERNAL)

    @property
    def _final(self) -> Any:
        return self._backend.TRITONSERVER_RESPONSE_COMPLETE_FINAL

    def _error(self, message: str, code: Any) -> None:
        error = self._backend.TritonError(message, code)
        self._sender.send(self._backend.InferenceResponse(error=error), flags=self._final)


class Requests:
    """Takes a model's requests into slots; `execute` blocks while all of them are busy."""

    def __init__(
        self,
        backend: Any,
        arguments: dict[str, str],
        *,
        order: type[PaintOrder],
        work: Callable[[Any], Steps],
    ) -> None:
        """Read the number of slots and paint once, so that ready means fast.

        Args:
            backend: `triton_python_backend_utils`.
            arguments: What Triton gives to `initialize`.
            order: The model's kind of order.
            work: What answers an order.
        """
        config = json.loads(arguments["model_config"])
        self._backend = backend
        self._order = order
        self._work = work
        warm = order(prompt="a red fox in the snow", width=64, height=64, steps=1)
        for _ in work(warm).steps():
            pass
        self._slots = Slots(int(config["parameters"]["slots"]["string_value"]))

    def execute(self, requests: Sequence[Any]) -> None:
        """Admit requests; their responses are sent from the slots' thread."""
        for request in requests:
            responses = Responses(self._backend, request.get_response_sender())
            try:
                work = self._work(self._ordered(request))
            except InvalidOrder as error:
                responses.refuse(str(error))
                continue
            self._slots.admit(work, responses)

    def finalize(self) -> None:
        """End what is still being painted, and the thread."""
        self._slots.close()

    def _ordered(self, request: Any) -> PaintOrder:
        """Return the order in a request's tensors, which are gone when `execute` returns."""
        return self._order(
            prompt=self._text(request, "prompt"),
            negative_prompt=self._text(request, "negative_prompt"),
            style=self._text(request, "style"),
            seed=self._number(request, "seed"),
            width=self._number(request, "width"),
            height=self._number(request, "height"),
            steps=self._number(request, "steps"),
            guidance=float(self._number(request, "guidance")),
        )

    def _text(self, request: Any, name: str) -> str:
        try:
            return tensors.text(self._input(request, name))
        except UnicodeDecodeError as error:
            raise InvalidOrder(f"{name} must be UTF-8 text") from error

    def _number(self, request: Any, name: str) -> Any:
        return tensors.number(self._input(request, name))

    def _input(self, request: Any, name: str) -> Any:
        return self._backend.get_input_tensor_by_name(request, name)


def requests_or_broken(
    backend: Any,
    arguments: dict[str, str],
    *,
    order: type[PaintOrder],
    load: Callable[[], Callable[[Any], Steps]],
) -> Requests | Broken:
    """Return what takes the requests of a model that the server can do without.

    A model that cannot be loaded would keep the whole server, with all other models, from
    starting. So it is loaded, fails every request, and says why there and in the server's log.

    Args:
        backend: As of `Requests`.
        arguments: As of `Requests`.
        order: As of `Requests`.
        load: Reads what the model needs and returns what answers an order.
    """
    try:
        return Requests(backend, arguments, order=order, work=load())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other models must serve
        traceback.print_exc()
        backend.Logger.log_error(f"{arguments['model_name']} fails all its orders: {error}")
        return Broken(backend, str(error))


class Broken:
    """Stands in for `Requests` where a model cannot be loaded: fails every request, says why."""

    def __init__(self, backend: Any, why: str) -> None:
        self._backend = backend
        self._why = why

    def execute(self, requests: Sequence[Any]) -> None:
        """Fail the requests."""
        for request in requests:
            Responses(self._backend, request.get_response_sender()).fail(self._why)

    def finalize(self) -> None:
        """Do nothing: there is nothing to end."""
