"""Two passages, three sentences, six terms of weight 1: 汽 车 汽车 开 幕 开幕."""

from __future__ import annotations

from math import exp, log1p, sqrt

import numpy as np
import pytest
from fake_store import UNSEEN, FakePointers, FakeStore, hit, passage
from keyword_embedder import KeywordEmbedder

from rag.lexical import Term
from rag.reader.features import (
    CONFIDENCE_FEATURES,
    RANK_FEATURES,
    Asked,
    Candidate,
    confidence_features,
    rank_features,
    rarest_missing,
    shape,
    share_covered,
)
from rag.reader.question import analyse
from rag.reader.sentence_reader import SentenceReader
from rag.types import Span

CARS = passage(1, "6月1日汽车展开幕。天气很好。")
SCHOOL = passage(2, "学校开学", title="汽车")
HITS = [hit(CARS, dense=0.6, lexical=12.0, fused=0.8), hit(SCHOOL, dense=None, lexical=None, fused=0.3)]


@pytest.fixture
def reader() -> SentenceReader:
    embedder = KeywordEmbedder()
    return SentenceReader(FakeStore(embedder, [CARS, SCHOOL]), embedder, FakePointers({"6月1日": 6.0, "学校": 3.0}))


def ask(reader: SentenceReader, text: str) -> Asked:
    return reader.ask(text, KeywordEmbedder().encode_queries([text])[0])


def term(token: str, weight: float) -> Term:
    return Term(weight, ((token,),))


def test_rank_features_by_hand(reader: SentenceReader) -> None:
    rows = rank_features(ask(reader, "汽车何时开幕?"), reader.candidates("?", HITS))
    assert rows.shape == (3, len(RANK_FEATURES))
    assert rows.dtype == np.float32
    total = 1 + exp(-8) + exp(-3)
    first = [1, 0.6, 1, 1, 1, 1, 0, 1, log1p(10) / 5, 0, 0.6, 0, 1 / total]
    second = [0, 0.6, 0, 0, 1, 1, 0, -1, log1p(5) / 5, 0, -0.2, -0.8, exp(-8) / total]
    third = [0, 0, 1 / 6, 4 / 6, 4 / 6, 0, -0.5, -1, log1p(4) / 5, 1, 0.3, 0, exp(-3) / total]
    np.testing.assert_allclose(rows, [first, second, third], rtol=1e-6, atol=1e-7)


def test_confidence_features_by_hand(reader: SentenceReader) -> None:
    asked, candidates = ask(reader, "汽车何时开幕?"), reader.candidates("?", HITS)
    features = rank_features(asked, candidates)
    found = confidence_features(asked, candidates, features, np.array([2.0, 0.5, -1.0], np.float32))
    expected = {
        "constant": 1,
        "cosine_sentence": 1,
        "cosine_passage": 0.6,
        "covered_sentence": 1,
        "covered_with_title": 1,
        "covered_passage": 1,
        "rarest_missing": 0,
        "unseen": 0,
        "margin": 1.5,
        "shape": 1,
        "spread": (2 / 3) / (sqrt(2) / 3 + 1e-3),
        "span": 0.6,
        "span_lead": 0.3,
    }
    assert dict(zip(CONFIDENCE_FEATURES, found.tolist(), strict=True)) == pytest.approx(expected, rel=1e-5)


def test_confidence_features_of_a_single_candidate(reader: SentenceReader) -> None:
    asked, candidates = ask(reader, "谁?"), reader.candidates("?", HITS[1:])
    features = rank_features(asked, candidates)
    found = confidence_features(asked, candidates, features, np.array([0.5], np.float32))
    values = dict(zip(CONFIDENCE_FEATURES, found.tolist(), strict=True))
    assert (values["margin"], values["spread"], values["span_lead"], values["unseen"]) == (0, 0, 0, 1)
    assert (values["covered_sentence"], values["rarest_missing"], values["shape"]) == (0, 0, 0)


def test_no_candidates_have_no_features(reader: SentenceReader) -> None:
    assert rank_features(ask(reader, "谁?"), []).shape == (0, len(RANK_FEATURES))


def test_unseen_is_the_share_of_weight_that_the_corpus_lacks(reader: SentenceReader) -> None:
    assert ask(reader, "汽车何时开幕?").unseen == 0
    asked = ask(reader, "汽车爬")
    assert [t.forms[0][0] for t in asked.terms if t.weight == UNSEEN] == ["爬", "车爬"]
    assert asked.unseen == pytest.approx(6 / 9)  # beside 汽, 车 and 汽车
    assert ask(reader, "Who?").unseen == 1


def test_share_covered() -> None:
    terms = [term("汽", 1.0), term("车", 3.0)]
    assert share_covered(terms, {"车"}) == 0.75
    assert share_covered(terms, set()) == 0
    assert share_covered([], {"车"}) == 0


def test_a_translated_word_is_covered_by_any_of_its_forms() -> None:
    car = Term(2.0, (("汽车",), ("轿", "车")))
    assert share_covered([car, term("展", 2.0)], {"轿", "车"}) == 0.5
    assert share_covered([car], {"轿"}) == 0


def test_rarest_missing() -> None:
    terms = [term("汽", 1.0), term("车", 4.0)]
    assert rarest_missing(terms, {"汽", "车"}) == 0
    assert rarest_missing(terms, {"车"}) == 0.25
    assert rarest_missing(terms, {"汽"}) == 1
    assert rarest_missing([], set()) == 0


@pytest.mark.parametrize(
    ("question", "sentence", "value"),
    [
        ("有多少家企业?", "共23家企业。", 1),
        ("有多少家企业?", "企业很多。", -1),
        ("新增23家后有多少家?", "新增23家。", -1),
        ("何时开幕?", "6月1日开幕。", 1),
        ("谁主持?", "6月1日开幕。", 0),
    ],
)
def test_shape(question: str, sentence: str, value: float) -> None:
    assert shape(analyse(question), sentence) == value


def test_a_candidate_is_a_sentence_of_its_passage(reader: SentenceReader) -> None:
    candidates = reader.candidates("?", HITS)
    assert [c.text for c in candidates] == ["6月1日汽车展开幕。", "天气很好。", "学校开学"]
    assert candidates[1] == Candidate(HITS[0], Span(10, 15), candidates[1].vector, candidates[1].answer)
    assert [c.answer.span for c in candidates] == [Span(0, 4), Span(10, 11), Span(0, 2)]
