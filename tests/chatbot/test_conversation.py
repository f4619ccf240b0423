"""Conversations with the bot over the five seeds: nothing here depends on how good a reader is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.chatbot import Chatbot
from rag.types import Answer

MEETING = "谁主持了全区经济运行分析会?"
CARS = "2024武进区新能源汽车展共展出多少个新能源品牌?"


@pytest.fixture(scope="module")
def cited(bot: Chatbot) -> Answer:
    """A turn whose article is at hand."""
    answer = bot.ask(MEETING, min_confidence=0)
    assert answer.citations[0].article.startswith("全区经济运行分析会召开")
    return replace(answer, confidence=0.9)


def timeless(answer: Answer) -> Answer:
    return replace(answer, took_ms=0)


def test_a_follow_up_says_what_was_asked_and_keeps_what_was_typed(bot: Chatbot, cited: Answer) -> None:
    answer = bot.ask("什么时候召开的?", history=[cited], min_confidence=0)
    assert (answer.question, answer.interpreted_as) == ("什么时候召开的?", f"{MEETING} 什么时候召开的?")
    assert answer.answer == "6月1日"
    assert answer.citations[0].article == cited.citations[0].article


def test_an_english_follow_up_of_a_chinese_turn(bot: Chatbot, cited: Answer) -> None:
    answer = bot.ask("Who else attended?", history=[cited], min_confidence=0)
    assert answer.interpreted_as == f"{MEETING} Who else attended?"
    assert answer.lang == "en"


def test_a_complete_question_is_answered_as_if_nothing_had_been_said(bot: Chatbot, cited: Answer) -> None:
    assert timeless(bot.ask(CARS, history=[cited])) == timeless(bot.ask(CARS))
    assert bot.ask(CARS, history=[cited]).interpreted_as is None


def test_a_follow_up_without_a_conversation_is_asked_as_typed(bot: Chatbot) -> None:
    assert bot.ask("什么时候召开的?", min_confidence=0).interpreted_as is None


def test_the_threshold_decides_for_follow_ups_too(bot: Chatbot, cited: Answer) -> None:
    answer = bot.ask("什么时候召开的?", history=[cited], min_confidence=1)
    assert answer.abstained
    assert answer.interpreted_as == f"{MEETING} 什么时候召开的?"
    assert answer.passages


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("这次会议讲了什么?", "《全区经济运行分析会召开》这次会议讲了什么?"),
        ("介绍一下这次会议", "《全区经济运行分析会召开》介绍一下这次会议"),
        ("总结一下", "《全区经济运行分析会召开》总结一下"),
        ("What were the outcomes?", "“全区经济运行分析会召开”: What were the outcomes?"),
        ("What's this article about?", "“全区经济运行分析会召开”: What's this article about?"),
    ],
)
def test_the_article_at_hand_is_told(bot: Chatbot, cited: Answer, question: str, meant: str) -> None:
    answer = bot.ask(question, history=[cited])
    assert answer.interpreted_as == meant
    assert {citation.article for citation in answer.citations} == {cited.citations[0].article}
    assert 2 <= len(answer.citations) <= 8
    places = [(citation.paragraph, citation.start) for citation in answer.citations]
    assert places == sorted(places)
    assert answer.confidence == cited.confidence


def test_an_article_that_has_left_the_index_is_not_summarised(bot: Chatbot, cited: Answer) -> None:
    gone = replace(cited, citations=(replace(cited.citations[0], source="gone.txt"),))
    answer = bot.ask("这篇文章讲了什么?", history=[gone])
    assert answer.kind == "contents"
    assert len(answer.citations) == 8  # headlines to choose from


def test_a_named_article_is_told_without_a_conversation(bot: Chatbot) -> None:
    answer = bot.ask("全区经济运行分析会讲了什么?")
    assert not answer.abstained
    assert answer.interpreted_as is None
    assert "全区经济运行分析会召开" in answer.citations[0].quote


def test_a_list_that_an_article_spells_out_is_what_it_says(bot: Chatbot) -> None:
    answer = bot.ask("区委十三届八次全会有哪些部署?", min_confidence=0.5)
    assert len(answer.citations) == 6
    assert all(citation.quote.startswith("坚持") for citation in answer.citations)


@pytest.mark.parametrize("question", ["这次会议讲了什么?", "总结一下这篇报道", "What was the meeting about?"])
def test_which_article_is_asked_back_with_headlines(bot: Chatbot, question: str) -> None:
    answer = bot.ask(question)
    assert answer.kind == "contents"
    places = [(citation.source, citation.article_number) for citation in answer.citations]
    assert len(places) == len(set(places)) == 8


def test_small_talk_in_a_conversation_is_no_follow_up(bot: Chatbot, cited: Answer) -> None:
    answer = bot.ask("谢谢", history=[cited])
    assert (answer.kind, answer.interpreted_as, answer.citations, answer.passages) == ("small_talk", None, (), ())


def test_an_article_that_is_not_there_is_not_told(bot: Chatbot) -> None:
    assert bot.ask("南极科考队座谈会讲了什么?").abstained


def test_each_part_of_a_question_is_answered_and_cited(bot: Chatbot) -> None:
    answer = bot.ask(
        "全区经济运行分析会是什么时候召开的,2024武进区新能源汽车展共展出多少个新能源品牌?", min_confidence=0
    )
    single = bot.ask("全区经济运行分析会是什么时候召开的?", min_confidence=0)
    assert answer.citations[0].marked == single.citations[0].marked == "6月1日"
