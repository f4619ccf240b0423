"""Questions with their gold answers, and sets of questions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Format = Literal["jsonl", "squad", "beir"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold answers, any of which is right; without one, abstaining is right.

    The evidence is named by ``source`` and ``evidence`` in our JSONL, and is the paragraph ``context`` in SQuAD files.
    In BEIR folders it is the documents ``relevant`` with their grades; they are empty, not ``None``, for a query that
    was judged and has no relevant document.
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
    ``skipped`` says which lines could not be used, where such lines are left out.
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
        """So many questions drawn at random, in the order of the file; the same seed draws the same questions."""
        if count is None or count >= len(self.questions):
            return self
        chosen = sorted(random.Random(seed).sample(range(len(self.questions)), count))  # noqa: S311 # no secret
        return replace(self, questions=tuple(self.questions[number] for number in chosen))
