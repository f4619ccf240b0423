"""Any model that sentence-transformers loads, by hub name or folder. Importing that library takes ten seconds."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.protocol import FloatArray, encode_sentences_alone, unit
from rag.embedding.text import PASSAGE, QUERY, printable
from rag.errors import ModelError
from rag.types import Span

#: The E5 models expect these words, and their published settings do not say so.
_E5 = re.compile(r"(^|/)(multilingual-)?e5-(small|base|large)(-v2)?$", re.IGNORECASE)
_E5_PROMPTS = {"query": QUERY, "document": PASSAGE}
#: A piece of a text can take a token or two more than it took within the text.
_SLACK = 4
_SHORTEST_WINDOW = 8
#: What such a model is told to need; a model is data, and Wenbao runs no program that comes with it.
_OWN_CODE = "needs code of its own, which Wenbao does not run"
#: Seconds until the hub is held to be out of reach.
_PATIENCE = 5.0


class SentenceTransformerEmbedder:
    """An ``Embedder``; prompts for queries and documents are the model's own.

    On a CPU each text is a batch of its own: padding changes the last digits of a vector, and an index that was
    updated shall equal one that was rebuilt. On a GPU that holds within rounding.
    """

    def __init__(self, model: str) -> None:
        folder = Path(model).expanduser()
        self._model = _load(model, folder)
        if _E5.search(model.rstrip("/")) and not any(self._model.prompts.values()):
            self._model.prompts = dict(_E5_PROMPTS)
        self.name = f"{folder.name}@{_digest(folder)}" if folder.is_dir() else _hub_name(model, self._model)
        self.dimension = int(self._model.get_embedding_dimension())
        self._batch = 1 if self._model.device.type == "cpu" else 32

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts, self._model.encode_query, "query")

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts, self._model.encode_document, "document")

    def encode_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[FloatArray]:
        return encode_sentences_alone(self.encode_passages, texts, spans)

    def _encode(self, texts: Sequence[str], encode: Callable[..., Any], prompt: str) -> FloatArray:
        """Of a text longer than the model's window, the mean over equal windows, weighted by their lengths."""
        if not texts:  # encode([]) has the shape (0,)
            return np.empty((0, self.dimension), dtype=np.float32)
        split = [self._windows(printable(text), prompt) for text in texts]
        flat = [window for windows in split for window in windows]
        vectors = encode(flat, batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False)
        weighted = np.asarray(vectors, dtype=np.float32) * np.array([[max(1, len(w))] for w in flat], dtype=np.float32)
        starts = np.cumsum([0, *(len(windows) for windows in split)])[:-1]
        return unit(np.add.reduceat(weighted, starts, axis=0))

    def _windows(self, text: str, prompt: str) -> list[str]:
        """The text in parts that the model takes whole with its prompt, equal ones where that can be told at once.

        Raises ``ModelError`` where the prompt alone is too long.
        """
        tokenizer: Any = getattr(self._model[0], "tokenizer", None)
        longest = self._model.max_seq_length
        if not callable(tokenizer) or not longest:
            return [text]
        said = self._model.prompts.get(prompt) or ""
        taken = len(tokenizer(said)["input_ids"])
        room = longest - taken - _SLACK
        if not getattr(tokenizer, "is_fast", False) or room < _SHORTEST_WINDOW:
            return self._halves(text, lambda part: len(tokenizer(said + part, verbose=False)["input_ids"]) <= longest)
        marks = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)["offset_mapping"]
        count = -(-len(marks) // room)
        if len(marks) + taken <= longest or count < 2:
            return [text]
        cuts = [0, *(marks[len(marks) * i // count][0] for i in range(1, count)), len(text)]
        return [text[start:end] for start, end in pairwise(cuts) if start < end]

    def _halves(self, text: str, fits: Callable[[str], bool]) -> list[str]:
        """Cut in the middle until every part fits; what a tokenizer without offsets, or with little room, leaves."""
        if fits(text):
            return [text]
        if len(text) < 2:
            raise ModelError(f"the prompts of {self.name} leave no room for a text: shorten them")
        middle = len(text) // 2
        return [*self._halves(text[:middle], fits), *self._halves(text[middle:], fits)]


def offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def _load(model: str, folder: Path) -> Any:
    if not folder.is_dir() and (model.startswith((".", "/", "~")) or model.count("/") > 1):
        raise ModelError(f"there is no model folder {model}: check the path")
    if folder.is_dir() or offline():
        return _open(model, folder, local=True)
    if _is_cached(model):
        try:
            return _open(model, folder, local=True)
        except ModelError as error:
            # A download that broke off looks like a model in the cache: what is missing is fetched.
            if _OWN_CODE in str(error):
                raise
    _require_on_hub(model)
    return _open(model, folder, local=False)


def _open(model: str, folder: Path, *, local: bool) -> Any:
    from sentence_transformers import SentenceTransformer

    failures: tuple[type[Exception], ...] = (ValueError, RuntimeError, ImportError, KeyError, *_network_errors())
    try:
        return SentenceTransformer(str(folder) if folder.is_dir() else model, local_files_only=local)
    except failures as error:
        if "trust_remote_code" in str(error):
            advice = "name a model of a known architecture"
            raise ModelError(f"the model {model} {_OWN_CODE}: {advice}") from error
        reason = " ".join(str(error).split())[:160]
        advice = "check the folder" if folder.is_dir() else "check the name"
        if not folder.is_dir():
            advice += ", load it once while online, or give a folder" if local else ", or give a folder"
        raise ModelError(f"the model {model} cannot be loaded ({reason}): {advice}") from error


def _is_cached(model: str) -> bool:
    """Whether the hub's cache on this machine has the model; then the hub is not asked whether it has a newer one."""
    from huggingface_hub import try_to_load_from_cache

    return any(isinstance(try_to_load_from_cache(name, "config.json"), str) for name in _full_names(model))


def _full_names(model: str) -> tuple[str, ...]:
    """sentence-transformers finds its own models without their owner's name."""
    return (model,) if "/" in model else (f"sentence-transformers/{model}", model)


def _require_on_hub(model: str) -> None:
    """One short look, because the library tries a name it cannot find for a minute, and tells of each try."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    reason = ""
    for name in _full_names(model):
        try:
            HfApi().model_info(name, timeout=_PATIENCE)
        except HFValidationError:
            reason = "no such name is possible"
        except HfHubHTTPError:
            reason = "the hub has no open model of this name"
        except _network_errors():
            reason = "it is not on this machine and the hub cannot be reached"
            break
        else:
            return
    advice = "check the name, load it once while online, or give a folder"
    raise ModelError(f"the model {model} cannot be loaded ({reason}): {advice}")


def _network_errors() -> tuple[type[Exception], ...]:
    """What the hub's library raises without a network; its newer versions use another HTTP library."""
    from importlib.util import find_spec

    there = [import_module(name).HTTPError for name in ("httpx", "httpx2") if find_spec(name)]
    return (OSError, *there)


def _digest(folder: Path) -> str:
    """Twelve hexadecimal digits over the names and contents of the folder's files, texts for people left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md" and not path.name.startswith("."):
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:12]


def _hub_name(model: str, loaded: Any) -> str:
    commit = getattr(getattr(loaded.transformers_model, "config", None), "_commit_hash", None)
    return f"{model}@{commit[:12]}" if commit else model
