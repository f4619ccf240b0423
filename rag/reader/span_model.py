"""The trained reader: for every span of a passage, how much likelier it answers the question than nothing does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.embedding import FloatArray
from rag.embedding.runtime import MODEL, MODELS, SETTINGS, TOKENIZER, WORDS, cores, open_session, open_tokenizer
from rag.embedding.text import PASSAGE, QUERY, model_input
from rag.embedding.words import WordEmbeddings
from rag.errors import ModelError
from rag.types import Span

Offsets = npt.NDArray[np.int64]

BUNDLED_READER = "wenbao-reader"
FOLDER = MODELS / BUNDLED_READER
#: Ids of the mark in front and of the mark behind a part.
START, SEPARATOR = 0, 2
#: Tokens of the longest answer.
LONGEST_ANSWER = 64
#: Numbers a token that say how well it fits with the other end of a span.
FIT = 24
#: Spans of a passage that are kept.
MOST_SPANS = 60
#: Tokens of a question, and of the turn before it, that are read.
LONGEST_QUESTION, LONGEST_CONTEXT = 96, 64


def window_ids(asked: Sequence[int], context: Sequence[int], passage: Sequence[int]) -> tuple[list[int], int]:
    """What the model reads, and the number of the passage's first token in it."""
    head = [START, *asked[:LONGEST_QUESTION], SEPARATOR]
    if context:
        head += [*context[:LONGEST_CONTEXT], SEPARATOR]
    head.append(SEPARATOR)
    return [*head, *passage, SEPARATOR], len(head)


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A possible answer in a text; ``logit`` is above 0 where it is likelier than that the text has no answer."""

    span: Span
    logit: float


@dataclass(frozen=True, slots=True)
class PassageSpans:
    """The likeliest answers in a passage, best first; they may overlap.

    ``mass`` is the logarithm of the sum of the exponentials of all its spans' logits.
    """

    spans: tuple[ScoredSpan, ...]
    mass: float


class SpanModel:
    """The model in a folder of the reader; safe to share between threads.

    A passage is read with its headline. One that is longer than the window is read in parts that overlap.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        try:
            settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            self.name = f"{settings['name']}@{settings['revision']}"
            self._window, self._base = int(settings["window"]), folder / str(settings["base"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder} holds no usable {SETTINGS} ({error}): reinstall wenbao") from error
        self._folder = folder
        self._lock = Lock()
        self._engine: _Engine | None = None

    def read(self, question: str, passages: Sequence[tuple[str, str]], context: str = "") -> list[PassageSpans]:
        """Each passage, a headline and a text, read for an answer. ``context`` is the turn before, if there is one."""
        engine = self._loaded()
        asked = engine.ids(QUERY, question)
        before = engine.ids("", context) if context else []
        tasks = [
            (number, *part)
            for number, (title, text) in enumerate(passages)
            for part in self._parts(engine, asked, before, title, text)
        ]
        # The longest first, so that the cores finish together.
        tasks.sort(key=lambda task: -len(task[1]))
        run = engine.pool.map if len(tasks) > 1 else map
        scored = list(run(lambda task: _spans(engine.run(task[1]), task[2], task[3]), tasks))
        return [
            _merge([part for task, part in zip(tasks, scored, strict=True) if task[0] == number])
            for number in range(len(passages))
        ]

    def _parts(
        self, engine: _Engine, asked: Sequence[int], before: Sequence[int], title: str, text: str
    ) -> list[tuple[list[int], int, Offsets]]:
        """Token ids, the number of the first token of the passage, and the characters of its tokens in the text."""
        headline = f"{title}\n" if title else ""
        encoding = engine.tokenizer.encode(model_input(PASSAGE, headline + text), add_special_tokens=False)
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2) - len(PASSAGE) - len(headline)
        room = self._window - len(window_ids(asked, before, ())[0])
        if len(encoding.ids) <= room:
            ids, first = window_ids(asked, before, encoding.ids)
            return [(ids, first, offsets)]
        head = min(int((offsets[:, 1] <= 0).sum()), room // 4)
        body, step = range(head, len(encoding.ids)), (room - head) // 2
        parts = []
        for start in range(0, max(1, len(body) - (room - head) + step), step):
            kept = [*range(head), *body[start : start + room - head]]
            ids, first = window_ids(asked, before, [encoding.ids[at] for at in kept])
            parts.append((ids, first, offsets[kept]))
        return parts

    def _loaded(self) -> _Engine:
        with self._lock:
            if self._engine is None:
                self._engine = _Engine.load(self._folder, self._base)
            return self._engine


@dataclass(frozen=True, slots=True)
class _Engine:
    """What takes time and memory to load."""

    tokenizer: Any
    words: WordEmbeddings
    session: Any
    pool: ThreadPoolExecutor

    @classmethod
    def load(cls, folder: Path, base: Path) -> _Engine:
        pool = ThreadPoolExecutor(cores(), thread_name_prefix="read")
        tokenizer, words = open_tokenizer(base / TOKENIZER), WordEmbeddings(base / WORDS)
        return cls(tokenizer, words, open_session(folder / MODEL), pool)

    def ids(self, prefix: str, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(model_input(prefix, text), add_special_tokens=False).ids
        return ids

    def run(self, ids: Sequence[int]) -> FloatArray:
        """The numbers of the head for each token, (n, 2 + 2 * FIT)."""
        values: FloatArray = self.session.run(None, {"words": self.words.rows(np.array(ids, np.int64))[None]})[0][0]
        return values


@cache
def bundled_reader() -> SpanModel:
    """The reader that ships with the package, loaded at its first question."""
    return SpanModel()


def _spans(values: FloatArray, first: int, offsets: Offsets) -> PassageSpans:
    """The likeliest spans of one window; ``values`` are those of all its tokens."""
    inside = np.flatnonzero((offsets[:, 1] > np.maximum(offsets[:, 0], 0)) & (offsets[:, 1] > 0))
    if not len(inside):
        return PassageSpans((), -np.inf)
    rows, characters = values[first + inside], offsets[inside].clip(0)
    n = len(rows)
    allowed = np.triu(np.ones((n, n), np.bool_)) & np.tri(n, k=LONGEST_ANSWER - 1, dtype=np.bool_)
    fit = rows[:, 2 : 2 + FIT] @ rows[:, 2 + FIT :].T
    logits = np.where(allowed, rows[:, :1] + rows[None, :, 1] + fit + values[0, :2].sum(), -np.inf).ravel()
    top = float(logits.max())
    mass = top + float(np.log(np.exp(logits - top).sum()))
    # Of equal logits at the edge, which one a partition keeps depends on the processor.
    least = np.partition(logits, -min(MOST_SPANS, n * n))[-min(MOST_SPANS, n * n)]
    likely = np.flatnonzero((logits >= least) & (logits > -np.inf))
    best = likely[np.lexsort((likely, -logits[likely]))][:MOST_SPANS]
    spans = tuple(
        ScoredSpan(Span(int(characters[at // n, 0]), int(characters[at % n, 1])), float(logits[at]))
        for at in best.tolist()
    )
    return PassageSpans(spans, mass)


def _merge(parts: Sequence[PassageSpans]) -> PassageSpans:
    """Parts of one passage: of a span that several parts hold, the highest logit counts."""
    if len(parts) == 1:
        return parts[0]
    best: dict[Span, float] = {}
    for scored in (scored for part in parts for scored in part.spans):
        best[scored.span] = max(scored.logit, best.get(scored.span, -np.inf))
    order = sorted(best.items(), key=lambda item: (-item[1], item[0].start, item[0].end))
    spans = tuple(ScoredSpan(span, logit) for span, logit in order[:MOST_SPANS])
    return PassageSpans(spans, max(part.mass for part in parts))
