"""The networks that easel is made of, as what they do and as the files that ship.

All arrays are float32 with color first; color runs from -1 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
import onnxruntime

from ..collage.canvas import Array
from ..language.encoder import Encoded, text_encoder
from ..painting.packed import read_packed

SIDE = 256  # pixels of what the network paints
THREADS = 2
PAINTER_INPUTS = ("noisy", "time", "reference", "tokens", "mask", "pooled", "style")
FINISHER_INPUTS = ("rough", "reference")


class NetworkError(Exception):
    """A network is missing or is none; the message says which, for the operator."""


@dataclass(frozen=True)
class Told:
    """What the network is told, for n evaluations at once.

    Attributes:
        reference: (n, 4, SIDE, SIDE), from `canvas_of`, from 0 to 1.
        tokens: (n, 24, 384), `mask` (n, 24) and `pooled` (n, 384) are the words, encoded.
        mask: 1 for a word and 0 for padding.
        pooled: One vector for all words.
        style: int64 (n,), 0 for none.
    """

    reference: Array
    tokens: Array
    mask: Array
    pooled: Array
    style: np.ndarray[Any, np.dtype[np.int64]]


class Painter(Protocol):
    """Sees the picture in the noise."""

    def predict(self, noisy: Array, time: Array, told: Told) -> Array:
        """Return the finished pictures (n, 3, SIDE, SIDE) that it expects.

        Args:
            noisy: (n, 3, SIDE, SIDE).
            time: (n,), from 1 (all noise) to 0 (none).
            told: For n evaluations.
        """
        ...


class Finisher(Protocol):
    """Makes a picture sharp at twice its size, knowing where its drawings have edges."""

    def finished(self, rough: Array, reference: Array) -> Array:
        """Return pictures (n, 3, 2h, 2w).

        Args:
            rough: (n, 3, h, w), what was painted; sides are even.
            reference: (n, 4, 2h, 2w), from `canvas_of`, from 0 to 1.
        """
        ...


class Encoder(Protocol):
    """Turns words into vectors."""

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return the vectors of each text, in order."""
        ...


@dataclass(frozen=True)
class Networks:
    """All that a painting needs."""

    painter: Painter
    finisher: Finisher
    encoder: Encoder


class OnnxPainter:
    """The shipped painting network. Safe to share between threads."""

    def __init__(self) -> None:
        self._session = _session("painter.onnx.gz", PAINTER_INPUTS, "picture")

    def predict(self, noisy: Array, time: Array, told: Told) -> Array:
        """See `Painter`."""
        feeds = {"noisy": noisy, "time": time, **vars(told)}
        picture: Array = self._session.run(["picture"], feeds)[0]
        return picture


class OnnxFinisher:
    """The shipped finishing network. Safe to share between threads."""

    def __init__(self) -> None:
        self._session = _session("finisher.onnx.gz", FINISHER_INPUTS, "finished")

    def finished(self, rough: Array, reference: Array) -> Array:
        """See `Finisher`."""
        feeds = {"rough": rough, "reference": reference}
        finished: Array = self._session.run(["finished"], feeds)[0]
        return finished


@cache
def networks() -> Networks:
    """Return the networks that ship, read once in this process.

    Raises:
        NetworkError: One of them is missing or unfit.
    """
    return Networks(OnnxPainter(), OnnxFinisher(), text_encoder())


def _session(name: str, inputs: Sequence[str], output: str) -> Any:
    """Return a network of the package, on the processor; check that it is the network meant."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    # Threads that wait for work must sleep: an idle painter costs no processor time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    onnxruntime.disable_telemetry_events()
    try:
        model = read_packed(__package__, name)
        session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
    except FileNotFoundError as error:
        raise NetworkError(f"easel cannot paint: its {name} is missing") from error
    except Exception as error:  # onnxruntime raises classes of its own for each fault in a file
        raise NetworkError(f"easel cannot paint: its {name} is damaged ({error})") from error
    found = {port.name for port in session.get_inputs()}
    if found != set(inputs) or output not in {port.name for port in session.get_outputs()}:
        raise NetworkError(f"easel cannot paint: its {name} is another network")
    return session
