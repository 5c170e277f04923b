"""Write the trained networks as ONNX files into the package, and say how far they part.

    python -m kanvas_training.export                  compares the ways to store them
    python -m kanvas_training.export --store half     writes the package's files

Stored as halves, every large weight takes two bytes and is widened when a session starts. Stored
as bytes (int8), the painter's products are of 8-bit numbers too, with scales found on the
painter's own way from noise to picture. The parity test is part of it: nothing is written whose
pictures are farther than `CLOSE` decibels from PyTorch's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from kanvas_imagegen.easel.networks import PAINTER_INPUTS as INPUTS
from kanvas_imagegen.language.encoder import TextEncoder

from .composites import VALIDATION, Shard, folder
from .network import SIDE, STATES, WORDS, Easel, Shape
from .places import SHIPPED, WORK
from .upscaler import FILE as UPSCALER
from .upscaler import Upscaler, decibels

PACKAGE = SHIPPED / "easel"
CLOSE = 35.0  # decibels: where the difference cannot be seen
LARGE = 1024  # numbers in a weight that is worth storing in another way
PROMPTS = 16  # for scales and for the comparison, each
STEPS = 12

Array = npt.NDArray[Any]
Feed = dict[str, Array]


def trained(run: str) -> Easel:
    """Return the average network of a run."""
    held = torch.load(WORK / "runs" / run / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = Easel(Shape(**held["shape"]))
    network.load_state_dict(held["average"])
    return network.eval()


def exported(
    network: torch.nn.Module, example: Sequence[torch.Tensor], names: Sequence[str]
) -> Any:
    """Return a network as an ONNX model whose batch (and sides, of pictures) are free."""
    free = {0: "n"}
    axes = {name: dict(free) for name in names}
    if len(names) == 2:
        axes = {names[0]: {0: "n", 2: "h", 3: "w"}, names[1]: {0: "n", 2: "hh", 3: "ww"}}
    with tempfile.TemporaryDirectory() as at:
        path = Path(at) / "network.onnx"
        torch.onnx.export(
            network,
            tuple(example),
            str(path),
            input_names=list(names[:-1]),
            output_names=[names[-1]],
            dynamic_axes=axes,
            opset_version=20,
            dynamo=False,
        )
        return onnx.load(str(path))


def halved(model: Any) -> Any:
    """Return the model with large weights stored as halves and widened at the start."""
    out = onnx.ModelProto()
    out.CopyFrom(model)
    kept, casts = [], []
    for weight in out.graph.initializer:
        numbers = numpy_helper.to_array(weight)
        if numbers.dtype == np.float32 and numbers.size >= LARGE:
            half = numpy_helper.from_array(numbers.astype(np.float16), f"{weight.name}.half")
            kept.append(half)
            casts.append(helper.make_node("Cast", [half.name], [weight.name], to=TensorProto.FLOAT))
        else:
            kept.append(weight)
    nodes = [*casts, *out.graph.node]
    del out.graph.initializer[:], out.graph.node[:]
    out.graph.initializer.extend(kept)
    out.graph.node.extend(nodes)
    return out


class Way(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """What the painter is fed on its way from noise to pictures, for the scales of int8."""

    def __init__(self, feeds: list[Feed]) -> None:
        self._left: Iterator[Feed] = iter(feeds)

    def get_next(self) -> Feed | None:
        """Return the next feed, or None at the end."""
        return next(self._left, None)


def quantized(model: Any, feeds: list[Feed]) -> Any:
    """Return the model with 8-bit convolutions and products, their scales found on the feeds."""
    # The preparation leaves files of its own wherever it runs.
    with tempfile.TemporaryDirectory() as at, chdir(at):
        plain, ready, small = (str(Path(at) / name) for name in ("a.onnx", "b.onnx", "c.onnx"))
        onnx.save(model, plain)
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            small,
            Way(feeds),
            op_types_to_quantize=["Conv", "MatMul", "Gemm"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        return onnx.load(small)


def session(model: Any) -> onnxruntime.InferenceSession:
    """Return a session on two threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def session_run(ready: onnxruntime.InferenceSession, feed: Feed) -> Array:
    """Return the only output of a session."""
    out: Array = ready.run(None, feed)[0]
    return out


