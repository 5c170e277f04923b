"""The text encoder: all-MiniLM-L6-v2 with 8-bit weights, on the processor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import onnxruntime

from ..painting.packed import read_packed
from .wordpiece import WordPieces

BATCH = 64  # texts encoded at once: more need memory and save no time

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """What texts mean.

    Attributes:
        tokens: the state of each word piece, (texts, 24, 384); meaningless where `mask` is false.
        mask: which places hold a word piece, (texts, 24).
        pooled: one vector of length 1 for a whole text, (texts, 384); the cosine of two
            texts is their product.
    """

    tokens: Floats
    mask: npt.NDArray[np.bool_]
    pooled: Floats


class TextEncoder:
    """Texts to vectors. English only, and at most 24 word pieces of it.

    Safe to share between threads; what a text means does not depend on its batch.
    """

    def __init__(self, *, threads: int = 1) -> None:
        # Triton runs many models on one machine: by default an encoder takes one core at most.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        onnxruntime.disable_telemetry_events()
        model = read_packed(__package__, "encoder.onnx.gz")
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        self._pieces = WordPieces()

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return the vectors of each text, in order."""
        ids, mask = self._pieces.encode(texts)
        parts = [
            self._session.run(
                ["tokens", "pooled"],
                {"ids": ids[at : at + BATCH], "mask": mask[at : at + BATCH]},
            )
            for at in range(0, max(len(texts), 1), BATCH)
        ]
        tokens, pooled = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return Encoded(tokens=tokens, mask=mask.astype(np.bool_), pooled=pooled)


@cache
def text_encoder() -> TextEncoder:
    """Return the encoder of this process, read once."""
    return TextEncoder()
