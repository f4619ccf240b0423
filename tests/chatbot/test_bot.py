"""The chatbot over the five seeds with the bundled model: nothing here depends on how good that model is."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pytest

from rag.chatbot import HITS, Chatbot
from rag.errors import InputError
from rag.reader import check
from rag.types import Answer, Leg

FIRMS = "武进有多少家企业获评国家级专精特新“小巨人”企业?"
UNTOLD = "南极洲的企鹅冬天吃什么鱼?"
ENGLISH = "How many firms became national-level little giants?"
AREAS = "明年重点抓好哪六个方面工作?"
QUESTIONS = (FIRMS, UNTOLD, ENGLISH, AREAS, "洛阳高级中学校舍总面积将增加多少?", "区委常委会会议由谁主持?")

ANSWER_TYPES: dict[str, Any] = {
    "version": int,
    "question": str,
    "interpreted_as": None,
    "lang": str,
    "status": str,
    "answer": str,
    "abstained": bool,
    "confidence": float,
    "citations": list,
    "passages": list,
    "index": str,
    "model": str,
    "took_ms": int,
    "not_found": list,
    "candidates": list,
    "kind": str,
}
CITATION_TYPES: dict[str, Any] = {
    "n": int,
    "quote": str,
    "answer_start": int,
    "answer_end": int,
    "source": str,
    "article": str,
    "article_number": int,
    "paragraph": int,
    "page": None,
    "start": int,
    "end": int,
    "score": float,
    "stale": bool,
    "passage_id": str,
}
PASSAGE_TYPES: dict[str, Any] = {
    "passage_id": str,
    "source": str,
    "article": str,
    "article_number": int,
    "paragraph": int,
    "text": str,
    "start": int,
    "end": int,
    "scores": dict,
}


def types_of(record: dict[str, Any]) -> dict[str, Any]:
    return {key: None if value is None else type(value) for key, value in record.items()}


def timeless(answer: Answer) -> dict[str, Any]:
    return {key: value for key, value in answer.to_dict().items() if key != "took_ms"}


def test_the_answer_is_quoted_from_its_place(bot: Chatbot) -> None:
    answer = bot.ask(FIRMS, min_confidence=0)
    first = answer.citations[0]
    assert "23家企业获评国家级专精特新“小巨人”企业" in first.quote
    assert answer.answer == first.marked == "23家"
    assert first.article.startswith("实干争先 首位强区勇挑大梁")
    assert (answer.question, answer.lang, first.n, first.stale) == (FIRMS, "zh", 1, False)


def test_every_quote_is_verbatim(bot: Chatbot) -> None:
    answers = bot.ask_all(QUESTIONS, min_confidence=0)
    assert all(answer.citations for answer in answers)
    for citation in (c for answer in answers for c in answer.citations):
        document = bot.document(citation.source)
        check(citation, document)
        there = document.text[citation.start : citation.end]
        assert "".join(there.split()) == "".join(citation.quote.split())
        named = f"{citation.source}#{citation.article_number}.{citation.paragraph}"
        assert citation.passage_id.partition("/")[0] == named


def test_passages_are_verbatim_and_in_order(bot: Chatbot) -> None:
    for answer in bot.ask_all(QUESTIONS):
        assert len(answer.passages) == HITS
        fused = [hit.scores.fused for hit in answer.passages]
        assert fused == sorted(fused, reverse=True)
        for hit in answer.passages:
            there = bot.document(hit.passage.source).text[hit.passage.start : hit.passage.end]
            assert "".join(there.split()) == "".join(hit.passage.text.split())


def test_the_json_of_an_answer(bot: Chatbot) -> None:
    record = bot.ask(FIRMS, min_confidence=0).to_dict()
    assert list(record) == list(ANSWER_TYPES)
    assert types_of(record) == ANSWER_TYPES
    assert list(record["citations"][0]) == list(CITATION_TYPES)
    assert types_of(record["citations"][0]) == CITATION_TYPES
    assert list(record["passages"][0]) == list(PASSAGE_TYPES)
    assert types_of(record["passages"][0]) == PASSAGE_TYPES
    assert list(record["passages"][0]["scores"]) == ["dense", "lexical", "fused"]
    assert record["version"] == 1
    assert record["index"] == bot.info().fingerprint
    assert json.loads(json.dumps(record, ensure_ascii=False, allow_nan=False)) == record


def test_several_citations_make_one_answer(bot: Chatbot) -> None:
    answer = bot.ask(AREAS, min_confidence=0)
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert answer.answer == "；".join(citation.marked for citation in answer.citations)
    places = {(citation.source, citation.start + citation.answer_start) for citation in answer.citations}
    assert len(places) == len(answer.citations)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_answer_is_a_value_without_citation_and_with_passages(bot: Chatbot, question: str) -> None:
    answer = bot.ask(question, min_confidence=1)
    record = answer.to_dict()
    assert (record["abstained"], record["answer"], record["citations"]) == (True, None, [])
    assert len(record["passages"]) == HITS
    assert types_of(record) == ANSWER_TYPES | {"answer": None}


def test_min_confidence_alone_decides(bot: Chatbot) -> None:
    for answer in bot.ask_all(QUESTIONS, min_confidence=0):
        assert 0 <= answer.confidence < 1
        assert not answer.abstained
        assert not bot.ask(answer.question, min_confidence=answer.confidence).abstained
        above = bot.ask(answer.question, min_confidence=answer.confidence + 1e-4)
        assert above.abstained
        assert above.confidence == answer.confidence
        assert bot.ask(answer.question).abstained == (answer.confidence < bot.threshold)


def test_min_confidence_of_the_bot(built: Path) -> None:
    with Chatbot.open(built / "index", min_confidence=1) as never:
        assert never.ask(FIRMS).abstained
        assert not never.ask(FIRMS, min_confidence=0).abstained


def test_an_answer_does_not_depend_on_what_else_is_asked(bot: Chatbot) -> None:
    together = [timeless(answer) for answer in bot.ask_all(QUESTIONS)]
    assert together == [timeless(bot.ask(question)) for question in QUESTIONS]
    assert together[::-1] == [timeless(answer) for answer in bot.ask_all(QUESTIONS[::-1])]
    assert bot.ask_all([]) == []


def test_threads_get_the_same_answers(bot: Chatbot) -> None:
    alone = [timeless(bot.ask(question)) for question in QUESTIONS]

    def ask_in_turn(first: int) -> list[dict[str, Any]]:
        turns = [(first + i) % len(QUESTIONS) for i in range(len(QUESTIONS))]
        found = {turn: timeless(bot.ask(QUESTIONS[turn])) for turn in turns}
        return [found[turn] for turn in sorted(found)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask_in_turn, range(8))) == [alone] * 8


def test_a_file_that_changed_is_said_to_be_stale(copied: Path) -> None:
    with Chatbot.open(copied / "index", min_confidence=0) as bot:
        before = bot.ask(FIRMS)
        file = copied / "seeds" / before.citations[0].source
        file.write_text(file.read_text(encoding="utf-8").replace("23家", "24家"), encoding="utf-8")
        after = bot.ask(FIRMS)
        assert [c.stale for c in (*before.citations, *after.citations)] == [False, True]
        assert after.citations[0].quote == before.citations[0].quote
        shutil.rmtree(copied / "seeds")
        assert [c.stale for c in bot.ask(FIRMS).citations] == [False]


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param("UPDATE documents SET text = replace(text, '23家', '24家')", id="document"),
        pytest.param("UPDATE passages SET text = replace(text, '23家', '24家')", id="passage"),
        pytest.param("UPDATE passages SET start = start + 1", id="offsets"),
    ],
)
def test_a_quote_that_differs_from_its_source_is_withheld(
    copied: Path, tampering: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection = sqlite3.connect(copied / "index" / "corpus.sqlite")
    with connection:
        connection.execute(tampering)
    connection.close()
    with Chatbot.open(copied / "index", min_confidence=0) as bot, caplog.at_level(logging.ERROR):
        answer = bot.ask(FIRMS)
    assert (answer.abstained, answer.answer, answer.citations) == (True, None, ())
    assert len(answer.passages) == HITS
    assert len(caplog.records) == 1
    assert "answer withheld" in caplog.text
    assert "rag index --rebuild" in caplog.text


def test_documents_and_articles(bot: Chatbot, built: Path) -> None:
    sources = sorted(path.name for path in (built / "seeds").iterdir())
    assert [bot.document(source).text for source in sources] == [
        (built / "seeds" / source).read_bytes().decode() for source in sources
    ]
    assert sorted({article.source for article in bot.articles()}) == sources
    assert [a for source in sources for a in bot.articles(source)] == list(bot.articles())
    with pytest.raises(InputError, match=r"no source 'x\.txt': name one"):
        bot.document("x.txt")


def test_info(bot: Chatbot) -> None:
    info = asdict(bot.info())
    assert info.pop("model").startswith("wenbao-small@")
    assert len(info.pop("fingerprint")) == 16
    assert info == {"sources": 5, "articles": len(bot.articles()), "passages": info["passages"]}
    assert info["passages"] >= info["articles"] == 18


@pytest.mark.parametrize("leg", get_args(Leg))
def test_search_by_each_leg(bot: Chatbot, leg: Leg) -> None:
    hits = bot.search(FIRMS, k=3, leg=leg)
    assert len(hits) == 3
    assert any("23家企业获评" in hit.passage.text for hit in hits)
    for hit in hits:
        assert (hit.scores.dense is None) == (leg == "lexical")
        assert leg != "dense" or hit.scores.lexical is None


def test_search_for_nothing(bot: Chatbot) -> None:
    with pytest.raises(InputError, match="-k is 0: ask for at least 1"):
        bot.search(FIRMS, k=0)
    with pytest.raises(InputError, match="no words"):
        bot.search("  ")
