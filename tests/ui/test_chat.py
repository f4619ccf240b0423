from __future__ import annotations

from dataclasses import replace

from rag.types import Answer
from rag.ui.chat import answer_markdown, messages
from rag.ui.strings import ZH

from .fakebot import HOSTILE, SIZE_ZH, UNKNOWN_EN, UNKNOWN_ZH, YEAR_EN, YEAR_ZH, FakeBot

BOT = FakeBot()
TIP = "2024武进区新能源汽车展启动, 第 3 段"


def test_answer_has_its_span_its_sentence_and_its_confidence() -> None:
    assert answer_markdown(7, BOT.ask(YEAR_ZH)).split("\n\n") == [
        '<span class="wb-short">2018年</span>',
        f'> <mark>2018年</mark>,新能源汽车开始出现在巡展车队中,\u00a0[1](#cite-7-1 "{TIP}")',
        '<span class="wb-confidence wb-level-0">把握：高 · 93%</span>',
    ]


def test_words_follow_the_language_of_the_question() -> None:
    text = answer_markdown(1, BOT.ask(YEAR_EN))
    assert "Confidence: medium · 64%" in text
    assert "paragraph 3" in text


def test_several_citations_are_several_spans_and_sentences() -> None:
    short, first, second, _ = answer_markdown(2, BOT.ask(SIZE_ZH)).split("\n\n")
    assert short == '<span class="wb-short">约1.6万平方米</span>；<span class="wb-short">48班</span>'
    assert first.startswith("> 建成后的校舍总面积将增加<mark>约1.6万平方米</mark>,\u00a0[1](#cite-2-1 ")
    assert second.startswith("> 办学规模16轨共<mark>48班</mark>。\u00a0[2](#cite-2-2 ")


def test_a_quote_that_answers_as_a_whole_is_said_once() -> None:
    answer = BOT.ask(YEAR_ZH)
    whole = replace(answer.citations[0], answer_start=0, answer_end=len(answer.citations[0].quote))
    text = answer_markdown(1, replace(answer, citations=(whole,)))
    assert text.count("新能源汽车开始出现在巡展车队中") == 1
    assert text.count("#cite-1-1") == 1
    assert "\n> " not in text


def test_broken_lines_in_a_quote_stay_in_its_paragraph() -> None:
    answer = BOT.ask(YEAR_ZH)
    broken = replace(answer.citations[0], quote="2018年\n\n开始出\n现,", answer_start=0, answer_end=5)
    assert "> <mark>2018年</mark>开始出现,\u00a0[1]" in answer_markdown(1, replace(answer, citations=(broken,)))


def test_abstention_names_the_nearest_passages_and_cites_nothing() -> None:
    text = answer_markdown(3, BOT.ask(UNKNOWN_ZH))
    assert text.startswith(f'<span class="wb-abstained">{ZH.abstained}</span>')
    assert "#cite-" not in text
    assert text.count("\n- <strong>") == 3
    assert text.endswith("(#near-3)")
    assert "no reliable answer" in answer_markdown(3, BOT.ask(UNKNOWN_EN))


def test_abstention_without_any_passage() -> None:
    text = answer_markdown(1, replace(BOT.ask(UNKNOWN_ZH), passages=()))
    assert text == f'<span class="wb-abstained">{ZH.abstained}</span> {ZH.abstained_hint}'


def test_hostile_text_leaves_no_live_markup() -> None:
    text = answer_markdown(1, BOT.ask(HOSTILE))
    ours = ('<span class="wb-short">', "</span>", "<mark>", "</mark>", '<span class="wb-long">')
    for tag in (*ours, '<span class="wb-confidence wb-level-0">'):
        text = text.replace(tag, "")
    assert "<" not in text
    assert "$" not in text
    assert "`" not in text
    assert text.count("](") == 1


def test_conversation_ends_with_the_question_in_hand() -> None:
    turns: dict[int, Answer] = {4: BOT.ask(YEAR_ZH), 9: BOT.ask(SIZE_ZH)}
    said = messages(turns, pending="a <b>?")
    assert [m["role"] for m in said] == ["user", "assistant"] * 3
    assert "#cite-4-1" in said[1]["content"]
    assert "#cite-9-2" in said[3]["content"]
    assert said[4]["content"] == "a &#60;b&#62;?"
    assert said[5]["content"] == '<span class="wb-wait">Searching the pages</span>'
