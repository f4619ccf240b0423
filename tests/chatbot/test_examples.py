from __future__ import annotations

import re

import pytest

from rag.chatbot import Chatbot
from rag.chatbot.examples import figure_question, make_examples
from rag.text import language


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_bot_answers_its_own_examples(bot: Chatbot, lang: str) -> None:
    examples = bot.examples(lang, 4)
    assert 1 <= len(examples) <= 4
    assert len(set(examples)) == len(examples)
    assert not any(answer.abstained for answer in bot.ask_all(examples))
    assert bot.examples(lang, 2) == examples[:2]
    assert bot.examples(lang, 0) == ()


def test_chinese_examples_ask_for_a_figure_and_are_answered_from_where_it_stands(bot: Chatbot) -> None:
    articles = set()
    for question in bot.examples("zh"):
        assert language(question) == "zh"
        before, asked, after = question.removesuffix("?").partition("多少")
        citation = bot.ask(question).citations[0]
        assert asked
        assert before in citation.quote.replace(" ", "")
        assert re.search(r"\d" + ".{0,4}" + re.escape(after), citation.quote)
        articles.add((citation.source, citation.article_number))
    assert len(articles) == len(bot.examples("zh"))


def test_english_examples_name_an_article(bot: Chatbot) -> None:
    titles = [article.title.replace("“", "‘").replace("”", "’") for article in bot.articles()]
    for question in bot.examples("en"):
        subject = re.fullmatch("What does the paper say about “([^“”]+)”[?]", question)
        assert subject
        assert any(title.strip("‘").startswith(subject[1]) for title in titles)


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


class Wordless:
    """A corpus of no articles."""

    def articles(self, source: str | None = None) -> tuple[()]:
        return ()

    def ask_all(self, questions: object, *, min_confidence: float | None = None) -> list[None]:
        raise AssertionError("there is nothing to ask")


def test_no_articles_make_no_examples() -> None:
    assert make_examples(Wordless(), "zh") == ()
    assert make_examples(Wordless(), "en") == ()
