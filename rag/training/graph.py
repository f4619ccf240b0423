"""The encoder as an ONNX graph, written node by node: word embeddings of one text in, a state for every token out.

One text has no padding and so needs no mask, and its vectors cannot depend on others in a batch.
Weights are int8, symmetric, with a scale for every output channel; activations are quantised as they come
(``DynamicQuantizeMatMul`` of onnxruntime), after their large channels were made smaller and the weights behind them
larger (SmoothQuant, Xiao et al. 2023).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
MICROSOFT = "com.microsoft"
OPSET = 17
#: How much of the range moves from activations to weights.
SMOOTHNESS = 0.8
TINY = 1e-5
TYPES = "embeddings.token_type_embeddings.weight"
PLACES = "embeddings.position_embeddings.weight"


def quantise(weights: FloatArray, axis: int, bits: int) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Symmetric integers and their scales along ``axis``, the axis that keeps its own scales.

    >>> integers, scales = quantise(np.array([[1.0, -2.0], [0.0, 4.0]], dtype=np.float32), 1, 8)
    >>> integers.tolist(), [round(float(scale), 4) for scale in scales]
    ([[127, -64], [0, 127]], [0.0079, 0.0315])
    """
    top = 2 ** (bits - 1) - 1
    peak = np.abs(weights).max(axis=1 - axis)
    scales = (np.where(peak == 0, 1.0, peak) / top).astype(np.float32)
    shaped = np.expand_dims(scales, 1 - axis)
    return np.clip(np.rint(weights / shaped), -top, top).astype(np.int8), scales


def smoothing(peaks: FloatArray, matrix: FloatArray) -> FloatArray:
    """What to divide each input channel by, and to multiply its row of weights (in, out) with; geometric mean one.

    >>> smoothing(np.array([32.0, 1.0], dtype=np.float32), np.ones((2, 2), dtype=np.float32)).tolist()
    [4.0, 0.25]
    """
    raw = np.maximum(peaks, TINY) ** SMOOTHNESS / np.maximum(np.abs(matrix).max(axis=1), TINY) ** (1 - SMOOTHNESS)
    return np.asarray(raw / np.exp(np.log(raw).mean()), dtype=np.float32)


@dataclass(slots=True)
class Graph:
    """Nodes and constants in order of use. ``bits`` of the weight matrices: 8, 7 or 32 (float).

    ``peaks`` holds the largest magnitude seen in each input channel of a layer.
    """

    bits: int
    peaks: Mapping[str, FloatArray]
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, npt.NDArray[Any]] = field(default_factory=dict)

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants[name] = value
        return name

    def add(self, kind: str, *inputs: str, domain: str = "", count: int = 1, **attributes: Any) -> list[str]:
        from onnx import helper

        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names

    def linear(self, x: str, name: str, weight: FloatArray, bias: FloatArray) -> str:
        """``x @ weight.T + bias`` for a weight of shape (out, in)."""
        matrix, offset = np.ascontiguousarray(weight.T), self.constant(name + ".bias", bias)
        if self.bits == 32:
            (product,) = self.add("MatMul", x, self.constant(name + ".weight", matrix))
            return self.add("Add", product, offset)[0]
        if name in self.peaks:
            factors = smoothing(self.peaks[name], matrix)
            matrix = matrix * factors[:, None]
            (x,) = self.add("Mul", x, self.constant(name + ".smooth", 1 / factors))
        integers, scales = quantise(matrix, 1, self.bits)
        constants = self.constant(name + ".weight", integers), self.constant(name + ".scale", scales)
        return self.add("DynamicQuantizeMatMul", x, *constants, "", offset, domain=MICROSOFT)[0]


@dataclass(frozen=True, slots=True)
class Bert:
    """Weights named as in ``transformers``, and the settings a graph needs."""

    weights: Mapping[str, FloatArray]
    heads: int
    layers: int
    epsilon: float
    peaks: Mapping[str, FloatArray] = field(default_factory=dict)


def encoder_graph(bert: Bert, bits: int = 8, head: tuple[FloatArray, FloatArray] | None = None) -> Any:
    """An ``onnx.ModelProto`` from ``words`` (1, n, d) to ``states`` (1, n, d).

    With a ``head``, weight (out, d) and bias (out,) in float, the states go through it and are (1, n, out).
    """
    graph = Graph(bits, bert.peaks)
    x = _embeddings(graph, bert)
    for number in range(bert.layers):
        x = _layer(graph, bert, f"encoder.layer.{number}.", x)
    width = bert.weights[PLACES].shape[1]
    if head is None:
        return _model(graph, x, width, width)
    (product,) = graph.add("MatMul", x, graph.constant("head.weight", np.ascontiguousarray(head[0].T)))
    (x,) = graph.add("Add", product, graph.constant("head.bias", head[1]))
    return _model(graph, x, width, len(head[1]))


def _embeddings(graph: Graph, bert: Bert) -> str:
    weights = bert.weights
    (shape,) = graph.add("Shape", "words", start=1, end=2)
    zero = graph.constant("zero", np.array([0], dtype=np.int64))
    # All tokens of a text are of the first type.
    places = graph.constant("places", weights[PLACES] + weights[TYPES][0])
    (used,) = graph.add("Slice", places, zero, shape, zero)
    (summed,) = graph.add("Add", "words", used)
    return _norm(graph, bert, "embeddings.LayerNorm", summed)


def _layer(graph: Graph, bert: Bert, prefix: str, x: str) -> str:
    weights = bert.weights
    parts = [prefix + "attention.self." + part for part in ("query", "key", "value")]
    weight = np.concatenate([weights[part + ".weight"] for part in parts])
    bias = np.concatenate([weights[part + ".bias"] for part in parts])
    joined = graph.linear(x, prefix + "qkv", weight, bias)
    three = graph.add("Split", joined, count=3, axis=-1)
    (mixed,) = graph.add("MultiHeadAttention", *three, domain=MICROSOFT, num_heads=bert.heads)
    x = _residual(graph, bert, prefix + "attention.output.", x, mixed)
    name = prefix + "intermediate.dense"
    inner = graph.linear(x, name, weights[name + ".weight"], weights[name + ".bias"])
    (active,) = graph.add("Gelu", inner, domain=MICROSOFT)
    return _residual(graph, bert, prefix + "output.", x, active)


def _residual(graph: Graph, bert: Bert, prefix: str, x: str, y: str) -> str:
    """``LayerNorm(x + dense(y))``."""
    weights = bert.weights
    out = graph.linear(y, prefix + "dense", weights[prefix + "dense.weight"], weights[prefix + "dense.bias"])
    (summed,) = graph.add("Add", x, out)
    return _norm(graph, bert, prefix + "LayerNorm", summed)


def _norm(graph: Graph, bert: Bert, name: str, x: str) -> str:
    gamma = graph.constant(name + ".weight", bert.weights[name + ".weight"])
    beta = graph.constant(name + ".bias", bert.weights[name + ".bias"])
    return graph.add("LayerNormalization", x, gamma, beta, axis=-1, epsilon=bert.epsilon)[0]


def _model(graph: Graph, output: str, width: int, wide: int) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    graph.nodes.append(helper.make_node("Identity", [output], ["states"]))
    made = helper.make_graph(
        graph.nodes,
        "wenbao",
        [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", width])],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", wide])],
        [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)
