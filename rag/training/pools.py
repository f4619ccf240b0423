"""Training sets as corpora with questions, to measure and to fit on the pages that are held back.

A page is what is held back as a whole: a newspaper page, or a single paragraph of a SQuAD set.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from rag.text import clean, language, sentences, squeeze
from rag.training.corpora import join_readings, read_squad
from rag.training.lessons import held_back
from rag.training.sources import QUESTIONS, news_file, question_files
from rag.training.windows import turn_context
from rag.types import Article, Document, Paragraph

NEWS = "news"


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """A question and the paragraph that answers it, by its document (``source``, empty: none) and its number from 1.

    ``evidence`` is a piece of text that only the answering sentence of that paragraph holds; it and the ``answers``, of
    which any one counts, are without white space.
    ``across``: question and paragraph are in different languages. ``context`` is the turn before, if there is one.
    """

    text: str
    source: str
    paragraph: int
    evidence: str
    answers: tuple[str, ...]
    across: bool
    context: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Articles, a document each, and the questions that they answer."""

    held: bool
    articles: tuple[tuple[Document, Article], ...]
    questions: tuple[PoolQuestion, ...]

    @property
    def paragraphs(self) -> int:
        return sum(len(article.paragraphs) for _, article in self.articles)


@dataclass(frozen=True, slots=True)
class Pool:
    """A corpus and questions about it; the first word of ``name`` is the set."""

    name: str
    articles: tuple[tuple[Document, Article], ...]
    questions: tuple[PoolQuestion, ...]

    @property
    def set_name(self) -> str:
        return self.name.split()[0]

    def documents(self) -> Iterator[tuple[Document, tuple[Article, ...]]]:
        """As ``rag.index.build`` takes them."""
        for document, article in self.articles:
            yield document, (article,)


def read_pages(data: Path, name: str) -> list[Page]:
    """All pages of a set; ``name`` is a key of ``QUESTIONS`` or ``NEWS``."""
    if name == NEWS:
        return list(_news_pages(news_file(data)))
    return _squad_pages(question_files(data, name))


def _squad_pages(files: Sequence[Path]) -> list[Page]:
    reading = join_readings([read_squad(path) for path in files])
    asked: list[list[PoolQuestion]] = [[] for _ in reading.paragraphs]
    for question in reading.questions:
        text = reading.paragraphs[question.paragraph]
        answer = squeeze(text[question.start : question.end])
        across = _is_across(question.text, text)
        source = _source(question.paragraph)
        asked[question.paragraph].append(PoolQuestion(question.text, source, 1, answer, (answer,), across))
    return [
        Page(held_back(number), (make_article(_source(number), "", [text]),), tuple(asked[number]))
        for number, text in enumerate(reading.paragraphs)
    ]


def _news_pages(path: Path) -> Iterator[Page]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            page = json.loads(line)
            sources = [f"{_source(number)}.{place}" for place in range(len(page["articles"]))]
            articles = tuple(
                make_article(source, article["title"], article["paragraphs"], page["date"])
                for source, article in zip(sources, page["articles"], strict=True)
            )
            yield Page(held_back(number), articles, tuple(_news_questions(page, sources)))


def _news_questions(page: dict[str, Any], sources: Sequence[str]) -> Iterator[PoolQuestion]:
    """Those whose evidence stands in one sentence, and those without an answer; turns of the dialogue as typed."""
    for asked in page["questions"]:
        yield from _news_question(page, sources, asked, [asked["zh"], asked["en"]], "")
    for asked in page["none"]:
        for text in (asked["zh"], asked["en"]):
            across = _is_across(text, page["articles"][0]["paragraphs"][0])
            yield PoolQuestion(text, "", 0, "", (), across)
    context = ""
    for turn in page["dialogue"]:
        if turn.get("answers") and turn.get("ev"):
            yield from _news_question(page, sources, turn, [turn["zh"]], context)
        context = turn_context(turn["full"], "；".join(turn.get("answers") or ()))


