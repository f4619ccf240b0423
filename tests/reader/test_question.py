from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.question import Kind, analyse

KINDS = {
    Kind.NUMBER: [
        "武进有多少家企业获评?",
        "项目总投资多大?",
        "有几家影院?",
        "大桥有多长?",
        "优良断面的占比是?",
        "放款金额增长百分之几?",
        "How many firms took part?",
        "What percentage of sections met the standard?",
        "By how much did exports grow?",
        "How long is the bridge?",
    ],
    Kind.DATE: [
        "会议什么时候召开?",
        "车展于哪一年开始?",
        "大桥何时通车?",
        "会议的时间是?",
        "哪天举行?",
        "會議什麼時候召開?",
        "When was the expo held?",
        "In which year did the show start?",
        "WHAT DATE was it?",
    ],
    Kind.OTHER: [
        "谁主持了会议?",
        "活动在什么地方举行?",
        "短片叫什么名字?",
        "几乎所有企业都参展了吗?",
        "为什么要召开会议?",
        "会议强调了哪些内容?",
        "Who chaired the meeting?",
        "Which city hosted it?",
        "Whenever it rains, what happens?",
        "区委",
        "",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_kind(kind: Kind, text: str) -> None:
    assert analyse(text).kind is kind


@pytest.mark.parametrize(
    ("text", "is_list", "count"),
    [
        ("明年重点抓好哪六个方面?", True, 6),
        ("哪3家企业入选?", True, 3),
        ("哪两个企业入选?", True, 2),
        ("会议强调了哪些内容?", True, None),
        ("哪几所学校投用?", True, None),
        ("Which six areas will be the focus?", True, 6),
        ("What are the three goals?", True, 3),
        ("Which 12 firms won?", True, 12),
        ("What are the goals?", True, None),
        ("哪家企业入选?", False, None),
        ("哪里举行?", False, None),
        ("谁主持了六个会议?", False, None),
        ("Which city hosted it?", False, None),
        ("How many of the three goals were met?", False, None),
    ],
)
def test_lists(text: str, is_list: bool, count: int | None) -> None:
    question = analyse(text)
    assert (question.is_list, question.count) == (is_list, count)


@pytest.mark.parametrize(
    ("text", "is_yes_no"),
    [
        ("展览开幕了吗?", True),
        ("展覽開幕了嗎？", True),
        ("他来了么", True),
        ("是不是开幕了?", True),
        ("Did the fair open?", True),
        ("他的籍贯是什么?", False),
        ("他要做什麼？", False),
        ("这个会应该怎么", False),
        ("When did the fair open?", False),
    ],
)
def test_questions_for_yes_or_no(text: str, is_yes_no: bool) -> None:
    assert analyse(text).is_yes_no is is_yes_no


@pytest.mark.parametrize(
    ("text", "lang", "content"),
    [
        ("谁主持了会议?", "zh", ["主持了会议"]),
        ("請問會議什麼時候召開?", "zh", ["会议", "召开"]),
        ("GDP增长了多少?", "zh", ["gdp增长了"]),
        ("占比达89.5%的是什么?", "zh", ["占比达89.5%的"]),
        ("What did the Mayor of Wujin say?", "en", ["mayor", "wujin", "say"]),
        ("是什么?", "zh", []),
    ],
)
def test_content_has_the_words_that_do_not_ask(text: str, lang: str, content: list[str]) -> None:
    question = analyse(text)
    assert (question.lang, question.content.split()) == (lang, content)


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text: str) -> None:
    question = analyse(text)
    assert question.text == text
    assert question.count is None or question.count >= 0
