"""A reader with weights that a person can follow: by default a sentence's score is its cosine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from math import exp
from pathlib import Path

import numpy as np
import pytest
from fake_store import FakePointers, FakeStore, hit, passage
from keyword_embedder import KeywordEmbedder

from rag.embedding import FloatArray
from rag.index import Index, update
from rag.reader import Finding, IndexSentences, Reading, SentenceReader
from rag.reader.features import CONFIDENCE_FEATURES, RANK_FEATURES
from rag.reader.pointers import Pointed
from rag.reader.sentence_reader import MAX_ITEMS, READ, Weights, fitted, fitted_threshold
from rag.text import sentences
from rag.types import Passage

CARS = passage(1, "天气很好。汽车展6月1日开幕。")
SCHOOL = passage(2, "学校在武进落成。")
OPENING = passage(1, "全会明确三项工作。汽车产业要发展。")
ITEMS = [passage(2, "坚持创新,抓好汽车。细节。"), passage(3, "坚持绿色!"), passage(4, "坚持开放。")]


def weights(rank: dict[str, float], confidence: dict[str, float]) -> Weights:
    return Weights(
        np.array([rank.get(name, 0.0) for name in RANK_FEATURES], np.float32),
        np.array([confidence.get(name, 0.0) for name in CONFIDENCE_FEATURES], np.float32),
    )


BY_COSINE = {
    "within": weights({"cosine_sentence": 1.0}, {"constant": 2.0}),
    "across": weights({"cosine_sentence": 10.0}, {"constant": -2.0}),
}


class Bilingual(KeywordEmbedder):
    """Takes a few English words for their Chinese ones."""

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        chinese = {"school": "学校", "car": "汽车", "weather": "天气"}
        for english, word in chinese.items():
            texts = [text.replace(english, word) for text in texts]
        return super().encode_queries(texts)


def read(question: str, *passages: Passage, among: dict[str, Weights] | None = None) -> Reading:
    embedder = Bilingual()
    pointers = FakePointers({"6月1日": 4.0, "学校": 2.0})
    reader = SentenceReader(FakeStore(embedder, passages), embedder, pointers, among or BY_COSINE)
    return reader.read([question], [[hit(p) for p in passages[:2]]])[0]


def marked(finding: Finding) -> str:
    return finding.passage.text[finding.marked.start : finding.marked.end]


def sentence(finding: Finding) -> str:
    return finding.passage.text[finding.sentence.start : finding.sentence.end]


def test_the_best_scored_sentence_is_found_and_its_answer_marked() -> None:
    reading = read("汽车展何时开幕?", SCHOOL, CARS)
    (finding,) = reading.findings
    assert (finding.passage, sentence(finding), marked(finding)) == (CARS, "汽车展6月1日开幕。", "6月1日")
    assert finding.score == pytest.approx(1.0)
    assert reading.confidence == pytest.approx(1 / (1 + exp(-2)))


def test_the_seventh_is_not_read_where_the_eighth_is_asked_about_unless_nothing_else_is_there() -> None:
    seventh, eighth = passage(1, "第七届汽车展6月1日开幕。"), passage(2, "第八届汽车展闭幕。")
    (finding,) = read("第八届汽车展何时开幕?", seventh, eighth).findings
    assert finding.passage == eighth
    (finding,) = read("第九届汽车展何时开幕?", seventh).findings
    assert finding.passage == seventh


def test_equal_scores_leave_the_better_hit_first() -> None:
    (finding,) = read("谁参加?", SCHOOL, CARS, among={"within": weights({}, {}), "across": weights({}, {})}).findings
    assert (finding.passage, finding.score) == (SCHOOL, 0.0)


def test_confidence_stays_a_probability() -> None:
    for constant in (1e6, -1e6):
        extreme = {name: weights({}, {"constant": constant}) for name in BY_COSINE}
        assert 0 < read("谁?", CARS, among=extreme).confidence <= 1


def test_nothing_to_read_is_no_finding() -> None:
    assert read("汽车展何时开幕?") == Reading(findings=(), confidence=0.0)


def test_questions_are_read_in_order_and_embedded_together() -> None:
    embedder = KeywordEmbedder()
    reader = SentenceReader(FakeStore(embedder, [CARS, SCHOOL]), embedder, FakePointers(), BY_COSINE)
    found = reader.read(["学校在哪里落成?", "天气如何?"], [[hit(CARS), hit(SCHOOL)], [hit(CARS)]])
    assert [sentence(reading.findings[0]) for reading in found] == ["学校在武进落成。", "天气很好。"]
    assert embedder.batches[0] == ["学校在哪里落成?", "天气如何?"]
    assert reader.read([], []) == []


def test_a_question_in_another_language_has_weights_of_its_own() -> None:
    reading = read("Where is the school?", CARS, SCHOOL)
    assert reading.findings[0].score == pytest.approx(10.0)
    assert reading.confidence == pytest.approx(1 / (1 + exp(2)))


class Listening(FakePointers):
    """Remembers what it is asked of which texts; believes in 学校 where the question has the word."""

    def __init__(self) -> None:
        super().__init__({"武进": 1.0})
        self.asked: list[tuple[str, list[str]]] = []

    def read(self, question: str, texts: Sequence[str]) -> Sequence[Pointed]:
        self.asked.append((question, list(texts)))
        return (
            FakePointers({"学校": 8.0, "武进": 1.0}).read(question, texts)
            if "学校" in question
            else super().read(question, texts)
        )


def test_an_english_question_reads_chinese_text_in_chinese_words_too() -> None:
    english = passage(3, "A school opened in Wujin.")
    embedder, pointers = Bilingual(), Listening()
    reader = SentenceReader(FakeStore(embedder, [SCHOOL, english]), embedder, pointers, BY_COSINE)
    found = reader.candidates("Where is the school?", [hit(english), hit(SCHOOL)])
    (plain, texts), (put, chinese) = pointers.asked
    assert (plain, texts) == ("Where is the school?", [english.text, SCHOOL.text])
    assert "学校" in put
    assert chinese == [SCHOOL.text]
    # 学校 scores -2 in one reading (two characters that are no answer) and 8 in the other, 武进 1 in both.
    (best,) = [each.answer for each in found if each.hit.passage is SCHOOL and "学校" in each.text]
    assert SCHOOL.text[best.span.start : best.span.end] == "学校"
    assert best.score == pytest.approx((-2 + 8) / 2)


def test_other_questions_are_read_once() -> None:
    for question in ("学校在哪里?", "Zzyzx?", "Where is the school?"):
        pointers = Listening()
        english = passage(3, "A school opened in Wujin.")
        page = english if question.startswith("Where") else SCHOOL
        reader = SentenceReader(FakeStore(Bilingual(), [page]), Bilingual(), pointers, BY_COSINE)
        reader.candidates(question, [hit(page)])
        assert len(pointers.asked) == 1


def test_what_the_pointers_believe_counts() -> None:
    among = {name: weights({"span": 1.0}, {"span": 3.0, "span_lead": 10.0}) for name in BY_COSINE}
    reading = read("谁参加?", SCHOOL, CARS, among=among)
    assert [marked(f) for f in reading.findings] == ["6月1日"]
    assert reading.findings[0].score == pytest.approx(0.4)
    assert reading.confidence == pytest.approx(1 / (1 + exp(-(3 * 0.4 + 10 * 0.2))))


def test_yes_or_no_is_answered_by_the_whole_sentence() -> None:
    assert [marked(f) for f in read("学校落成了吗?", SCHOOL, CARS).findings] == ["学校在武进落成"]


def test_hits_far_down_are_not_read() -> None:
    embedder = KeywordEmbedder()
    many = [passage(n, f"天气{n}。") for n in range(READ + 2)]
    reader = SentenceReader(FakeStore(embedder, many), embedder, FakePointers(), BY_COSINE)
    assert [c.hit.passage for c in reader.candidates("天气?", [hit(p) for p in many])] == many[:READ]


def test_a_list_is_answered_by_all_its_items() -> None:
    reading = read("汽车产业要坚持哪三项工作?", OPENING, *ITEMS)
    assert [(f.passage, sentence(f), marked(f)) for f in reading.findings] == [
        (ITEMS[0], "坚持创新,抓好汽车。", "坚持创新,抓好汽车"),
        (ITEMS[1], "坚持绿色!", "坚持绿色"),
        (ITEMS[2], "坚持开放。", "坚持开放"),
    ]
    assert {finding.score for finding in reading.findings} == {reading.findings[0].score}


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("汽车产业要坚持哪四项工作?", id="another number"),
        pytest.param("汽车产业要坚持什么?", id="no list"),
        pytest.param("汽车产业要坚持哪些工作?", id="no number"),
    ],
)
def test_one_sentence_answers_where_no_list_fits(question: str) -> None:
    assert len(read(question, OPENING, *ITEMS).findings) == 1


def test_two_lists_that_fit_are_none() -> None:
    others = [passage(n, f"加快第{n}项。") for n in (5, 6, 7)]
    assert len(read("汽车产业要坚持哪三项工作?", OPENING, *ITEMS, *others).findings) == 1


def test_a_list_that_is_too_long_is_not_spelt_out() -> None:
    many = [passage(n, f"坚持第{n}项。") for n in range(2, MAX_ITEMS + 3)]
    assert len(many) == MAX_ITEMS + 1
    assert len(read("汽车产业要坚持哪9项工作?", OPENING, *many).findings) == 1
    assert len(read("汽车产业要坚持哪8项工作?", OPENING, *many[1:]).findings) == MAX_ITEMS


def test_shipped_weights_belong_to_the_features() -> None:
    shipped = json.loads(files("rag.reader").joinpath("weights.json").read_text(encoding="utf-8"))
    assert shipped["regimes"].keys() == {"within", "across"} == fitted().keys()
    for regime in shipped["regimes"].values():
        assert tuple(regime["rank"]) == RANK_FEATURES
        assert tuple(regime["confidence"]) == CONFIDENCE_FEATURES
    assert 0 < fitted_threshold() < 1


def test_the_store_of_an_index(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    lead = "昨天上午汽车展开幕。当天的天气很好。"
    text = f"汽车展\n\n{lead}\n\n学校师生参观了汽车展,现场的秩序良好。\n"
    (tmp_path / "pages" / "a.txt").write_text(text, encoding="utf-8")
    embedder = KeywordEmbedder()
    update(tmp_path / "index", [tmp_path / "pages"], embedder)
    with Index.open(tmp_path / "index") as index:
        store = IndexSentences(index)
        first, second = index.passages([0, 1])
        spans, vectors = zip(*store.sentences(first), strict=True)
        assert list(spans) == sentences(lead)
        np.testing.assert_array_equal(np.stack(vectors), embedder.encode_passages(["汽车", "天气"]))
        assert store.article(second) == [first, second]
        (weight,) = {term.weight for term in store.terms("爬")}
        assert weight == store.unseen_weight > store.terms("车")[0].weight
