"""What the bundled models are opened with: onnxruntime and tokenizers, no torch."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from rag.errors import ModelError

SETTINGS = "wenbao.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
WORDS = "words.npy"
#: Where the models that ship lie.
MODELS = Path(__file__).parents[1] / "models"


def open_session(path: Path) -> Any:
    """An inference session of one thread: texts are run one by one, and threads take one text each."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes without a common base
        raise _broken(path, error) from error


def open_tokenizer(path: Path) -> Any:
    """A ``tokenizers.Tokenizer``; one for all who share the file, because it takes over half a second to load."""
    return _tokenizer(path.resolve())


@cache
def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception
        raise _broken(path, error) from error


def cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _broken(path: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200]
    return ModelError(f"{path} cannot be loaded ({reason}): reinstall wenbao")
