"""What a question for the contents, small talk and a question about the only article get."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyword_embedder import KeywordEmbedder

from rag.chatbot import Chatbot
from rag.chatbot.understand import KindOfQuestion
from rag.embedding import load_embedder
from rag.index import update
from rag.reader import check

PAGES = {
    "a.md": "---\ndate: 2024-05-02\n---\n# 旧桥拆除\n\n旧桥昨天拆除。工人说,新桥明年建成。\n",
    "b.md": "---\ndate: 2024-06-01\n---\n# **音乐节开幕**\n\n音乐节昨天在湖边开幕,共有三千人到场。\n",
    "c.txt": "Night ferry starts\n\nThe night ferry started on Monday. It runs until two in the morning.\n",
    "d.txt": "市民陈先生在河边捡到一只钱包,里面有八百元现金。他把钱包交给了派出所。",
}


def chat(folder: Path, names: list[str]) -> Chatbot:
    pages = folder / "pages"
    pages.mkdir()
    for name in names:
        (pages / name).write_text(PAGES[name], encoding="utf-8")
    update(folder / "index", [pages], load_embedder())
    return Chatbot.open(folder / "index")


@pytest.mark.parametrize("question", ["最近有什么新闻", "今天报上有啥", "what's new", "What articles do you have?"])
def test_the_newest_headlines_first_then_those_without_a_date(tmp_path: Path, question: str) -> None:
    with chat(tmp_path, list(PAGES)) as bot:
        answer = bot.ask(question)
        for citation in answer.citations:
            check(citation, bot.document(citation.source))
    assert answer.kind == "contents"
    assert [citation.source for citation in answer.citations] == ["b.md", "a.md", "c.txt", "d.txt"]
    assert [citation.quote for citation in answer.citations[:3]] == ["音乐节开幕", "旧桥拆除", "Night ferry starts"]
    # An article without a headline is quoted by its first sentence.
    assert answer.citations[3].quote == "市民陈先生在河边捡到一只钱包,里面有八百元现金。"
    assert answer.to_dict()["kind"] == "contents"


@pytest.mark.parametrize("question", ["这篇讲了什么", "What is this about?"])
def test_the_only_article_is_the_one_that_is_meant(tmp_path: Path, question: str) -> None:
    with chat(tmp_path, ["c.txt"]) as bot:
        answer = bot.ask(question)
    assert answer.kind == "article"
    assert answer.citations[0].quote == "The night ferry started on Monday."


@pytest.mark.parametrize("question", ["你好", "谢谢", "你能做什么", "help", "Thanks!", "hello"])
def test_small_talk_cites_nothing(bot: Chatbot, question: str) -> None:
    answer = bot.ask(question)
    assert (answer.kind, answer.abstained, answer.passages) == ("small_talk", True, ())


def test_a_greeting_before_a_question_is_no_small_talk(bot: Chatbot) -> None:
    answer = bot.ask("你好，请问2024武进区新能源汽车展在哪里启动?")
    assert answer.kind == "fact"
    assert answer.answer is not None
    assert "吾悦广场" in answer.answer


def test_kinds_of_one_question_do_not_depend_on_the_others(bot: Chatbot) -> None:
    questions = ["你好", "谁主持了全区经济运行分析会?", "最近有什么新闻", "全区经济运行分析会讲了什么?"]
    assert [answer.kind for answer in bot.ask_all(questions)] == ["small_talk", "fact", "contents", "article"]
    assert [bot.ask(question).kind for question in questions] == ["small_talk", "fact", "contents", "article"]


def test_another_embedder_leaves_the_kinds_to_the_bundled_one() -> None:
    kinds = KindOfQuestion(KeywordEmbedder())
    assert [judged.kind for judged in kinds.classify(["你好", "谁主持了会议?"])] == ["small_talk", "fact"]
