from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

from rag.types import Answer
from rag.ui.conversation import Conversation
from rag.ui.render.chat_markdown import Offer, answer_markdown, messages
from rag.ui.wording import EN, ZH, Strings

from ..fakebot import (
    HOSTILE,
    PERHAPS_EN,
    PERHAPS_TRADITIONAL,
    PERHAPS_ZH,
    SHOW,
    SIZE_ZH,
    UNKNOWN_EN,
    UNKNOWN_ZH,
    YEAR_EN,
    YEAR_ZH,
    FakeBot,
)

BOT = FakeBot()
TIP = "2024武进区新能源汽车展启动, 第 3 段"


PLAIN = re.compile(r'<span class="wb-plain" hidden>.*?</span>')


def shown(turn: int, answer: Answer, words: Strings = ZH, **options: Any) -> str:
    """The answer without what is there to be copied."""
    return PLAIN.sub("", answer_markdown(turn, answer, words, **options))


def test_answer_has_its_span_its_sentence_and_its_confidence() -> None:
    span, sentence, foot = shown(7, BOT.ask(YEAR_ZH)).split("\n\n")
    assert span == '<span class="wb-short">2018年</span>'
    assert sentence == f'> <mark>2018年</mark>,新能源汽车开始出现在巡展车队中,\u00a0[1](#cite-7-1 "{TIP}")'
    assert foot.startswith('<span class="wb-confidence wb-level-0">把握：高 · 93%</span> <span class="wb-acts">')


def test_labels_are_those_of_the_interface_and_only_the_abstention_that_of_the_question() -> None:
    text = shown(1, BOT.ask(YEAR_EN), ZH)
    assert "把握：中 · 64%" in text
    assert "第 3 段" in text
    text = shown(1, BOT.ask(UNKNOWN_EN), ZH)
    assert '<span lang="en"><span class="wb-abstained">The paper gives no reliable answer to this.</span>' in text
    assert ZH.nearest in text


def test_a_follow_up_says_how_it_was_understood() -> None:
    answer = replace(BOT.ask(YEAR_ZH), question="哪一年?", interpreted_as="新能源汽车<b>是哪一年?")
    first = shown(1, answer).split("\n\n")[0]
    assert first == '<span class="wb-understood">理解为：新能源汽车&#60;b&#62;是哪一年?</span>'
    assert "wb-understood" not in shown(1, BOT.ask(YEAR_ZH))


def test_every_answer_can_be_copied_and_asked_again_and_some_rated() -> None:
    answer = BOT.ask(YEAR_ZH)
    assert re.findall(r'id="(wb-\w+-4)"', shown(4, answer)) == ["wb-copy-4", "wb-again-4"]
    rated = shown(4, answer, offer=Offer(rating=True), rated=False)
    assert re.findall(r'id="(wb-\w+-4)"', rated) == ["wb-copy-4", "wb-again-4", "wb-good-4", "wb-bad-4"]
    assert '<button class="wb-act wb-chosen" id="wb-bad-4">✓ 不对</button>' in rated


def test_what_is_copied_is_plain_text_with_its_citation() -> None:
    hidden = PLAIN.search(answer_markdown(7, BOT.ask(YEAR_ZH), ZH))
    assert hidden is not None
    copied = html.unescape(re.sub("<[^>]+>", "", hidden.group()))
    assert copied.split("\n") == [
        "2018年",
        "",
        "“2018年,新能源汽车开始出现在巡展车队中,”",
        f"——《2024武进区新能源汽车展启动》，{SHOW}，第 3 段",
        f"?source={SHOW}&start=2491&end=2513&check=c3077dce",
    ]


def test_several_citations_are_several_spans_and_sentences() -> None:
    short, first, second, _ = shown(2, BOT.ask(SIZE_ZH)).split("\n\n")
    assert short == '<span class="wb-short">约1.6万平方米</span>；<span class="wb-short">48班</span>'
    assert first.startswith("> 建成后的校舍总面积将增加<mark>约1.6万平方米</mark>,\u00a0[1](#cite-2-1 ")
    assert second.startswith("> 办学规模16轨共<mark>48班</mark>。\u00a0[2](#cite-2-2 ")


def test_a_quote_that_answers_as_a_whole_is_said_once() -> None:
    answer = BOT.ask(YEAR_ZH)
    whole = replace(answer.citations[0], answer_start=0, answer_end=len(answer.citations[0].quote))
    text = shown(1, replace(answer, citations=(whole,)))
    assert text.count("新能源汽车开始出现在巡展车队中") == 1
    assert text.count("#cite-1-1") == 1
    assert "\n> " not in text


def test_broken_lines_in_a_quote_stay_in_its_paragraph() -> None:
    answer = BOT.ask(YEAR_ZH)
    broken = replace(answer.citations[0], quote="2018年\n\n开始出\n现,", answer_start=0, answer_end=5)
    assert "> <mark>2018年</mark>开始出现,\u00a0[1]" in shown(1, replace(answer, citations=(broken,)))


def test_abstention_names_the_nearest_passages_and_cites_nothing() -> None:
    text = shown(3, BOT.ask(UNKNOWN_ZH))
    assert text.startswith(f'<span lang="zh-CN"><span class="wb-abstained">{ZH.abstained}</span>')
    assert "#cite-" not in text
    assert re.findall(r"\n- \[.*?\]\(#(near-3-\d)\)", text) == ["near-3-1", "near-3-2", "near-3-3"]
    assert re.findall(r'<span class="wb-nth">第 (\d) 段</span>', text) == ["4", "5", "6"]


