from __future__ import annotations

import numpy as np
import pytest
from fake_store import passage

from rag.reader.summary import Sentence, article_question, summary
from rag.text import sentences


def told(vectors: list[list[float]], texts: list[str], asked: list[float], most: int = 4) -> list[str]:
    paragraphs = [passage(n, text) for n, text in enumerate(texts, 1)]
    spans = [(part, span) for part in paragraphs for span in sentences(part.text)]
    rows = [np.asarray(vector, np.float32) / np.linalg.norm(vector) for vector in vectors]
    found = [Sentence(part, span, row) for (part, span), row in zip(spans, rows, strict=True)]
    return [sentence.text for sentence in summary(found, np.asarray(asked, np.float32), most)]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("全区经济运行分析会讲了什么?", "全区经济运行分析会"),
        ("全區經濟運行分析會主要講了什麼?", "全区经济运行分析会"),
        ("《小镇的春天》这篇文章主要写了什么内容?", "小镇的春天"),
        ("请总结一下关于新能源汽车展的报道", "新能源汽车展"),
        ("这次会议讲了什么?", ""),
        ("总结一下这篇报道。", ""),
        ("概括一下", ""),
        ("What was the annual trade meeting about?", "annual trade meeting"),
        ("What is “Night ferry starts” about?", "night ferry starts"),
        ("Can you summarize the article about the car show?", "car show"),
        ("What were the key points of the trade meeting?", "trade meeting"),
        ("What happened at the opening ceremony?", "opening ceremony"),
        ("What was the meeting about?", ""),
        ("Summarize this article", ""),
    ],
)
def test_questions_about_a_whole_article(question: str, topic: str) -> None:
    asked = article_question(question)
    assert asked is not None
    assert asked.topic == topic


@pytest.mark.parametrize(
    "question",
    [
        "谁主持了会议?",
        "乔俊杰在会上讲了什么?",
        "会议有多少人参加?",
        "武进区有哪些镇?",
        "新能源汽车有哪些优势?",
        "What is the tower made of?",
        "What was he worried about?",
        "Who wrote the article about the car show?",
        "How many people attended the meeting?",
    ],
)
def test_ordinary_questions(question: str) -> None:
    assert article_question(question) is None


def test_what_asks_for_several_things_wants_a_list() -> None:
    listed = [article_question(q) for q in ("第七次全会有哪些部署?", "第七次全会讲了什么?")]
    assert [each and each.wants_list for each in listed] == [True, False]


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
