from __future__ import annotations

import pytest

from rag.reader.lists import items, numbered, runs, whole_list
from rag.reader.question import analyse
from rag.types import Span


def texts(text: str, spans: list[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("区领导恽淇丞、赵钢、朱慧峰参加活动。", ["区领导恽淇丞、赵钢、朱慧峰参加活动"]),
        ("坚持“引进来”“走出去”并举。", ["“引进来”“走出去”"]),
        ("播放《春天》和《秋天》。", ["《春天》和《秋天》"]),
        ("It sells tea, coffee and cakes.", ["It sells tea, coffee and cakes"]),
        ("会议在武进召开,很多人参加。", []),
        ("He came, and she left.", []),
    ],
)
def test_lists_inside_a_sentence(sentence: str, found: list[str]) -> None:
    assert texts(sentence, runs(sentence)) == found


def test_items_without_what_leads_in_and_goes_on() -> None:
    text = "产品包括铜杆、铜线和铜管等三种"
    assert texts(text, items(text, Span(0, len(text)))) == ["铜杆", "铜线", "铜管"]
    text = "tea, coffee and cakes"
    assert texts(text, items(text, Span(0, len(text)))) == ["tea", "coffee", "cakes"]


@pytest.mark.parametrize(
    ("question", "sentence", "marked", "whole"),
    [
        ("哪些产品?", "产品包括铜杆、铜线和铜管等三种。", "铜线", "铜杆、铜线和铜管"),
        ("哪三种产品?", "产品包括铜杆、铜线和铜管等。", "铜杆", "铜杆、铜线和铜管"),
        ("哪两种产品?", "产品包括铜杆、铜线和铜管等。", "铜杆", "铜杆"),
        ("什么产品?", "产品包括铜杆、铜线和铜管等。", "铜杆", "铜杆"),
        ("哪些产品?", "产品在会上展出。", "会上", "会上"),
    ],
)
def test_one_item_stands_for_its_list_where_several_are_asked_for(
    question: str, sentence: str, marked: str, whole: str
) -> None:
    start = sentence.index(marked)
    span = whole_list(analyse(question), sentence, Span(start, start + len(marked)))
    assert sentence[span.start : span.end] == whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("要求:一是抓创新;二是抓产业,三是优环境。还有别的。", [["一是抓创新", "二是抓产业", "三是优环境"]]),
        ("(1)甲事。(2)乙事。", [["(1)甲事", "(2)乙事"]]),
        ("一是甲;二是乙。一要丙;二要丁。", [["一是甲", "二是乙"], ["一要丙", "二要丁"]]),
        ("这是一是二是的游戏", []),
        ("一是抓创新。", []),
        ("一是抓创新;三是抓产业。", []),
    ],
)
def test_numbered_items(text: str, found: list[list[str]]) -> None:
    assert [texts(text, run) for run in numbered(text)] == found
