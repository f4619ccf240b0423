from __future__ import annotations

import pytest

from rag.reader.question import Kind, analyse
from rag.reader.shapes import candidates, fresh_candidates
from rag.types import Span


def words(text: str, spans: list[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("约1.6万平方米,超1万个,达89.5%", ["约1.6万平方米", "超1万个", "89.5%"]),
        ("累计1,879家,近35万套,23家,第六届", ["1,879家", "近35万套", "23家", "第六届"]),
        ("3—5公里,５万元", ["3—5公里", "５万元"]),
        ("over 1,200 cars, nearly 3.5%", ["over 1,200 cars", "nearly 3.5%"]),
        ("区委书记", []),
        ("", []),
    ],
)
def test_numbers_keep_units_and_qualifiers(text: str, found: list[str]) -> None:
    assert words(text, candidates(Kind.NUMBER, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2018年6月1日,6月1日至3日,8月至11月", ["2018年6月1日", "6月1日至3日", "8月至11月"]),
        ("昨天下午,去年,80年代,公元前221年", ["昨天下午", "去年", "80年代", "公元前221年"]),
        ("二〇二四年六月一日,2024-06-01,19世纪", ["二〇二四年六月一日", "2024-06-01", "19世纪"]),
        ("June 3rd, 2024 and in 1998", ["June 3rd, 2024", "1998"]),
        ("23家企业,89.5%", []),
    ],
)
def test_dates(text: str, found: list[str]) -> None:
    assert words(text, candidates(Kind.DATE, text)) == found


def test_nothing_has_the_shape_of_a_name() -> None:
    assert candidates(Kind.OTHER, "2018年23家") == []


def test_what_the_question_names_itself_is_no_answer() -> None:
    text = "新增23家,累计50家。"
    assert words(text, fresh_candidates(analyse("新增23家后累计多少家?"), text)) == ["50家"]
