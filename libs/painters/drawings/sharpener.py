"""Doubles the sides of drawings that exist as pixels only.

The network is trained by `kanvas_training.sharpener` on vector art of the same kind.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

NETWORK = Path(__file__).parent / "sharpener.onnx"
MARGIN = 8  # pixels of nothing around a drawing, so that its edge is seen as one
NOTHING = 0.012  # alpha that no eye sees; it would only make the files larger


class Sharpener:
    """The network, ready to run. One kind of processor gives the same pixels each time."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._network = onnxruntime.InferenceSession(
            str(NETWORK), options, providers=["CPUExecutionProvider"]
        )

    def doubled(self, picture: Image.Image) -> Image.Image:
        """Return an RGBA drawing with twice the sides."""
        small = np.asarray(picture.convert("RGBa"), dtype=np.float32) / 255
        small = np.pad(small, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)))
        (large,) = self._network.run(None, {"small": small.transpose(2, 0, 1)[None]})
        edge = slice(2 * MARGIN, -2 * MARGIN)
        pixels = np.clip(large[0].transpose(1, 2, 0)[edge, edge], 0, 1)
        alpha = pixels[..., 3:]
        alpha[alpha < NOTHING] = 0
        alpha[alpha > 1 - NOTHING] = 1
        whole = np.concatenate([np.minimum(pixels[..., :3], alpha), alpha], axis=2)
        return Image.fromarray((whole * 255 + 0.5).astype(np.uint8), mode="RGBa").convert("RGBA")
