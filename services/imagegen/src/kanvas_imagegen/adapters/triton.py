"""Painting on Triton: one decoupled gRPC stream per picture, on one channel.

What is known to go wrong and is dealt with here:

- Readiness lies: after the process that runs the model has died, Triton stays ready for ever and
  every request fails. So `probe` paints.
- An error inside the stream has no code unless the header `triton_grpc_error` asks for one, and
  some (an unknown model, a dead process) have none even then.
- When the process that runs the model dies, the streams of the pictures that it was painting stay
  open and silent. So a silence of some seconds is followed by a probe.
- A fault in the request iterator, and a stream canceled by the other side, may both surface as
  `CancelledError`, as if our own task had been canceled. So requests are built before the stream
  begins, each response is awaited in a task of its own, and a cancellation that nobody asked for
  counts as an interruption.
- The asyncio client has no empty final response: the model marks its last picture as the final
  one, and the stream ends because there are no more requests.
- Triton checks deadlines late or never. So the client has its own: one for the stream and one for
  each silence in it.
"""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, cast

import grpc
import numpy as np
from PIL import Image, UnidentifiedImageError
from tritonclient.grpc import InferInput, InferResult
from tritonclient.grpc.aio import InferenceServerClient

from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.ports import Painting, PaintingError, Preview
from kanvas_platform.observability import get_logger

_log = get_logger(__name__)

_PAINTING_SECONDS = 600.0
_SILENCE_SECONDS = 3.0
_MOST_SILENCES = 10
_PROBE_SECONDS = 3.0
_ENDING_SECONDS = 1.0
_MOST_MESSAGE_BYTES = 64 * 1024 * 1024
_MEDIA_TYPES = {"WEBP": "image/webp", "PNG": "image/png"}
_DEAD_PROCESS = "Stub process"

_OPTIONS = [
    ("grpc.max_receive_message_length", _MOST_MESSAGE_BYTES),
    # A Triton that was restarted is found again within about 1 s.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.enable_http_proxy", 0),
]

_REASONS = {
    grpc.StatusCode.INVALID_ARGUMENT: Reason.MODEL_REJECTED,
    grpc.StatusCode.NOT_FOUND: Reason.MODEL_UNAVAILABLE,
    grpc.StatusCode.UNAVAILABLE: Reason.MODEL_UNAVAILABLE,
    grpc.StatusCode.CANCELLED: Reason.MODEL_INTERRUPTED,
    grpc.StatusCode.DEADLINE_EXCEEDED: Reason.MODEL_INTERRUPTED,
}

_MESSAGES = {
    Reason.MODEL_FAULT: "The model failed.",
    Reason.MODEL_INTERRUPTED: "The model went away while it painted.",
    Reason.MODEL_UNAVAILABLE: "The model cannot be reached.",
}


class TritonPainter:
    """Paints with the models of one Triton server. Make one per process: its client leaks."""

    def __init__(self, target: str, *, probe_model: str) -> None:
        self._client = InferenceServerClient(target, channel_args=_OPTIONS)
        self._probe_model = probe_model

    async def close(self) -> None:
        """End all streams and the channel."""
        await self._client.close()

    async def probe(self, timeout: float, model: str = "") -> None:
        """See `Painter.probe`; `model` is by default that of the constructor."""
        try:
            async with asyncio.timeout(timeout):
                await self._paint_probe(model or self._probe_model)
        except TimeoutError as error:
            raise _error(Reason.MODEL_UNAVAILABLE) from error

    async def paint(self, spec: JobSpec) -> AsyncGenerator[Preview | Painting, None]:
        """See `Painter.paint`."""
        check_alive = partial(self._check_alive, spec.model)
        async with aclosing(self._paint(spec, on_silence=check_alive)) as parts:
            async for part in parts:
                yield part

    async def _paint_probe(self, model: str) -> None:
        spec = JobSpec(prompt="a circle", model=model, width=64, height=64, steps=1)
        async with aclosing(self._paint(spec, on_silence=_wait_on)) as parts:
            async for part in parts:
                if isinstance(part, Painting):
                    return

    async def _check_alive(self, model: str) -> None:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._paint_probe(model)
        except TimeoutError:
            # A model that does not answer may be busy, not dead.
            return
        except PaintingError as error:
            raise _error(Reason.MODEL_INTERRUPTED) from error

    async def _paint(
        self, spec: JobSpec, *, on_silence: Callable[[], Awaitable[None]]
    ) -> AsyncGenerator[Preview | Painting, None]:
        stream = self._client.stream_infer(
            _once({"model_name": spec.model, "inputs": _inputs(spec)}),
            stream_timeout=_PAINTING_SECONDS,
            headers={"triton_grpc_error": "true"},
        )
        begun = False
        try:
            while (result := await _next(stream, on_silence, begun=begun)) is not None:
                begun = True
                part = _part(result, spec)
                if isinstance(part, Painting):
                    await _ended(stream)
                yield part
                if isinstance(part, Painting):
                    return
        finally:
            stream.cancel()
        raise PaintingError(Reason.MODEL_FAULT, "The model ended without a picture.")