def test_a_tentative_answer_says_so_and_quotes_its_candidates_without_a_confidence() -> None:
    said, first, second, near, *_ = shown(3, BOT.ask(PERHAPS_ZH)).split("\n\n")
    assert said == '<span class="wb-tentative" lang="zh-CN">不确定，可能是这句：</span>'
    assert first.startswith('> <span class="wb-perhaps">2024武进区新能源汽车展在<mark>武进吾悦广场</mark>启动,')
    assert "\u00a0[1](#cite-3-1 " in first
    assert "<mark>巡展车队</mark>中,\u00a0[2](#cite-3-2 " in second
    assert near == f'<span class="wb-nearest">{ZH.nearest}</span>'
    text = shown(3, BOT.ask(PERHAPS_ZH))
    assert re.findall(r"\n- \[.*?\]\(#(near-3-\d)\)", text) == ["near-3-1", "near-3-2", "near-3-3"]
    assert "wb-short" not in text
    assert "%" not in text
    assert ZH.abstained not in text


def test_it_is_said_in_the_language_and_the_characters_of_the_question() -> None:
    said = {question: shown(1, BOT.ask(question)).split("\n\n")[0] for question in (PERHAPS_EN, PERHAPS_TRADITIONAL)}
    assert said[PERHAPS_EN] == '<span class="wb-tentative" lang="en">Not sure, but perhaps:</span>'
    assert said[PERHAPS_TRADITIONAL] == '<span class="wb-tentative" lang="zh-Hant">不確定，可能是這句：</span>'
    unknown = shown(1, BOT.ask("火星上有沒有地鐵?"))
    assert '<span lang="zh-Hant"><span class="wb-abstained">報上沒有找到可靠的答案。</span>' in unknown


def test_candidates_that_were_not_tentative_are_not_shown() -> None:
    candidates = BOT.ask(PERHAPS_ZH).candidates
    assert "#cite-" not in shown(1, replace(BOT.ask(UNKNOWN_ZH), candidates=candidates))


def test_a_nearest_passage_is_cut_around_what_fits_best() -> None:
    answer = BOT.ask(UNKNOWN_ZH)
    text = "车队今年走过十个街镇。" * 5 + "火星上有没有地铁还不知道。" + "市民纷纷驻足观看。" * 5
    hit = replace(answer.passages[0], passage=replace(answer.passages[0].passage, text=text))
    (near,) = [line for line in shown(1, replace(answer, passages=(hit,))).split("\n") if "#near-1-1" in line]
    assert "火星上有没有地铁还不知道。" in near
    snippet = near.rpartition("</span> ")[2]
    assert (snippet[0], snippet[-1], len(snippet)) == ("…", "…", 50)


def test_abstention_without_any_passage_can_still_be_copied() -> None:
    text = answer_markdown(1, replace(BOT.ask(UNKNOWN_ZH), passages=()), ZH)
    assert ZH.nearest not in text
    assert f"问: {UNKNOWN_ZH}&#10;{ZH.abstained}</span>" in text


def test_only_the_last_abstention_suggests_questions() -> None:
    talk = Conversation({1: BOT.ask(UNKNOWN_ZH), 2: BOT.ask(UNKNOWN_EN)})
    said = messages(talk, ZH, Offer(questions=("多少<b>?",)))
    assert "wb-suggested" not in said[1]["content"]
    assert '<button class="wb-example">多少&lt;b&gt;?</button>' in said[3]["content"]


def test_hostile_text_leaves_no_live_markup() -> None:
    text = answer_markdown(1, replace(BOT.ask(HOSTILE), interpreted_as=HOSTILE), ZH)
    assert set(re.findall(r"</?(\w+)", text)) == {"span", "mark", "button", "b"}
    attributes = {name for tag in re.findall(r"<[^>]*>", text) for name in re.findall(r" ([\w-]+)(?==|>)", tag)}
    assert attributes == {"class", "id", "title", "hidden"}
    assert "$" not in text
    assert "`" not in text
    assert text.count("](") == 1


def test_conversation_ends_with_the_question_in_hand() -> None:
    talk = Conversation({4: BOT.ask(YEAR_ZH), 9: BOT.ask(SIZE_ZH)}, pending="a <b>?")
    said = messages(talk, EN)
    assert [m["role"] for m in said] == ["user", "assistant"] * 3
    assert "#cite-4-1" in said[1]["content"]
    assert "#cite-9-2" in said[3]["content"]
    assert said[4]["content"] == "a &#60;b&#62;?"
    assert said[5]["content"] == '<span class="wb-wait">Searching the pages</span>'


def test_a_part_that_is_not_found_is_named_and_literal() -> None:
    text = answer_markdown(1, replace(BOT.ask(YEAR_ZH), not_found=("谁<b>来了?",)), ZH)
    assert "文中没有找到：谁" in text
    assert "<b>来了" not in text


def test_small_talk_is_told_what_can_be_asked_in_the_language_of_the_question() -> None:
    answer = replace(BOT.ask(UNKNOWN_EN), question="hello", kind="small_talk", passages=())
    text = answer_markdown(1, answer, ZH, Offer(questions=[YEAR_EN]))
    assert text.startswith(f'<span lang="en">{EN.can_ask}</span>')
    assert f'<button class="wb-example">{YEAR_EN}</button>' in text
    assert f"问: hello&#10;{EN.can_ask}</span>" in text
    assert "wb-abstained" not in text


def test_contents_are_a_line_for_each_headline_without_a_confidence() -> None:
    answer = BOT.ask(SIZE_ZH)
    lines = shown(3, replace(answer, kind="contents")).split("\n\n")[0].splitlines()
    assert [line.partition("\u00a0")[0] for line in lines] == [f"- {c.quote}" for c in answer.citations]
    assert [f"(#cite-3-{n} " in line for n, line in enumerate(lines, 1)] == [True, True]
    assert "wb-confidence" not in shown(3, replace(answer, kind="contents"))
