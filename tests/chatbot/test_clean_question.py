from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chatbot import MAX_QUESTION, Chatbot, clean_question
from rag.errors import InputError

NO_WORDS = {
    "empty": "",
    "white space": " \t\r\n\u3000\u2028",
    "emoji": "😀👩‍👩‍👧🇨🇳",
    "control characters": "\x00\x01\x1b[\x7f",
    "a lone surrogate": "\ud83d",
    "marks of direction": "\u200f\u202e\u2066",
    "punctuation": "？？！《》…",
}
ODD = {
    "HTML": "<script>alert(1)</script> 武进有多少家企业?",
    "an attribute": '"><img src=x onerror=alert(1)>企业',
    "a shell variable": "${HOME} `rm -rf /` $(id) 企业",
    "a template": "{{7*7}} {% raw %} {0} %s 企业",
    "SQL": "'; DROP TABLE passages; -- OR 1=1",
    "query syntax": 'text:(AND OR NOT) "企业 +- [* TO *]^2 ~3',
    "right to left": "\u202eداخل\u202c كم عدد الشركات؟",
    "zero width": "武\u200b进\ufeff有多少\u00ad家企业",
    "control characters between words": "武进\x00有多少\x1b[31m家企业",
    "a lone surrogate in text": "武进\ud83d有多少家企业",
    "emoji in text": "武进🏭有多少家企业",
    "full width": "ＷＵＪＩＮ有多少家企业",
    "ideographs beyond the basic plane": "𠮷野家在哪里?",
    "one letter": "a",
    "one number": "7",
    "combining marks": "e\u0301\u0301\u0301\u0301 企业",
    "as long as may be": "企业" * (MAX_QUESTION // 2),
}


@pytest.mark.parametrize("text", NO_WORDS.values(), ids=NO_WORDS.keys())
def test_a_question_without_words_is_one_clear_line(bot: Chatbot, text: str) -> None:
    with pytest.raises(InputError) as caught:
        bot.ask(text)
    assert str(caught.value) == "the question has no words: type a question"


@pytest.mark.parametrize("length", [MAX_QUESTION + 1, 20_000])
def test_a_question_that_is_too_long_is_one_clear_line(bot: Chatbot, length: int) -> None:
    with pytest.raises(InputError, match=rf"has {length:,} characters, at most 1,000 are read: shorten it") as caught:
        bot.ask("企" * length)
    assert "\n" not in str(caught.value)


def test_white_space_does_not_make_a_question_too_long() -> None:
    assert clean_question("谁" + " " * 20_000 + "来?") == "谁 来?"


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_an_odd_question_is_answered_or_not_and_nothing_else(bot: Chatbot, text: str) -> None:
    answer = bot.ask(text)
    assert answer.passages
    assert answer.abstained == (answer.confidence < bot.threshold)
    assert json.dumps(answer.to_dict(), ensure_ascii=False).encode("utf-8")
    assert not bot.ask(text, min_confidence=0).abstained


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" 谁\n主持了\u3000会议? ", "谁 主持了 会议?"),
        ("武\u200b进\ufeff区\u200f", "武进区"),
        ("武进\x00区\x1b区", "武进 区 区"),
        ("武进\ud83d区", "武进?区"),
        ("<b>武进</b> {{x}}", "<b>武进</b> {{x}}"),
        ("𠮷野家😀", "𠮷野家😀"),
    ],
)
def test_what_cannot_be_seen_is_gone_and_the_rest_stays(text: str, cleaned: str) -> None:
    assert clean_question(text) == cleaned


@given(st.text(max_size=300))
def test_a_clean_question_is_clean(text: str) -> None:
    try:
        cleaned = clean_question(text)
    except InputError:
        return
    assert cleaned.isprintable()
    assert clean_question(cleaned) == cleaned
    assert cleaned == " ".join(cleaned.split())
