"""A story of an invented page: its sentences, and the questions that they answer or do not answer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.text import sentences

_EVIDENCE = 6


class UnclearError(ValueError):
    """The words drawn leave open where an answer stands; other words have to be drawn."""


@dataclass(frozen=True, slots=True)
class _Asked:
    sentence: str
    kind: str
    answers: tuple[str, ...]
    zh: str
    en: str


@dataclass(slots=True)
class Story:
    """``kind`` names what the story teaches; ``paragraphs`` holds the sentences of every paragraph."""

    kind: str
    title: str
    paragraphs: list[list[str]]
    #: What stands between two sentences.
    gap: str = ""
    _asked: list[_Asked] = field(default_factory=list)
    _none: list[dict[str, str]] = field(default_factory=list)

    def ask(self, sentence: str, kind: str, answers: Sequence[str] | str, *, zh: str = "", en: str = "") -> None:
        """The first answer is the best one; of a list, all are needed. At most one of the two wordings may be empty."""
        answers = (answers,) if isinstance(answers, str) else tuple(answers)
        needed = answers if kind == "list" else answers[:1]
        if any(sentence.count(answer) != 1 or _splits_number(sentence, answer) for answer in needed):
            raise UnclearError(f"{answers} in {sentence!r}")
        self._asked.append(_Asked(sentence, kind, answers, zh, en))

    def ask_in_vain(self, zh: str = "", en: str = "") -> None:
        """A question that sounds like the story and that it does not answer."""
        self._none.append({"zh": zh, "en": en})

    def article(self) -> dict[str, Any]:
        return {"title": self.title, "byline": "", "paragraphs": self._texts()}

    def questions(self, number: int) -> list[dict[str, Any]]:
        """As lines of ``news/train.jsonl`` hold them; ``number`` is that of the article on its page."""
        return [
            {
                "zh": asked.zh,
                "en": asked.en,
                "type": asked.kind,
                "answers": list(asked.answers),
                "a": number,
                "ev": self._evidence(asked),
            }
            for asked in self._asked
        ]

    def questions_in_vain(self) -> list[dict[str, str]]:
        return list(self._none)

    def shuffle_questions(self, rng: random.Random, most: int) -> None:
        """Keeps at most ``most`` questions, drawn by chance, and about half as many in vain."""
        self._asked = rng.sample(self._asked, min(most, len(self._asked)))
        self._none = rng.sample(self._none, min((most + 1) // 2, len(self._none)))

    def _texts(self) -> list[str]:
        return [self.gap.join(sentences).strip() for sentences in self.paragraphs]

    def _evidence(self, asked: _Asked) -> str:
        """The beginning of the sentence that holds the first answer, as long as it has to be to stand in no other."""
        everything = "\n\n".join(self._texts())
        text = next(text for text in self._texts() if asked.sentence in text)
        at = text.index(asked.sentence) + asked.sentence.index(asked.answers[0])
        span = next(span for span in sentences(text) if span.start <= at < span.end)
        sentence = text[span.start : span.end].strip()
        for size in range(min(_EVIDENCE, len(sentence)), len(sentence) + 1):
            if everything.count(sentence[:size]) == 1:
                return sentence[:size]
        raise UnclearError(sentence)


def _splits_number(sentence: str, answer: str) -> bool:
    """Whether the answer starts or ends within a number."""
    start = sentence.index(answer)
    end = start + len(answer)
    before, after = sentence[start - 1 : start], sentence[end : end + 1]
    return (before.isdigit() and answer[0].isdigit()) or (after.isdigit() and answer[-1].isdigit())
