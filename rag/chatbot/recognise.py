"""The kind of each question, told by the bundled embedder whatever model an index was built with."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rag.embedding import Embedder, load_embedder
from rag.questions import Judged, bundled_kinds

_log = logging.getLogger(__name__)


class Kinds:
    """Safe to share between threads. ``embedder`` is used if the weights were fitted for it, to save a second one."""

    def __init__(self, embedder: Embedder) -> None:
        self._classifier = bundled_kinds()
        self._embedder = embedder if embedder.name == self._classifier.model else load_embedder()
        self._fits = self._embedder.name == self._classifier.model
        if not self._fits:
            _log.warning(
                "kinds of questions were fitted for %s, not for %s: every question is taken for one about a fact",
                self._classifier.model,
                self._embedder.name,
            )

    def of(self, questions: Sequence[str]) -> list[Judged]:
        """One kind for each question."""
        if not self._fits:
            return [Judged("fact", 1.0) for _ in questions]
        judged = self._classifier.classify(self._embedder.encode_queries(questions))
        # A single letter or digit says nothing, but greets nobody.
        return [
            each if sum(map(str.isalnum, question)) > 1 else Judged("fact", 1.0)
            for question, each in zip(questions, judged, strict=True)
        ]
