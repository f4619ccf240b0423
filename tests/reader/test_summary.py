from __future__ import annotations

import numpy as np
from fake_store import passage

from rag.reader.summary import Sentence, summary
from rag.text import sentences


def told(vectors: list[list[float]], texts: list[str], asked: list[float], most: int = 4) -> list[str]:
    paragraphs = [passage(n, text) for n, text in enumerate(texts, 1)]
    spans = [(part, span) for part in paragraphs for span in sentences(part.text)]
    rows = [np.asarray(vector, np.float32) / np.linalg.norm(vector) for vector in vectors]
    found = [Sentence(part, span, row) for (part, span), row in zip(spans, rows, strict=True)]
    return [sentence.text for sentence in summary(found, np.asarray(asked, np.float32), most)]


def test_the_lead_and_the_most_central_sentences_in_order_and_none_twice() -> None:
    lead, twin, centre, odd = (
        "会议于今天上午在这里隆重召开。",
        "会议在今天上午于这里隆重召开。",
        "会议强调要抓好创新和产业。",
        "代表们还参观了一座小小的花园。",
    )
    vectors = [[1, 0, 0], [1, 0.02, 0], [0.7, 0.7, 0], [0, 0, 1]]
    assert told(vectors, [lead, f"{twin}{centre}", odd], [1, 0.5, 0], most=2) == [lead, centre]


def test_headings_and_scraps_are_no_sentences_of_a_summary() -> None:
    vectors = [[1.0, 0], [0, 1.0], [1.0, 1.0]]
    assert told(vectors, ["一个没有句号的小标题在这里", "太短。", "这才是一个完整的句子而且够长。"], [1, 0]) == [
        "这才是一个完整的句子而且够长。"
    ]


def test_an_article_of_one_scrap_is_told_as_it_is() -> None:
    assert told([[1.0, 0]], ["太短"], [1, 0]) == ["太短"]
