from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.refine import refine
from rag.types import Span

SCHOOL = "建成后的校舍总面积将增加约1.6万平方米,办学规模16轨共48班。"
FILM = "播放短片《红色武进 光荣之城》,颁发“光影礼遇”。"


@pytest.mark.parametrize(
    ("text", "pointed", "marked"),
    [
        (SCHOOL, "1.6", "1.6万平方米"),
        (SCHOOL, "6万平方", "1.6万平方米"),
        (SCHOOL, "48", "48班"),
        (SCHOOL, "校舍总面积", "校舍总面积"),
        (SCHOOL, "48班。", "48班"),
        ("2018年6月1日开幕。", "2018", "2018年"),
        ("2018年6月1日开幕。", "2018年", "2018年"),
        ("Built in 1835 and enlarged in 1879.", "1835", "1835"),
        ("It is 3.07 on average.", "3", "3.07"),
        ("增长9.5%,居前列。", "9.5", "9.5%"),
        ("The show drew over 12,500 visitors.", "12", "12,500"),
        (FILM, "红色武进 光荣之城》", "《红色武进 光荣之城》"),
        (FILM, "《红色武进", "《红色武进 光荣之城》"),
        (FILM, "光荣之城", "光荣之城"),
        ("会议由区长主持。", "区长", "区长"),
    ],
)
def test_what_is_marked(text: str, pointed: str, marked: str) -> None:
    at = text.index(pointed)
    found = refine(text, Span(0, len(text)), Span(at, at + len(pointed)))
    assert text[found.start : found.end] == marked


def test_nothing_outside_the_sentence_is_marked() -> None:
    text = "总数是3。5万人来了。"
    found = refine(text, Span(5, len(text)), Span(5, 6))
    assert text[found.start : found.end] == "5万人"


@given(
    text=st.text(st.sampled_from("武进23家年月日。,、《》“”\"'()（ ）1.6%万 a\n𠀀"), min_size=1, max_size=40),
    data=st.data(),
)
def test_a_mark_holds_the_answer_in_its_sentence(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    sentence, span = Span(cuts[0], cuts[3]), Span(cuts[1], cuts[2])
    found = refine(text, sentence, span)
    assert sentence.start <= found.start <= found.end <= sentence.end
    if text[span.start : span.end].strip(" \t\n,，.。;；:：!！?？、"):
        assert len(found) > 0
