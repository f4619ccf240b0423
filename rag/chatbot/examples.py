"""Example questions made from the corpus: a sentence's figure is asked for, and only what is then found is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from rag.text import clauses, language, sentences
from rag.types import Answer, Article

_FIGURE = re.compile(
    r"(?P<about>约|近|超过?|逾|共计?|累计|达到?)?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<many>[多余]?[百千万亿]*[多余]?)"
    r"(?P<unit>人次|平方米|公里|场次|个|家|人|名|位|项|件|辆|所|吨|亩|次|场|篇|部|座|条|类|元|天|户|%)(?![\u4e00-\u9fff]?\d)"
)
_LONG, _SHORT = 34, 12
_EN = "What does the paper say about “{}”?"
_SINGLE = str.maketrans("“”", "‘’")
_TRIED = 60
_WIDE = 70


class _Asks(Protocol):
    def ask_all(self, questions: Sequence[str], *, min_confidence: float | None = None) -> list[Answer]: ...
    def articles(self, source: str | None = None) -> tuple[Article, ...]: ...


def make_examples(bot: _Asks, lang: str, most: int = 8) -> tuple[str, ...]:
    """At most ``most`` questions that ``bot`` answers from the place they were made from, over different articles."""
    drafts = list(_spread(_drafts(bot.articles(), lang)))[:_TRIED]
    answers = bot.ask_all([question for question, _, _ in drafts]) if drafts else []
    good: list[str] = []
    for (question, source, figure), answer in zip(drafts, answers, strict=True):
        if not answer.abstained and answer.citations[0].source == source and figure in answer.citations[0].quote:
            good.append(question)
    return tuple(good[:most])


def figure_question(clause: str) -> tuple[str, str] | None:
    """Ask for the only figure of a clause; returns the question and the figure.

    >>> figure_question("上半年全区旅游接待815万人次")
    ('上半年全区旅游接待多少人次?', '815')
    >>> figure_question("新增上市企业2家、院士团队4个") is None
    True
    """
    figures = list(_FIGURE.finditer(clause))
    if len(figures) != 1 or len(re.findall(r"\d+", clause)) != len(re.findall(r"\d+", figures[0].group())):
        return None
    figure = figures[0]
    before, after = clause[: figure.start()], clause[figure.end() :]
    unit = "" if figure["unit"] == "%" else figure["unit"]
    question = f"{before}多少{unit}{after}".strip()
    if len(before) < 4 or not _SHORT <= len(question) <= _LONG:
        return None
    return question + "?", figure["number"]


def _drafts(articles: Iterable[Article], lang: str) -> Iterator[list[tuple[str, str, str]]]:
    """For each article its questions, as (question, source, what the quote must hold)."""
    for article in articles:
        found = []
        for paragraph in article.paragraphs:
            if language(paragraph.text) == "zh" and lang == "zh":
                found += [(q, article.source, figure) for q, figure in _asked(paragraph.text)]
        subject = _subject(article.title)
        if lang != "zh" and article.kind == "article" and 0 < len(subject) <= _WIDE:
            found.append((_EN.format(subject), article.source, ""))
        yield found


def _subject(title: str) -> str:
    """The main headline as it stands between quotation marks: without a colon at its end, its own marks single.

    >>> _subject("“光影聚力”放映活动启动: 副题"), _subject("Economy grows")
    ('‘光影聚力’放映活动启动', 'Economy grows')
    """
    main = title if language(title) == "en" else title.partition(" ")[0]
    headline = main.rstrip(":：").translate(_SINGLE)
    whole = headline.startswith("‘") and headline.find("’") == len(headline) - 1
    return headline[1:-1] if whole else headline


def _asked(text: str) -> Iterator[tuple[str, str]]:
    for sentence in sentences(text):
        part = text[sentence.start : sentence.end]
        for clause in clauses(part):
            made = figure_question(part[clause.start : clause.end].strip(" ,，、:：。;；\n"))
            if made:
                yield made


def _spread(lists: Iterator[list[tuple[str, str, str]]]) -> Iterator[tuple[str, str, str]]:
    """First the first of every list, then the second of every list, and so on."""
    rows = list(lists)
    for i in range(max(map(len, rows), default=0)):
        yield from (row[i] for row in rows if len(row) > i)
