from __future__ import annotations

import pytest
from fake_store import passage

from rag.reader import Finding, Reading
from rag.reader.amounts import whole_amount
from rag.reader.finish import finished
from rag.reader.parts import parts
from rag.text import sentences
from rag.types import Span


def marks(question: str, text: str, marked: str) -> list[str]:
    part = passage(1, text)
    at = text.index(marked)
    sentence = next(span for span in sentences(text) if span.start <= at < span.end)
    reading = Reading((Finding(part, sentence, Span(at, at + len(marked)), 1.0),), 0.7)
    done = finished(question, reading)
    assert done.confidence == 0.7
    return [text[finding.marked.start : finding.marked.end] for finding in done.findings]


def test_numbers_keep_what_qualifies_and_counts_them() -> None:
    assert marks("总面积将增加多少?", "总面积将增加约1.6万平方米,很大。", "1.6") == ["约1.6万平方米"]
    assert marks("How much did it cost?", "It cost about 4.2 million pounds.", "4.2") == ["about 4.2 million pounds"]


@pytest.mark.parametrize(
    ("text", "piece", "whole"),
    [
        ("服务企业超427户(次),很多", "427户", "超427户(次)"),
        ("占比达89.5%", "89", "89.5%"),
        ("累计1,879家", "879", "1,879家"),
        ("30多个品牌", "30", "30多个"),
        ("在武进召开", "武进", "武进"),
        ("3月5日和7家", "7", "7家"),
    ],
)
def test_amounts(text: str, piece: str, whole: str) -> None:
    at = text.index(piece)
    span = whole_amount(text, Span(at, at + len(piece)))
    assert text[span.start : span.end] == whole


def test_numbered_items_are_found_each_for_itself() -> None:
    text = "会议提出三点。一是抓创新;二是抓产业;三是优环境。会后参观。"
    assert marks("会议提出哪三点?", text, "三点") == ["一是抓创新", "二是抓产业", "三是优环境"]
    assert marks("会议提出哪些要求?", text, "抓产业") == ["一是抓创新", "二是抓产业", "三是优环境"]
    assert marks("会议提出哪两点?", text, "三点") == ["三点"]
    assert marks("会后去做什么?", text, "参观") == ["参观"]


def test_a_reading_of_nothing_or_of_several_stays() -> None:
    nothing = Reading((), 0.0)
    assert finished("哪三点?", nothing) is nothing


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("谁主持,在哪里召开?", ("谁主持?", "在哪里召开?")),
        ("大桥何时动工,何时完工?", ("大桥何时动工?", "何时完工?")),
        ("《谁,在哪里》是谁写的?", ("《谁,在哪里》是谁写的?",)),
        ("2018年,谁获得了冠军?", ("2018年,谁获得了冠军?",)),
        ("Who chaired it and where was it held?", ("Who chaired it?", "where was it held?")),
        ("When the war ended, who came back?", ("When the war ended, who came back?",)),
        ("What did Bell find, which broke it?", ("What did Bell find, which broke it?",)),
        ("Who likes cats and dogs?", ("Who likes cats and dogs?",)),
    ],
)
def test_parts_of_a_question(question: str, found: tuple[str, ...]) -> None:
    assert parts(question) == found
