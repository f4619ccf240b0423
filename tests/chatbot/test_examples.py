from __future__ import annotations

import re

import pytest

from rag.chatbot import Chatbot
from rag.chatbot.examples import make_examples
from rag.text import language


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_bot_answers_its_own_examples(bot: Chatbot, lang: str) -> None:
    examples = bot.examples(lang, 4)
    assert len(examples) == 4
    assert len(set(examples)) == len(examples)
    assert {language(question) for question in examples} == {lang}
    assert not any(answer.abstained for answer in bot.ask_all(examples))
    assert bot.examples(lang, 2) == examples[:2]
    assert bot.examples(lang, 0) == ()


def test_a_date_or_a_figure_that_is_asked_for_is_what_is_marked(bot: Chatbot) -> None:
    asked = [question for question in bot.examples("zh", 8) if "什么时候" in question or "多少" in question]
    assert asked
    for question in asked:
        assert re.search(r"\d", bot.ask(question).answer or "")


def test_english_examples_quote_what_the_paper_names(bot: Chatbot) -> None:
    pages = "".join(bot.document(source).text for source in {article.source for article in bot.articles()})
    squeezed = re.sub(r"\s", "", pages).translate(str.maketrans("“”", "‘’"))
    for question in bot.examples("en", 8):
        asked = re.fullmatch(r"(?:When was|Where was|What does the paper say about) “([^“”]+)”.*[?]", question)
        assert asked
        assert re.sub(r"\s", "", asked[1]) in squeezed


class Wordless:
    """A corpus of no articles."""

    def articles(self, source: str | None = None) -> tuple[()]:
        return ()

    def ask_all(self, questions: object, *, min_confidence: float | None = None) -> list[None]:
        raise AssertionError("there is nothing to ask")


def test_no_articles_make_no_examples() -> None:
    assert make_examples(Wordless(), "zh") == ()
    assert make_examples(Wordless(), "en") == ()
