from __future__ import annotations

import pytest

from rag.chatbot.question_templates import drafts, figure_question
from rag.types import Article, Paragraph


def article(title: str, *texts: str) -> Article:
    paragraphs = tuple(Paragraph(n, text, 0, len(text)) for n, text in enumerate(texts, 1))
    return Article("a.txt", 1, title, "article", None, 0, 0, paragraphs)


def asked(title: str, *texts: str, lang: str = "zh") -> list[tuple[str, str]]:
    return [(draft.question, draft.held) for draft in drafts(article(title, *texts), lang)]


@pytest.mark.parametrize(
    ("clause", "made"),
    [
        ("秋季学期预计新增学位超1万个", ("秋季学期预计新增学位多少个?", "1")),
        ("上半年全区旅游接待815万人次", ("上半年全区旅游接待多少人次?", "815")),
        ("全区19个国省断面优Ⅲ类占比达89.5%", None),
        ("累计建成人才公寓近1,879套", None),
        ("新增上市企业2家", None),
        ("会议在武进召开", None),
        ("", None),
    ],
)
def test_a_figure_is_asked_for_if_it_is_the_only_one(clause: str, made: tuple[str, str] | None) -> None:
    assert figure_question(clause) == made


def test_an_event_is_asked_for_by_its_date_its_place_and_what_it_was_about() -> None:
    lead = "4月14日,青岚镇茶山马拉松在云顶广场开跑,选手很多。"
    assert asked("青岚镇茶山马拉松举行", lead) == [
        ("青岚镇茶山马拉松是什么时候开跑的?", "4月14日"),
        ("青岚镇茶山马拉松在哪里开跑?", "云顶广场"),
        ("青岚镇茶山马拉松讲了什么?", ""),
    ]
    assert asked("青岚镇茶山马拉松举行", lead, lang="en") == [
        ("When was “青岚镇茶山马拉松” held?", "4月14日"),
        ("Where was “青岚镇茶山马拉松” held?", "云顶广场"),
        ("What does the paper say about “青岚镇茶山马拉松举行”?", ""),
    ]


def test_a_headline_without_an_event_is_quoted() -> None:
    assert asked("持之以恒“拼”出成果: 副题", "上半年形势不错。") == [("《持之以恒‘拼’出成果》讲了什么?", "")]


def test_english_figures() -> None:
    text = "The library now holds 85,000 books and a reading room. It is open. Mayor Larkin opened 3 schools in May."
    assert asked("Library", text, lang="en") == [
        ("What does the paper say about “Library”?", ""),
        ("How many books does the library hold?", "85,000"),
        ("How many schools did Mayor Larkin open?", "3"),
    ]