async def _ended(stream: Any) -> None:
    """Let Triton end a stream itself after its last response.

    Canceling it at that moment meets a race in Triton 2.51's front end that now and then
    ends the whole server with signal 11.
    """
    with suppress(TimeoutError, StopAsyncIteration, grpc.aio.AioRpcError):
        async with asyncio.timeout(_ENDING_SECONDS):
            await stream.__anext__()


async def _once(request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    yield request


async def _wait_on() -> None:
    """Do nothing about a silence: the caller of a probe has a deadline."""


async def _next(
    stream: Any, on_silence: Callable[[], Awaitable[None]], *, begun: bool
) -> InferResult | None:
    """Return the next response, or None at the end of the stream.

    Raises:
        PaintingError: The stream failed, or was silent for too long.
    """
    response = asyncio.ensure_future(stream.__anext__())
    try:
        await _answered(response, on_silence)
        if response.cancelled():
            raise _error(Reason.MODEL_INTERRUPTED)
        result, error = response.result()
    except StopAsyncIteration:
        return None
    except grpc.aio.AioRpcError as failure:
        raise _classified(failure.code(), failure.details() or "", begun=begun) from failure
    finally:
        response.cancel()
    if error is not None:
        raise _classified(None, str(error.message() or ""), begun=begun)
    return cast("InferResult", result)


async def _answered(
    response: "asyncio.Future[Any]", on_silence: Callable[[], Awaitable[None]]
) -> None:
    for _ in range(_MOST_SILENCES):
        done, _pending = await asyncio.wait({response}, timeout=_SILENCE_SECONDS)
        if done:
            return
        await on_silence()
    raise _error(Reason.MODEL_INTERRUPTED)


def _classified(code: grpc.StatusCode | None, text: str, *, begun: bool) -> PaintingError:
    if _DEAD_PROCESS in text:
        # Also before the first preview: this job may have killed the process.
        return _error(Reason.MODEL_INTERRUPTED)
    if "unknown model" in text or "is not ready" in text:
        return _error(Reason.MODEL_UNAVAILABLE)
    reason = Reason.MODEL_FAULT if code is None else _REASONS.get(code, Reason.MODEL_FAULT)
    if reason is Reason.MODEL_REJECTED:
        return PaintingError(reason, text)
    if reason is Reason.MODEL_UNAVAILABLE and begun:
        reason = Reason.MODEL_INTERRUPTED
    return _error(reason)


def _error(reason: Reason) -> PaintingError:
    return PaintingError(reason, _MESSAGES[reason])


def _inputs(spec: JobSpec) -> list[InferInput]:
    texts = ("prompt", "negative_prompt", "style")
    numbers = ("width", "height", "steps")
    return [
        *(
            _input(name, "UINT8", np.frombuffer(getattr(spec, name).encode(), np.uint8))
            for name in texts
        ),
        _input("seed", "INT64", np.array([spec.seed], np.int64)),
        *(_input(name, "INT32", np.array([getattr(spec, name)], np.int32)) for name in numbers),
        _input("guidance", "FP32", np.array([spec.guidance], np.float32)),
    ]


def _input(name: str, datatype: str, values: "np.ndarray[Any, Any]") -> InferInput:
    tensor = InferInput(name, list(values.shape), datatype)
    tensor.set_data_from_numpy(values)
    return tensor


def _part(result: InferResult, spec: JobSpec) -> Preview | Painting:
    try:
        kind = result.as_numpy("kind").tobytes()
        image = result.as_numpy("image").tobytes()
        if kind == b"preview":
            step, of = int(result.as_numpy("step")[0]), int(result.as_numpy("of")[0])
            return Preview(step, of, image)
        return _painting(image, json.loads(result.as_numpy("meta").tobytes()), spec)
    except (TypeError, ValueError, KeyError, IndexError, UnidentifiedImageError) as error:
        _log.exception("response of the model not understood", model=spec.model)
        raise PaintingError(
            Reason.MODEL_FAULT, "The model answered with something that is no picture."
        ) from error


def _painting(data: bytes, meta: dict[str, Any], spec: JobSpec) -> Painting:
    # Only the header is read: the reader of the picture decodes it.
    with Image.open(io.BytesIO(data), formats=list(_MEDIA_TYPES)) as image:
        width, height, format_name = image.width, image.height, str(image.format)
    if (width, height) != (spec.width, spec.height):
        raise ValueError("a picture of another size")
    return Painting(
        data=data,
        media_type=_MEDIA_TYPES[format_name],
        width=width,
        height=height,
        placeholder=str(meta["placeholder"]),
        seed=int(meta["seed"]),
        model_version=str(meta["model_version"]),
        statement=str(meta["statement"]),
        substitutions=tuple(map(str, meta["substitutions"])),
    )
