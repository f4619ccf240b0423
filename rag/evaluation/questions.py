"""What is asked: questions with their gold answers, and sets of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Format = Literal["jsonl", "squad", "beir"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold answers, any one of which counts; none means that abstaining is right.

    What holds the answer is named by ``source`` and ``evidence`` (our JSONL), is the whole paragraph ``context``
    (SQuAD), or is one of the documents ``relevant`` with their grades (BEIR, where nothing but ranks is scored; a query
    that was judged, but for which no document is relevant, has none of them and not ``None``).
    """

    id: str
    question: str
    lang: str
    type: str | None
    answers: tuple[str, ...]
    source: str | None = None
    evidence: str | None = None
    context: str | None = None
    relevant: tuple[tuple[str, int], ...] | None = None

    @property
    def answerable(self) -> bool:
        return bool(self.answers) or self.relevant is not None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question file.

    ``paragraphs`` are those of a SQuAD file or a BEIR folder, each once, in order; ``documents`` are the paragraphs by
    the names that a BEIR folder gives them.
    ``wants_abstention`` makes the calibrated threshold the default: for our JSONL and for sets like SQuAD 2.0.
    ``skipped`` tells of the lines that could not be used, if the reader was told to pass over them.
    """

    name: str
    format: Format
    questions: tuple[Question, ...]
    paragraphs: tuple[str, ...] = ()
    wants_abstention: bool = True
    documents: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def limited(self, limit: int | None) -> QuestionSet:
        """The first questions; the paragraphs stay, so that no question becomes easier."""
        return replace(self, questions=self.questions[:limit])

    def sampled(self, count: int | None, seed: int = 0) -> QuestionSet:
        """As many questions drawn by chance, in the order of the file; the same seed draws the same ones."""
        if count is None or count >= len(self.questions):
            return self
        chosen = sorted(random.Random(seed).sample(range(len(self.questions)), count))  # noqa: S311 # no secret
        return replace(self, questions=tuple(self.questions[number] for number in chosen))
