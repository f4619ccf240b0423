from __future__ import annotations

from pathlib import Path

import pytest

from rag.corpus import find_files, read_document
from rag.errors import EvaluationError
from rag.evaluation import Question, load_questions
from rag.evaluation.answers import CMRC, CMRC_OCR, SQUAD, SQUAD_OCR
from rag.evaluation.gold import Finder, paragraph_gold
from rag.types import Document, Span

ROOT = Path(__file__).parents[2]
TEXTS = {
    "a.txt": "开头。共展出30多个新能源品\n 牌，参 展。结尾。",
    "news/b.txt": "别处也有30多个品牌。",
    "old/b.txt": "没有。",
    "c.txt": "没有。",
}


def finder() -> Finder:
    return Finder(TEXTS, lambda source: Document(source, TEXTS[source], "utf-8", ""))


def asked(*answers: str, source: str | None = None, evidence: str | None = None) -> Question:
    return Question("7", "?", "zh", None, answers, source, evidence)


def places(question: Question) -> dict[str, list[str]]:
    found = finder().gold(question).places
    return {source: [TEXTS[source][span.start : span.end] for span in spans] for source, spans in found.items()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            asked("30多个", source="a.txt", evidence="共展出30多个“新能源”品牌"),
            {"a.txt": ["共展出30多个新能源品\n 牌"]},
        ),
        (asked("30多个", source="a.txt", evidence="写错的证据"), {"a.txt": ["30多个"]}),
        (asked("30多个", source="a.txt"), {"a.txt": ["30多个"]}),
        (asked("40多个", source="a.txt"), {"a.txt": []}),
        (asked("参展"), {"a.txt": ["参 展"], "c.txt": [], "news/b.txt": [], "old/b.txt": []}),
        (asked(source="a.txt"), {}),
    ],
    ids=["evidence", "evidence not found", "answers", "nothing found", "no source", "unanswerable"],
)
def test_where_the_evidence_stands(question, expected):
    assert places(question) == expected


def test_an_answer_without_evidence_stands_where_it_is_a_whole_word():
    texts = {"a.txt": "Apple was known.", "b.txt": "选A。", "c.txt": "It said no."}
    search = Finder(texts, lambda source: Document(source, texts[source], "utf-8", ""))
    questions = [Question(answer, "?", "en", None, (answer,)) for answer in ("A", "no")]
    found = [{name: list(places) for name, places in search.gold(q).places.items() if places} for q in questions]
    assert found == [{"b.txt": [Span(1, 2)]}, {"c.txt": [Span(8, 10)]}]


def test_a_source_without_its_folder_is_found_if_it_is_the_only_one():
    only = Finder(["news/b.txt"], lambda source: Document(source, TEXTS[source], "utf-8", ""))
    assert list(only.gold(asked("30多个", source="b.txt")).places) == ["news/b.txt"]
    with pytest.raises(EvaluationError, match=r"b\.txt stands for several files"):
        finder().gold(asked("30多个", source="b.txt"))
    with pytest.raises(EvaluationError, match=r"question 7: its source d\.txt is not in the index"):
        finder().gold(asked("1", source="d.txt"))


@pytest.mark.parametrize(
    ("question", "definition"),
    [
        (asked("89.5%", evidence="占比达89.5%"), CMRC_OCR),  # a bare number out of Chinese text
        (asked("东京タワー"), CMRC_OCR),
        (asked("9.5%", evidence="a rise of 9.5%"), SQUAD_OCR),
        (asked("9.5%"), SQUAD_OCR),
    ],
)
def test_the_text_of_the_evidence_chooses_the_definition(question, definition):
    assert finder().gold(question).definition is definition


@pytest.mark.parametrize(
    ("context", "definition"),
    [
        ("塔高5米，叫Tower。", CMRC),
        ("タワーは高い", CMRC),
        ("The tower (塔) is 5 m high.", SQUAD),
        ("탑은 높다", SQUAD),
        ("Mac OS X v10.1 Puma是操作系统。", CMRC),
    ],
)
def test_the_paragraph_chooses_the_definition(context, definition):
    gold = paragraph_gold(Question("1", "?", "en", None, ("5",), context=context), "p00000")
    assert gold.definition is definition
    assert [(span.start, span.end) for span in gold.places["p00000"]] == [(0, len(context))]


def test_all_evidence_of_the_gold_set_is_found_once_in_the_pages():
    documents = {path.name: read_document(path, path.name) for path in find_files(ROOT / "seeds")}
    search = Finder(documents, documents.__getitem__)
    for question in load_questions(ROOT / "tests/gold/questions.jsonl").questions:
        gold = search.gold(question)
        assert gold.definition is (CMRC_OCR if question.answerable else SQUAD_OCR)
        assert sum(map(len, gold.places.values())) >= question.answerable
