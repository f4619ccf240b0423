"""What the chatbot makes of a reading that is not sure: over the five seeds, with a reader that is told its chances."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.chatbot.understand import KindOfQuestion
from rag.embedding import load_embedder
from rag.index import Index
from rag.reader import Finding, IndexSentences, Reading, ScoredFinding, check
from rag.reader.whole import ArticleReader
from rag.retriever import Retriever
from rag.text import sentences
from rag.types import Answer, Hit, Span

QUESTION = "武进有多少家企业获评国家级专精特新“小巨人”企业?"
FOLLOW_UP = "什么时候召开的?"
THRESHOLD, TENTATIVE = 0.8, 0.35

Ask = Callable[..., Answer]


@dataclass
class Guessing:
    """Reads the first sentence of each of the first hits, the first one with the first chance, and so on."""

    chances: tuple[float, ...]

    def read(
        self, questions: Sequence[str], hits: Sequence[Sequence[Hit]], contexts: Sequence[str] | None = None
    ) -> list[Reading]:
        return [self._read(own) for own in hits]

    def _read(self, hits: Sequence[Hit]) -> Reading:
        scored = [ScoredFinding(self._finding(hit), chance) for hit, chance in zip(hits, self.chances, strict=False)]
        if not scored:
            return Reading((), 0.0)
        return Reading((scored[0].finding,), scored[0].confidence, candidates=tuple(scored[:3]))

    def _finding(self, hit: Hit) -> Finding:
        first = sentences(hit.passage.text)[0]
        return Finding(hit.passage, first, Span(first.start, first.start + 2), 1.0)


@pytest.fixture
def index(built: Path) -> Iterator[Index]:
    with Index.open(built / "index") as opened:
        yield opened


def bot_of(index: Index, *chances: float) -> Chatbot:
    embedder = load_embedder()
    articles = ArticleReader(IndexSentences(index), embedder)
    return Chatbot(
        index,
        Retriever(index, embedder),
        Guessing(chances),
        threshold=THRESHOLD,
        tentative_threshold=TENTATIVE,
        articles=articles,
        kinds=KindOfQuestion(embedder),
    )


@pytest.mark.parametrize(
    ("chances", "status", "shown"),
    [
        ((0.9, 0.1), "answered", []),
        ((0.8,), "answered", []),
        ((0.7, 0.3, 0.2, 0.1), "tentative", [0.7, 0.3, 0.2]),
        ((0.35,), "tentative", [0.35]),
        ((0.34999,), "tentative", [0.35]),  # as it is shown
        ((0.34, 0.3), "none", []),
        ((), "none", []),
    ],
)
def test_the_confidence_decides_between_answer_possibility_and_none(
    index: Index, chances: tuple[float, ...], status: str, shown: list[float]
) -> None:
    answer = bot_of(index, *chances).ask(QUESTION)
    assert (answer.status, [candidate.confidence for candidate in answer.candidates]) == (status, shown)
    assert bool(answer.citations) is (status == "answered")
    assert answer.abstained is (status != "answered")
    assert len(answer.passages) == 10


def test_candidates_are_quoted_word_for_word_and_numbered(index: Index) -> None:
    bot = bot_of(index, 0.7, 0.3)
    answer = bot.ask(QUESTION)
    assert [citation.n for citation in answer.quoted] == [1, 2]
    assert [citation.passage_id for citation in answer.quoted] == [h.passage.passage_id for h in answer.passages[:2]]
    for citation in answer.quoted:
        check(citation, bot.document(citation.source))
        assert len(citation.marked) == 2


@pytest.mark.parametrize(
    ("chances", "min_confidence", "status"),
    [
        ((0.7,), 0.7, "answered"),
        ((0.9,), 0.95, "tentative"),
        ((0.9,), 1.0, "tentative"),
        ((0.4,), 0.5, "tentative"),
        # Nothing is tentative below a threshold that is no higher than the tentative one.
        ((0.3,), 0.35, "none"),
        ((0.2,), 0.3, "none"),
        ((0.3,), 0.3, "answered"),
    ],
)
def test_a_threshold_of_the_users_own_moves_that_of_the_answer(
    index: Index, chances: tuple[float, ...], min_confidence: float, status: str
) -> None:
    assert bot_of(index, *chances).ask(QUESTION, min_confidence=min_confidence).status == status


@pytest.mark.parametrize(("chances", "status"), [((0.9, 0.1), "answered"), ((0.5,), "tentative"), ((0.1,), "none")])
def test_whoever_asks_for_candidates_gets_what_there_is(index: Index, chances: tuple[float, ...], status: str) -> None:
    bot = bot_of(index, *chances)
    for answer in (bot.ask(QUESTION, candidates=True), *bot.ask_all([QUESTION], candidates=True)):
        assert answer.status == status
        assert [candidate.confidence for candidate in answer.candidates] == list(chances)
    assert bool(bot.ask_all([QUESTION])[0].candidates) is (status == "tentative")


def test_a_candidate_that_differs_from_its_source_is_left_out(copied: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Index.open(copied / "index") as opened:
        first, second = bot_of(opened, 0.7, 0.6).ask(QUESTION).quoted
    with closing(sqlite3.connect(copied / "index" / "corpus.sqlite")) as connection, connection:
        connection.execute(
            "UPDATE passages SET text = '伪造' || substr(text, 3) WHERE passage_id = ?", (first.passage_id,)
        )
    with Index.open(copied / "index") as opened, caplog.at_level(logging.ERROR):
        answer = bot_of(opened, 0.7, 0.6).ask(QUESTION)
        assert (answer.status, [c.confidence for c in answer.candidates]) == ("tentative", [0.6])
        assert [(c.n, c.quote) for c in answer.quoted] == [(1, second.quote)]
        assert "candidate left out" in caplog.text
        assert bot_of(opened, 0.7, 0.3).ask(QUESTION).status == "none"
        withheld = bot_of(opened, 0.9, 0.6).ask(QUESTION)
    assert (withheld.status, withheld.citations, withheld.candidates) == ("none", (), ())


def test_a_follow_up_on_a_tentative_answer_has_its_article_at_hand(index: Index) -> None:
    bot = bot_of(index, 0.7, 0.3)
    earlier = bot.ask("谁主持了全区经济运行分析会?")
    assert earlier.status == "tentative"
    answer = bot.ask(FOLLOW_UP, history=[earlier])
    assert answer.status == "tentative"
    assert answer.question == FOLLOW_UP
    assert bot.ask("这篇讲了什么?", history=[earlier]).kind == "article"