def _news_question(
    page: dict[str, Any], sources: Sequence[str], asked: dict[str, Any], wordings: Sequence[str], context: str
) -> Iterator[PoolQuestion]:
    evidence, source = squeeze(asked["ev"]), sources[asked["a"]]
    for number, text in enumerate(page["articles"][asked["a"]]["paragraphs"], 1):
        if any(evidence in squeeze(text[span.start : span.end]) for span in sentences(text)):
            answers = asked["answers"]
            if asked.get("type") == "list":
                answers = [*_joined(answers, text), *answers]
            squeezed = tuple(map(squeeze, answers))
            for worded in wordings:
                yield PoolQuestion(worded, source, number, evidence, squeezed, _is_across(worded, text), context)
            return


def _joined(items: Sequence[str], text: str) -> list[str]:
    """A list is marked from its first item to its last.

    >>> _joined(["a", "c"], "of a, b and c.")
    ['a, b and c']
    """
    start, last = text.find(items[0]), text.find(items[-1])
    return [text[start : last + len(items[-1])]] if 0 <= start <= last else list(items[:1])


def _source(number: int) -> str:
    return f"p{number:05}"


def _is_across(question: str, text: str) -> bool:
    """Whether one of the two is in English and the other is not."""
    return (language(question) == "en") is not (language(text) == "en")


def make_article(
    source: str, title: str, paragraphs: Sequence[str], date: str | None = None
) -> tuple[Document, Article]:
    """A document with the headline, if there is one, and a paragraph a line."""
    lines = [*([title] if title else []), *(text.strip() for text in paragraphs)]
    text = "\n".join(lines)
    ends = [at + len(line) for at, line in zip(_starts(lines), lines, strict=True)]
    spans = list(zip(_starts(lines), ends, strict=True))[-len(paragraphs) :]
    numbered = tuple(
        Paragraph(number, clean(text[start:end]), start, end) for number, (start, end) in enumerate(spans, 1)
    )
    document = Document(source, text, "utf-8", hashlib.sha256(text.encode()).hexdigest())
    return document, Article(source, 1, title, "article", None, 0, len(text), numbered, date)


def _starts(lines: Sequence[str]) -> list[int]:
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def make_pools(name: str, pages: Sequence[Page], *, size: int, most: int, questions: int, seed: int) -> list[Pool]:
    """The pages that are held back, in pools of at most about ``size`` paragraphs; those with questions come first.

    A pool has at most ``questions`` within its language and as many across languages; there are at most ``most`` pools,
    those with questions across languages first.
    """
    rng = random.Random(seed)
    held = sorted((page for page in pages if page.held), key=lambda page: (not _asked_across(page), not page.questions))
    count = math.ceil(sum(page.paragraphs for page in held) / size)
    cuts = [len(held) * number // count for number in range(count + 1)]
    parts = [held[start:end] for start, end in pairwise(cuts)]
    chosen = sorted(range(count), key=lambda number: (not any(map(_asked_across, parts[number])), rng.random()))[:most]
    return [_pool(f"{name} {number}", parts[number], questions, rng) for number in sorted(chosen)]


def _asked_across(page: Page) -> bool:
    return any(question.across for question in page.questions)


def _pool(name: str, pages: Sequence[Page], most: int, rng: random.Random) -> Pool:
    asked = [question for page in pages for question in page.questions]
    within = [question for question in asked if not question.across]
    across = [question for question in asked if question.across]
    chosen = [question for kind in (within, across) for question in rng.sample(kind, min(most, len(kind)))]
    return Pool(name, tuple(article for page in pages for article in page.articles), tuple(chosen))


def strangers(pools: Sequence[Pool], number: int) -> list[PoolQuestion]:
    """Questions of other sets, so that this pool does not answer them: as many of each language as it has itself."""
    own = pools[number]
    rng = random.Random(number)
    foreign = [question for pool in pools if pool.set_name != own.set_name for question in pool.questions]
    chosen: list[PoolQuestion] = []
    for lang, count in sorted(Counter(language(question.text) for question in own.questions).items()):
        fitting = [question for question in foreign if language(question.text) == lang]
        chosen += rng.sample(fitting, min(count, len(fitting)))
    return [replace(question, source="") for question in chosen]


def set_names() -> tuple[str, ...]:
    """All sets with questions."""
    return (*QUESTIONS, NEWS)
