"""The trained reader: for every token of a text, how likely an answer begins or ends there, and with which other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.embedding import FloatArray, printable
from rag.embedding.runtime import MODEL, MODELS, SETTINGS, TOKENIZER, cores, open_session, open_tokenizer
from rag.errors import ModelError
from rag.text import simplify
from rag.types import Span

BUNDLED_READER = "wenbao-reader"
FOLDER = MODELS / BUNDLED_READER
#: Ids of the marks in front of a text and behind it.
CLS, SEP = 2, 3
#: Tokens of the longest answer.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A possible answer in a text. ``score`` is above 0 where the reader rather believes it than that there is none."""

    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Pointed:
    """A text as the reader sees it, token by token.

    ``starts`` and ``ends`` (n,) are the characters at which tokens begin and end; ``first`` and ``last`` (n,) say how
    much better an answer begins and ends with a token than there being no answer, in natural logarithms. How well the
    two fit, the product of the first's row in ``openings`` (n, f) and the last's in ``closings``, is added to them.
    """

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    first: FloatArray
    last: FloatArray
    openings: FloatArray
    closings: FloatArray

    def best(self, within: Span) -> ScoredSpan | None:
        """The best answer of whole tokens inside ``within``; nothing where no token is."""
        return next(iter(self.likeliest(within, 1)), None)

    def likeliest(self, within: Span, most: int) -> list[ScoredSpan]:
        """The best ``most`` answers of whole tokens inside ``within``, best first; they may overlap."""
        low = int(np.searchsorted(self.starts, within.start))
        high = int(np.searchsorted(self.ends, within.end, side="right"))
        if low >= high:
            return []
        n = high - low
        allowed = np.triu(np.ones((n, n), np.bool_)) & np.tri(n, k=LONGEST - 1, dtype=np.bool_)
        fit = self.openings[low:high] @ self.closings[low:high].T
        scores = np.where(allowed, self.first[low:high, None] + self.last[None, low:high] + fit, -np.inf).ravel()
        # Of equal ones at the edge a partition keeps now these, now those, by the processor.
        least = np.partition(scores, -min(most, n * n))[-min(most, n * n)]
        some = np.flatnonzero(scores >= least)
        best = some[np.lexsort((some, -scores[some]))][:most]
        return [
            ScoredSpan(Span(int(self.starts[low + at // n]), int(self.ends[low + at % n])), float(scores[at]))
            for at in best.tolist()
            if scores[at] > -np.inf
        ]


def averaged(one: Pointed, other: Pointed) -> Pointed:
    """The means of two readings of a text, for two wordings of a question."""
    half = np.float32(0.5)
    return replace(
        one,
        first=np.asarray(half * (one.first + other.first), np.float32),
        last=np.asarray(half * (one.last + other.last), np.float32),
        openings=np.asarray(half * np.hstack([one.openings, other.openings]), np.float32),
        closings=np.hstack([one.closings, other.closings]),
    )


class PointerModel:
    """The model in a folder of the reader; safe to share between threads.

    Text is read in windows that overlap by half; a token's scores are those of the window that shows most around it.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        try:
            settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            self.name = f"{settings['name']}@{settings['revision']}"
            self._window, self._question = int(settings["window"]), int(settings["question"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{folder} holds no usable {SETTINGS} ({error}): reinstall wenbao") from error
        self._folder = folder
        self._lock = Lock()
        self._engine: tuple[Any, Any, ThreadPoolExecutor] | None = None

    def read(self, question: str, texts: Sequence[str]) -> list[Pointed]:
        """Each of ``texts`` read for an answer to ``question``."""
        tokenizer, session, pool = self._loaded()
        asked = self._encode(tokenizer, question).ids[: self._question]
        encoded = [self._encode(tokenizer, text) for text in texts]
        windows = [(n, at) for n, text in enumerate(encoded) for at in self._starts(len(asked), len(text.ids))]
        room = self._room(len(asked))
        runs = [([CLS, *asked, SEP, *encoded[n].ids[at : at + room], SEP], len(asked) + 2) for n, at in windows]
        each = pool.map if len(runs) > 1 else map
        scores = list(each(lambda run: _run(session, *run), runs))
        return [
            _joined(text, [(at, scores[i]) for i, (m, at) in enumerate(windows) if m == n])
            for n, text in enumerate(encoded)
        ]

    def _room(self, asked: int) -> int:
        return self._window - asked - 3

    def _starts(self, asked: int, size: int) -> range:
        room = self._room(asked)
        return range(0, max(1, size - room + room // 2), room // 2) if size > room else range(1)

    @staticmethod
    def _encode(tokenizer: Any, text: str) -> Any:
        return tokenizer.encode(simplify(printable(text)), add_special_tokens=False)

    def _loaded(self) -> tuple[Any, Any, ThreadPoolExecutor]:
        with self._lock:
            if self._engine is None:
                tokenizer, session = open_tokenizer(self._folder / TOKENIZER), open_session(self._folder / MODEL)
                self._engine = tokenizer, session, ThreadPoolExecutor(cores(), thread_name_prefix="read")
            return self._engine


@cache
def bundled_reader() -> PointerModel:
    """The reader that ships with the package, loaded at its first question."""
    return PointerModel()


def _run(session: Any, ids: list[int], first: int) -> FloatArray:
    """The numbers (n, 2 + 2f) of the window's text tokens, as first, as last and for their fit.

    The score of the mark in front, which stands for no answer, is taken away, half from either end of an answer.
    """
    types = [0] * first + [1] * (len(ids) - first - 1) + [0]
    found = session.run(None, {"ids": np.array([ids], np.int64), "types": np.array([types], np.int64)})[0][0]
    opening, closing = np.split(found[0, 2:], 2)
    seen: FloatArray = found[first:-1]
    seen[:, :2] -= found[0, :2] + opening @ closing / 2
    return seen


def _joined(text: Any, parts: Sequence[tuple[int, FloatArray]]) -> Pointed:
    """One row of numbers a token, of the window in which it stands farthest from an edge."""
    size = len(text.ids)
    found = np.zeros((size, parts[0][1].shape[1]), dtype=np.float32)
    margins = np.full(size, -1)
    for at, part in parts:
        n = len(part)
        left = np.arange(n) if at else np.full(n, n)
        right = np.arange(n)[::-1] if at + n < size else np.full(n, n)
        margin = np.minimum(left, right)
        better = margin > margins[at : at + n]
        found[at : at + n][better] = part[better]
        margins[at : at + n][better] = margin[better]
    offsets = np.array(text.offsets, dtype=np.int64).reshape(size, 2)
    openings, closings = np.split(found[:, 2:], 2, axis=1)
    return Pointed(offsets[:, 0], offsets[:, 1], found[:, 0], found[:, 1], openings, closings)
