"""From the folder that ships back to weights that can be trained on; what the rounding to int8 took is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from rag.embedding.runtime import MODEL, TOKENIZER
from rag.errors import ModelError
from rag.training.graph import TYPES, WORDS, FloatArray
from rag.training.initial import with_vectors
from rag.training.reader import SpanStudent
from rag.training.student import Student
from rag.training.teacher import load_bert, teacher_folder

_NAMES = {
    "words": WORDS,
    "places": "embeddings.position_embeddings.weight",
    "type": TYPES,
    "types.weight": TYPES,
    "norm.weight": "embeddings.LayerNorm.weight",
    "norm.bias": "embeddings.LayerNorm.bias",
}
_JOINED = "qkv"
_PARTS = ("attention.self.query", "attention.self.key", "attention.self.value")


def recover(folder: Path) -> Student:
    """The student whose ``export`` wrote ``folder``; a ``SpanStudent`` where it was ``export_reader``.

    Raises ``ModelError`` where there is no such model.
    """
    from tokenizers import Tokenizer

    constants = _constants(folder / MODEL)
    bert = with_vectors(load_bert(teacher_folder()), _dequantised(constants, "words", 0))
    state = bert.state_dict()
    with torch.no_grad():
        for name, value in _weights(constants):
            state[name][: len(value)].copy_(torch.from_numpy(value))
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    if "head.weight" not in constants:
        return Student(bert, tokenizer)
    reader = SpanStudent(bert, tokenizer)
    head = {"weight": constants["head.weight"].T, "bias": constants["head.bias"]}
    reader.head.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in head.items()})
    return reader


def _constants(path: Path) -> dict[str, npt.NDArray[Any]]:
    import onnx

    if not path.is_file():
        raise ModelError(f"{path} does not exist: name the folder of a model made by python -m rag.training")
    found = {each.name: onnx.numpy_helper.to_array(each) for each in onnx.load(str(path)).graph.initializer}
    if not {"words", "places"} <= found.keys():
        raise ModelError(f"{path} was not made by python -m rag.training: name another folder")
    return found


def _weights(constants: Mapping[str, npt.NDArray[Any]]) -> Iterator[tuple[str, FloatArray]]:
    """The names of ``transformers`` and their values, the word vectors left out."""
    for name, value in constants.items():
        if name in _NAMES and name != "words":
            yield _NAMES[name], np.atleast_2d(value) if _NAMES[name] == TYPES else value
        elif name.startswith("encoder.") and name.endswith((".weight", ".bias")):
            matrix = name.endswith(".weight") and value.ndim == 2
            found = _dequantised(constants, name.removesuffix(".weight"), 1).T if matrix else value
            yield from _split(name, np.array(found))


def _split(name: str, value: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    """Query, key and value, which the graph joins, by themselves."""
    if _JOINED not in name:
        yield name, value
        return
    for part, rows in zip(_PARTS, np.split(value, len(_PARTS)), strict=True):
        yield name.replace(_JOINED, part), rows


def _dequantised(constants: Mapping[str, npt.NDArray[Any]], name: str, axis: int) -> FloatArray:
    """Floats of the matrix ``name``, (in, out) for a layer, with its smoothing undone."""
    matrix = constants[name if name == "words" else f"{name}.weight"].astype(np.float32)
    if (scale := constants.get(f"{name}.scale")) is not None:
        matrix *= np.expand_dims(scale.reshape(-1), 1 - axis)
    if (smooth := constants.get(f"{name}.smooth")) is not None:
        matrix *= smooth[:, None]
    return matrix