def conditions(first: int) -> Feed:
    """Return what `PROMPTS` pictures are painted from, words by the encoder that ships.

    Every other one has no words and no style, as guidance asks for.
    """
    shard = Shard.read(folder() / f"{VALIDATION}.npz")
    rows = slice(first, first + PROMPTS)
    worded = np.arange(PROMPTS) % 2 == 0
    words = TextEncoder(threads=2).encode(
        [str(text) if told else "" for text, told in zip(shard.captions[rows], worded, strict=True)]
    )
    reference = shard.references[rows, 0].transpose(0, 3, 1, 2).astype(np.float32) / 255
    return {
        "reference": reference,
        "tokens": words.tokens.astype(np.float32),
        "mask": words.mask.astype(np.float32),
        "pooled": words.pooled.astype(np.float32),
        "style": shard.styles[rows] * worded,
    }


def painted(run: Any, given: Feed, feeds: list[Feed] | None = None) -> Array:
    """Return pictures painted in `STEPS` steps without guidance; note what was fed in."""
    noisy = np.random.default_rng(3).standard_normal((PROMPTS, 3, SIDE, SIDE), dtype=np.float32)
    for step in range(STEPS):
        now, then = 1 - step / STEPS, 1 - (step + 1) / STEPS
        time_ = np.full(PROMPTS, now, dtype=np.float32)
        feed = {"noisy": noisy, "time": time_, **given}
        if feeds is not None:
            feeds.append(feed)
        made = np.clip(run(feed), -1, 1)
        noisy = (made + (noisy - made) * (then / now)).astype(np.float32)
    return noisy


def torched(network: Easel, feed: Feed) -> Array:
    """Return what PyTorch makes of a feed."""
    with torch.no_grad():
        out: Array = network(*(torch.from_numpy(feed[name]) for name in INPUTS)).numpy()
    return out


def ways(whole: Any, store: str | None) -> dict[str, Any]:
    """Return the model stored in the chosen way, or in all of them."""
    made = {"float": whole}
    if store != "int8":
        made["half"] = halved(whole)
    if store != "half":
        feeds: list[Feed] = []
        painted(lambda feed: session_run(session(whole), feed), conditions(0), feeds)
        made["int8"] = quantized(whole, feeds)
    return made


def main() -> int:
    """Compare the ways to store the networks, or write the chosen one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="easel")
    parser.add_argument("--store", choices=("half", "int8"))
    chosen = parser.parse_args()
    network = trained(chosen.run)
    example = (
        torch.zeros(2, 3, SIDE, SIDE),
        torch.ones(2),
        torch.zeros(2, 4, SIDE, SIDE),
        torch.zeros(2, WORDS, STATES),
        torch.ones(2, WORDS),
        torch.zeros(2, STATES),
        torch.zeros(2, dtype=torch.long),
    )
    whole = exported(network, example, (*INPUTS, "picture"))
    given = conditions(PROMPTS)
    truth = painted(lambda feed: torched(network, feed), given)
    likeness = {}
    stored = ways(whole, chosen.store)
    for name, model in stored.items():
        ready = session(model)
        likeness[name] = decibels(painted(lambda feed, s=ready: session_run(s, feed), given), truth)
        size = model.ByteSize() / 1e6
        sys.stdout.write(f"{name:6} {size:6.1f} MB  {likeness[name]:6.1f} dB to PyTorch\n")
    if not chosen.store:
        return 0
    if likeness[chosen.store] < CLOSE:
        sys.stdout.write(f"{chosen.store} shows: nothing written\n")
        return 1
    onnx.save(stored[chosen.store], str(PACKAGE / "painter.onnx"))
    upscaler = Upscaler()
    upscaler.load_state_dict(torch.load(UPSCALER, weights_only=True))
    model = exported(upscaler.eval(), (torch.zeros(1, 3, 64, 64),), ("small", "large"))
    onnx.save(halved(model), str(PACKAGE / "upscaler.onnx"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
