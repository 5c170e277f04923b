"""Write the trained networks as ONNX files into the package, and say how far they part.

    python -m kanvas_training.export                    compares the ways to store the painter
    python -m kanvas_training.export --store bytes      writes the painter into the package
    python -m kanvas_training.export finisher           writes the finisher, with halves

Stored as halves, every large weight takes two bytes; stored as bytes, one, and a scale for each
channel. Either is widened once, when a session starts: all products have full precision, so a
picture does not depend on its batch. The parity test is part of it: nothing is
written whose pictures are farther than `CLOSE` decibels from PyTorch's, painted as easel paints.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from kanvas_painters.easel.networks import FINISHER_INPUTS, Told
from kanvas_painters.easel.networks import PAINTER_INPUTS as INPUTS
from kanvas_painters.easel.sampler import noises, sample
from kanvas_painters.painting.packed import write_packed

from .composites import VALIDATION, Shard, encoded, folder
from .finisher import HELD, batch, sights
from .finisher import trained as finisher
from .likeness import decibels
from .network import SIDE, STATES, WORDS, Easel, Shape
from .places import SHIPPED, WORK

PACKAGE = SHIPPED / "easel"
CLOSE = 35.0  # decibels: where the difference cannot be seen
LARGE = 1024  # numbers in a weight that is worth storing in another way
PROMPTS, STEPS, GUIDANCE = 8, 12, 1.5  # what the comparison paints, as easel paints it

Array = npt.NDArray[Any]
Feed = dict[str, Array]
Evaluate = Callable[[Feed], Array]


def trained(run: str) -> Easel:
    """Return the average network of a run."""
    held = torch.load(WORK / "runs" / run / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = Easel(Shape(**held["shape"]))
    network.load_state_dict(held["average"])
    return network.eval()


def exported(
    network: torch.nn.Module,
    example: Sequence[torch.Tensor],
    names: Sequence[str],
    *,
    sides: bool = False,
) -> Any:
    """Return a network as an ONNX model whose batch is free, and the `sides` of pictures too."""
    free = {2: "height", 3: "width"} if sides else {}
    axes = {name: {0: "n", **{at: f"{name} {side}" for at, side in free.items()}} for name in names}
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


def stored(model: Any, narrow: Callable[[str, Array], tuple[list[Any], list[Any]]]) -> Any:
    """Return the model with each large weight made of constants and nodes that `narrow` gives."""
    out = onnx.ModelProto()
    out.CopyFrom(model)
    kept, widening = [], []
    for weight in out.graph.initializer:
        numbers = numpy_helper.to_array(weight)
        if numbers.dtype == np.float32 and numbers.size >= LARGE:
            constants, nodes = narrow(weight.name, numbers)
            kept += constants
            widening += nodes
        else:
            kept.append(weight)
    nodes = [*widening, *out.graph.node]
    del out.graph.initializer[:], out.graph.node[:]
    out.graph.initializer.extend(kept)
    out.graph.node.extend(nodes)
    return out


def halved(model: Any) -> Any:
    """Return the model with large weights stored as halves."""
    return stored(model, _half)


def _half(name: str, numbers: Array) -> tuple[list[Any], list[Any]]:
    half = numpy_helper.from_array(numbers.astype(np.float16), f"{name}.half")
    return [half], [helper.make_node("Cast", [half.name], [name], to=TensorProto.FLOAT)]


def _byte(name: str, numbers: Array) -> tuple[list[Any], list[Any]]:
    # Convolutions have their outputs first, most products of matrices last; where one has its
    # inputs there, a scale for each of these serves as well.
    axes = (0,) if numbers.ndim == 2 else tuple(range(1, numbers.ndim))
    scale = np.maximum(np.abs(numbers).max(axis=axes, keepdims=True), 1e-12) / 127
    byte = numpy_helper.from_array(np.rint(numbers / scale).astype(np.int8), f"{name}.byte")
    factor = numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale")
    wide = helper.make_node("Cast", [byte.name], [f"{name}.wide"], to=TensorProto.FLOAT)
    return [byte, factor], [wide, helper.make_node("Mul", [f"{name}.wide", factor.name], [name])]


STORES = {"half": _half, "bytes": _byte}


def session(model: Any) -> Evaluate:
    """Return a way to evaluate a model with one output, on two threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    ready = onnxruntime.InferenceSession(model.SerializeToString(), options)

    def evaluated(feed: Feed) -> Array:
        out: Array = ready.run(None, feed)[0]
        return out

    return evaluated


