"""The bundled embedder on onnxruntime: no torch, no network.

A text is run alone.
Dynamic quantisation scales a whole batch by its largest activation, so in a batch a vector would depend on its
neighbours, and an index that was updated would differ from one that was rebuilt.
Threads, one text each, use the cores.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import FloatArray, unit
from rag.embedding.runtime import MODEL, SETTINGS, TOKENIZER, WORDS, cores, open_session, open_tokenizer
from rag.embedding.text import PASSAGE, QUERY, model_input
from rag.embedding.words import WordEmbeddings
from rag.errors import ModelError
from rag.types import Span

Task = TypeVar("Task")
Result = TypeVar("Result")
Ints = npt.NDArray[np.int64]

#: Texts handed to the threads at a time.
_TEXTS_AT_ONCE = 1024
#: Questions whose vectors are kept.
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Settings:
    """``wenbao.json`` of a model folder.

    ``base`` is the folder, relative to this one, of the tokenizer and the word embeddings.
    ``window`` is how many tokens are run together, the marks at both ends included.
    """

    name: str
    revision: str
    dimension: int
    window: int
    base: str

    @classmethod
    def read(cls, folder: Path) -> Settings:
        """``ModelError`` if the file is missing or incomplete."""
        try:
            values = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            return cls(values["name"], values["revision"], values["dimension"], values["window"], values["base"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder} holds no usable {SETTINGS} ({error}): reinstall wenbao") from error


@dataclass(frozen=True, slots=True)
class TokenStates:
    """The last layer of one text: ``states`` (tokens, d); each token's first and last character, (tokens, 2).

    Characters count from the end of the prefix; tokens of the prefix and the marks at the ends stand at -1.
    """

    states: FloatArray
    characters: Ints

    @property
    def mean(self) -> FloatArray:
        """(d,)"""
        return np.asarray(self.states.mean(axis=0), dtype=np.float32)

    def mean_of(self, span: Span) -> FloatArray:
        """(d,): the mean over the tokens that touch the span, or over all where none does."""
        starts, ends = self.characters.T
        inside = (starts < span.end) & (ends > span.start) & (starts >= 0)
        return np.asarray(self.states[inside].mean(axis=0), dtype=np.float32) if inside.any() else self.mean


class OnnxEmbedder:
    """An ``Embedder`` over a folder made by ``python -m rag.training export``; safe to share between threads.

    Weights are loaded at the first text; the name is known without them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings.read(folder)
        self._lock = Lock()
        self._engine: Engine | None = None
        self._remembered: dict[str, FloatArray] = {}

    @property
    def name(self) -> str:
        return f"{self.settings.name}@{self.settings.revision}"

    @property
    def dimension(self) -> int:
        return self.settings.dimension

    @property
    def base(self) -> Path:
        """The folder of the tokenizer and the word embeddings."""
        return self.folder / self.settings.base

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Remembers the last vectors, because one answer needs that of its question several times."""
        with self._lock:
            known = {text: vector for text in texts if (vector := self._remembered.get(text)) is not None}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known |= zip(new, self.encode(QUERY, new), strict=True)
        with self._lock:
            self._remembered |= {text: known[text] for text in new[-_REMEMBERED:]}
            for text in list(self._remembered)[:-_REMEMBERED]:
                del self._remembered[text]
        return np.stack([known[text] for text in texts]) if texts else self.encode(QUERY, [])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self.encode(PASSAGE, texts)

    def encode(self, prefix: str, texts: Sequence[str]) -> FloatArray:
        """(n, dimension): texts with a prefix of the caller's choice."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        means = self._in_threads(lambda text: self._loaded().run(prefix, text).mean, texts)
        for number, mean in enumerate(means):
            rows[number] = mean
        return unit(rows)

    def encode_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[FloatArray]:
        """Sentence vectors are pooled from the pass over the whole text ("late chunking", Günther et al. 2024)."""

        def vectors(task: tuple[str, Sequence[Span]]) -> FloatArray:
            states = self._loaded().run(PASSAGE, task[0])
            return unit(np.stack([states.mean, *(states.mean_of(span) for span in task[1])]))

        return list(self._in_threads(vectors, list(zip(texts, spans, strict=True))))

    def _in_threads(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterable[Result]:
        if len(tasks) == 1:
            yield work(tasks[0])
            return
        for start in range(0, len(tasks), _TEXTS_AT_ONCE):
            yield from self._loaded().pool.map(work, tasks[start : start + _TEXTS_AT_ONCE])

    def _loaded(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = Engine.load(self.folder, self.base, self.settings.window)
            return self._engine


@dataclass(frozen=True, slots=True)
class Engine:
    """What takes time and memory to load."""

    tokenizer: Any
    words: WordEmbeddings
    session: Any
    window: int
    pool: ThreadPoolExecutor

    @classmethod
    def load(cls, folder: Path, base: Path, window: int) -> Engine:
        pool = ThreadPoolExecutor(cores(), thread_name_prefix="embed")
        tokenizer, words = open_tokenizer(base / TOKENIZER), WordEmbeddings(base / WORDS)
        return cls(tokenizer, words, open_session(folder / MODEL), window, pool)

    def run(self, prefix: str, text: str) -> TokenStates:
        """The states of all tokens of a text.

        A text longer than the window is run in equal parts, each with the prefix.
        """
        encoding = self.tokenizer.encode(model_input(prefix, text))
        ids, places = np.array(encoding.ids, np.int64), np.array(encoding.offsets, np.int64) - len(prefix)
        # The first word of a text begins with the space before it, which belongs to the prefix.
        places = np.where((places[:, 1:] > 0) & (places[:, 1:] > places[:, :1]), places.clip(0), -1)
        if len(ids) <= self.window:
            return TokenStates(self._states(ids), places)
        parts = [self._states(part) for part in self._parts(ids, places)]
        # The marks and the prefix are the first part's; the text's own tokens follow one another.
        own = places[:, 0] >= 0
        head = int(own.argmax())
        states = np.concatenate([parts[0][:head], *(part[head:-1] for part in parts), parts[-1][-1:]])
        return TokenStates(states, places)

    def _parts(self, ids: Ints, places: Ints) -> Iterator[Ints]:
        own = np.flatnonzero(places[:, 0] >= 0)
        head, body, tail = ids[: own[0]], ids[own[0] : -1], ids[-1:]
        count = -(-len(body) // (self.window - len(head) - 1))
        cuts = [len(body) * number // count for number in range(count + 1)]
        for start, end in pairwise(cuts):
            yield np.concatenate([head, body[start:end], tail])

    def _states(self, ids: Ints) -> FloatArray:
        """(tokens, d)"""
        states: FloatArray = self.session.run(None, {"words": self.words.rows(ids)[None]})[0][0]
        return states
