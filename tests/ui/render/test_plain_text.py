from __future__ import annotations

from dataclasses import replace

from rag.ui.conversation import Conversation
from rag.ui.render.plain_text import conversation_markdown, plain_answer
from rag.ui.wording import EN, ZH

from ..fakebot import PERHAPS_ZH, SHOW, SIZE_ZH, UNKNOWN_EN, YEAR_ZH, FakeBot

BOT = FakeBot()


def test_each_quote_stands_with_its_place() -> None:
    short, first, second = plain_answer(BOT.ask(SIZE_ZH), EN)
    assert (short.text, short.place) == ("约1.6万平方米；48班", None)
    assert first.text.startswith("“建成后的校舍总面积将增加约1.6万平方米,”\n— “作为我区2024年")
    assert first.text.endswith(f"{SHOW}, paragraph 1")
    assert second.place is not None
    assert (second.place.source, second.place.start) == (SHOW, 2870)


def test_an_abstention_says_what_was_asked() -> None:
    (said,) = plain_answer(BOT.ask(UNKNOWN_EN), ZH)
    assert said.text == f"问: {UNKNOWN_EN}\nThe paper gives no reliable answer to this."


def test_a_tentative_answer_is_copied_as_one() -> None:
    said, first, second = plain_answer(BOT.ask(PERHAPS_ZH), ZH)
    assert said.text == f"问: {PERHAPS_ZH}\n不确定，可能是这句："
    assert first.text.startswith("“2024武进区新能源汽车展在武进吾悦广场启动,”\n——《2024武进区新能源汽车展启动》")
    assert first.place is not None
    assert second.text.startswith("“2018年,新能源汽车开始出现在巡展车队中,”")
    lines = conversation_markdown(Conversation({1: BOT.ask(PERHAPS_ZH)}), ZH).split("\n\n")
    assert lines[2] == "不确定，可能是这句："
    assert lines[3].startswith("> 2024武进区新能源汽车展在**武进吾悦广场**启动,")
    assert lines[5] == "最接近的段落（不是答案）:"


def test_conversation_is_a_markdown_document() -> None:
    follow_up = replace(BOT.ask(YEAR_ZH), interpreted_as="哪*年*?")
    text = conversation_markdown(Conversation({1: follow_up, 2: BOT.ask(UNKNOWN_EN)}), ZH, "https://paper.example/")
    lines = text.split("\n\n")
    assert lines[:6] == [
        "# 问报对话",
        f"## {YEAR_ZH}",
        "*理解为：哪\\*年\\*?*",
        "**2018年**",
        "> **2018年**,新能源汽车开始出现在巡展车队中,  \n"
        f"> [——《2024武进区新能源汽车展启动》，{SHOW.replace('_', chr(92) + '_')}，第 3 段]"
        f"(https://paper.example/?source={SHOW}&start=2491&end=2513&check=c3077dce)",
        "把握：高 · 93%",
    ]
    assert lines[6:8] == [f"## {UNKNOWN_EN}", "The paper gives no reliable answer to this."]
    assert lines[8] == "最接近的段落（不是答案）:"
    assert lines[9].count("\n- [") == 2


def test_a_part_that_is_not_found_is_named() -> None:
    partly = replace(BOT.ask(YEAR_ZH), not_found=("谁*来*了?",))
    *_, last = plain_answer(partly, EN)
    assert (last.text, last.place) == ("Not found in the sources: 谁*来*了?", None)
    assert "*文中没有找到：谁\\*来\\*了?*" in conversation_markdown(Conversation({1: partly}), ZH)


def test_an_address_that_is_none_makes_no_links() -> None:
    talk = Conversation({1: BOT.ask(YEAR_ZH)})
    for base in ("", "javascript:alert(1)", "https://a b", "https://a)(", "https://" + "x" * 600):
        assert "](" not in conversation_markdown(talk, ZH, base)


def test_markup_in_texts_is_literal() -> None:
    talk = Conversation({1: replace(BOT.ask(YEAR_ZH), question="# a\n<b> [x](y) `z`")})
    assert "## \\# a \\<b\\> \\[x\\](y) \\`z\\`" in conversation_markdown(talk, ZH)