@dataclass(frozen=True)
class AnyPainter:
    """A painter of easel's whose network is handed in."""

    evaluate: Evaluate

    def predict(self, noisy: Array, time: Array, told: Told) -> Array:
        """See `kanvas_painters.easel.networks.Painter`."""
        return self.evaluate({"noisy": noisy, "time": time, **vars(told)})


def conditions() -> Iterator[tuple[str, Told]]:
    """Yield what `PROMPTS` pictures are painted from: the words, then none, as guidance asks."""
    shard, nothing = Shard.read(folder() / f"{VALIDATION}.npz"), encoded([""])
    for row in range(PROMPTS):
        reference = shard.references[row].transpose(2, 0, 1).astype(np.float32) / 255
        words = {
            name: np.stack([getattr(shard, name)[row], none[0]]).astype(np.float32)
            for name, none in nothing.items()
        }
        style = np.array([shard.styles[row], 0], dtype=np.int64)
        yield str(shard.captions[row]), Told(np.stack([reference] * 2), style=style, **words)


def painted(evaluate: Evaluate) -> Array:
    """Return pictures (PROMPTS, 3, SIDE, SIDE)."""
    painter = AnyPainter(evaluate)
    last = []
    for words, told in conditions():
        *_, picture = sample(painter, told, noises(3, words), steps=STEPS, guidance=GUIDANCE)
        last.append(picture)
    return np.stack(last)


def torched(network: Easel, feed: Feed) -> Array:
    """Return what PyTorch makes of a feed."""
    with torch.no_grad():
        out: Array = network(*(torch.from_numpy(feed[name]) for name in INPUTS)).numpy()
    return out


def export_painter(run: str, store: str | None) -> bool:
    """Compare the ways to store a run's painter; write it in one. Return whether that is well."""
    network = trained(run)
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
    truth = painted(lambda feed: torched(network, feed))
    ways = {name: stored(whole, STORES[name]) for name in ((store,) if store else STORES)}
    for name, model in ways.items():
        likeness = decibels(painted(session(model)), truth)
        size = model.ByteSize() / 1e6
        sys.stdout.write(f"{name:6} {size:6.1f} MB  {likeness:6.1f} dB to PyTorch\n")
        if store and likeness < CLOSE:
            sys.stdout.write(f"{name} shows: nothing written\n")
            return False
    if store:
        write_packed(PACKAGE / "painter.onnx.gz", ways[store].SerializeToString())
    return True


def export_finisher() -> bool:
    """Write the finisher, stored as halves. Return whether its pictures are PyTorch's."""
    network = finisher()
    wanted, rough, reference = batch(sights(), range(HELD), np.random.default_rng(2), PROMPTS, SIDE)
    model = halved(exported(network, (rough, reference), (*FINISHER_INPUTS, "finished")))
    made = session(model)({"rough": rough.numpy(), "reference": reference.numpy()})
    with torch.no_grad():
        likeness = decibels(made, network(rough, reference).numpy())
    size = model.ByteSize() / 1e6
    sys.stdout.write(
        f"{size:.1f} MB, {likeness:.1f} dB to PyTorch, "
        f"{decibels(made, wanted.numpy()):.1f} dB to what is wanted\n"
    )
    if likeness < CLOSE:
        return False
    write_packed(PACKAGE / "finisher.onnx.gz", model.SerializeToString())
    return True


def main() -> int:
    """Compare the ways to store a network, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", choices=("painter", "finisher"), default="painter")
    parser.add_argument("--run", default="easel")
    parser.add_argument("--store", choices=tuple(STORES))
    chosen = parser.parse_args()
    if chosen.network == "finisher":
        return 0 if export_finisher() else 1
    return 0 if export_painter(chosen.run, chosen.store) else 1


if __name__ == "__main__":
    sys.exit(main())
