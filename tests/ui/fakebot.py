"""A bot with fixed answers, quoted from the real pages, with the interface of ``rag.Chatbot``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rag.errors import InputError
from rag.text import Alignment, clean, language
from rag.types import (
    Answer,
    Article,
    Candidate,
    Citation,
    Document,
    Filter,
    Hit,
    Leg,
    Paragraph,
    Passage,
    Scores,
    Span,
    Status,
)

SEEDS = Path(__file__).parents[2] / "seeds"
SHOW, MEETING = "000_ab015541aeefb666.txt", "001_2528c0b44543a3dd.txt"

YEAR_ZH = "新能源汽车是哪一年开始出现在巡展车队中的?"
YEAR_EN = "In which year did new energy vehicles join the touring fleet?"
SIZE_ZH = "洛阳高级中学的校舍总面积增加多少?共多少班?"
UNKNOWN_ZH = "火星上有没有地铁?"
UNKNOWN_EN = "Who won the 1998 World Cup?"
STALE_ZH = "新能源汽车展在哪里启动?"
BROKEN = "让程序出错"
HOSTILE = "<img src=x onerror='window.hacked=1'> ${window.hacked=1} {{7*7}} `b` **c** $$x^2$$ [d](javascript:hacked=1)"
HOSTILE_SOURCE = "<b>`${window.hacked=1}`.txt"
HOSTILE_TITLE = "<script>window.hacked=1</script> {{title}} \\u0041"
HOSTILE_TEXT = f"{HOSTILE_TITLE}\n\nFirst. {HOSTILE} </p></mark><svg onload='window.hacked=1'> last.\n"
LAW_ZH = "打造什么样的营商环境?"
PERHAPS_ZH = "车展设在哪个商场?"
PERHAPS_EN = "Where does the car show take place?"
PERHAPS_TRADITIONAL = "車展設在哪個商場?"


@dataclass(frozen=True)
class Told:
    """A fixed answer: (source, quote, part that answers), each exactly as the page has it, white space aside."""

    confidence: float
    quotes: tuple[tuple[str, str, str], ...]


TOLD = {
    YEAR_ZH: Told(0.93, ((SHOW, "2018年,新能源汽车开始出现在巡展车队中,", "2018年"),)),
    YEAR_EN: Told(0.64, ((SHOW, "2018年,新能源汽车开始出现在巡展车队中,", "2018年"),)),
    SIZE_ZH: Told(
        0.81,
        (
            (SHOW, "建成后的校舍总面积将增加约1.6万平方米,", "约1.6万平方米"),
            (SHOW, "办学规模16轨共48班。", "48班"),
        ),
    ),
    STALE_ZH: Told(0.9, ((SHOW, "2024武进区新能源汽车展在武进吾悦广场启动,", "武进吾悦广场"),)),
    HOSTILE: Told(0.9, ((HOSTILE_SOURCE, HOSTILE, "${window.hacked=1} {{7*7}}"),)),
    LAW_ZH: Told(0.41, ((SHOW, '我区召开打造一流法治化营商环境"十大行动"推进会。', "一流法治化营商环境"),)),
}
#: Answers that are not sure: several quotes, each a possibility with its confidence.
PERHAPS = (
    (0.46, (SHOW, "2024武进区新能源汽车展在武进吾悦广场启动,", "武进吾悦广场")),
    (0.21, (SHOW, "2018年,新能源汽车开始出现在巡展车队中,", "巡展车队")),
)
TENTATIVE = (PERHAPS_ZH, PERHAPS_EN, PERHAPS_TRADITIONAL)
HEADLINES = {
    SHOW: (
        "全区经济运行分析会召开",
        '打造一流法治化营商环境 "十大行动"推进会召开',
        "2024武进区新能源汽车展启动",
        "",
    ),
    MEETING: ("区政府召开全体(扩大)会议", "区委十三届八次全会明确:"),
}
BYLINE = re.compile(r"本报讯\(记者 ?[^)]*\)")


class FakeBot:
    """Answers what it was told, abstains otherwise, refuses what cannot be asked."""

    threshold, tentative_threshold = 0.5, 0.35

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.wanted: list[bool] = []
        self.filters: list[Filter | None] = []
        self.histories: list[tuple[str, tuple[Answer, ...]]] = []
        texts = {name: (SEEDS / name).read_text(encoding="utf-8") for name in HEADLINES}
        self._articles = {name: _articles(name, text) for name, text in texts.items()}
        self._articles[HOSTILE_SOURCE] = (_hostile_article(),)
        texts[HOSTILE_SOURCE] = HOSTILE_TEXT
        self._documents = {name: Document(name, text, "utf-8", "0" * 64) for name, text in texts.items()}

    def ask(
        self,
        question: str,
        *,
        min_confidence: float | None = None,
        history: Sequence[Answer] = (),
        candidates: bool = False,
    ) -> Answer:
        if not question.strip():
            raise InputError("the question is empty; write one")
        if len(question) > 2000:
            raise InputError("the question is longer than 2000 characters; shorten it")
        if question == BROKEN:
            raise RuntimeError("a mistake in the program, with a secret in it")
        self.asked.append(question)
        self.wanted.append(candidates)
        self.histories.append((question, tuple(history)))
        if question in TENTATIVE:
            return self._perhaps(question)
        told = TOLD.get(question)
        if told is None or told.confidence < (min_confidence or 0):
            return self._answer(question, 0.12, (), self.search(question, 5))
        citations = tuple(self._cite(n, *quote) for n, quote in enumerate(told.quotes, start=1))
        if question == STALE_ZH:
            citations = tuple(replace(c, stale=True) for c in citations)
        return self._answer(question, told.confidence, citations, self.search(question, 5))

    def ask_all(
        self, questions: Sequence[str], *, min_confidence: float | None = None, candidates: bool = False
    ) -> list[Answer]:
        return [self.ask(q, min_confidence=min_confidence, candidates=candidates) for q in questions]

    def search(self, question: str, k: int = 10, leg: Leg = "fused", *, where: Filter | None = None) -> list[Hit]:
        self.filters.append(where)
        passages = [p for a in self._articles[SHOW] for p in _passages(a)][-k:]
        return [Hit(p, Scores(0.5, None, 0.5 - n / 100)) for n, p in enumerate(passages)]

    def document(self, source: str) -> Document:
        if source not in self._documents:
            raise InputError(f"no source is called {source!r}; take one that a citation names")
        return self._documents[source]

    def articles(self, source: str | None = None) -> tuple[Article, ...]:
        if source is None:
            return tuple(a for articles in self._articles.values() for a in articles)
        self.document(source)
        return self._articles[source]

    def examples(self, lang: Literal["zh", "en"], n: int = 4) -> tuple[str, ...]:
        return ((YEAR_ZH, SIZE_ZH, LAW_ZH) if lang == "zh" else (YEAR_EN, UNKNOWN_EN))[:n]

    def info(self) -> Info:
        return Info(len(self._documents), len(self.articles()), sum(len(a.paragraphs) for a in self.articles()))

    def _answer(self, question: str, confidence: float, citations: tuple[Citation, ...], hits: Sequence[Hit]) -> Answer:
        status: Status = "answered" if citations else "none"
        return Answer(
            question, None, language(question), confidence, citations, tuple(hits), "fake", "fake@1", 7, status=status
        )

    def _perhaps(self, question: str) -> Answer:
        candidates = tuple(Candidate(self._cite(n, *told), sure) for n, (sure, told) in enumerate(PERHAPS, start=1))
        none = self._answer(question, PERHAPS[0][0], (), self.search(question, 5))
        return replace(none, status="tentative", candidates=candidates)

    def _cite(self, n: int, source: str, quote: str, marked: str) -> Citation:
        text = self._documents[source].text
        start, end = find(text, quote)
        article = next(a for a in self._articles[source] if a.start <= start < a.end)
        paragraph = next(p for p in article.paragraphs if p.start <= start < p.end)
        inside = quote.index(marked)
        passage_id = f"{source}#{article.number}.{paragraph.number}"
        return Citation(
            n, quote, inside, inside + len(marked), source, article.title, article.number, paragraph.number,
            None, start, end, 0.9, False, passage_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Info:
    sources: int
    articles: int
    passages: int


def find(text: str, quote: str) -> tuple[int, int]:
    """Where ``quote`` stands in ``text``, white space aside."""
    whole = Alignment(text, re.sub(r"\s", "", text))
    visible = re.sub(r"\s", "", text).index(re.sub(r"\s", "", quote))
    span = whole.to_raw(Span(visible, visible + len(re.sub(r"\s", "", quote))))
    return span.start, span.end


def _hostile_article() -> Article:
    start = HOSTILE_TEXT.index("First")
    paragraph = Paragraph(1, HOSTILE_TEXT[start:].strip(), start, len(HOSTILE_TEXT) - 1)
    return Article(HOSTILE_SOURCE, 1, HOSTILE_TITLE, "article", None, 0, len(HOSTILE_TEXT), (paragraph,))


def _articles(source: str, text: str) -> tuple[Article, ...]:
    starts = [text.index(h.split()[0]) if h else text.index("作为我区 2024") for h in HEADLINES[source]]
    ends = [*starts[1:], len(text)]
    return tuple(
        _article(source, n, title, Span(start, end), text)
        for n, (title, start, end) in enumerate(zip(HEADLINES[source], starts, ends, strict=True), start=1)
    )


def _article(source: str, number: int, title: str, span: Span, text: str) -> Article:
    body = span.start + (text[span.start : span.end].index("\n\n") if title else 0)
    byline = BYLINE.search(text, body, span.end)
    first = byline.end() if byline else body
    blocks = list(re.finditer(r"\S(?:.|\n(?!\n))*", text[first : span.end]))
    paragraphs = tuple(
        Paragraph(n, clean(m.group(), noisy=True), first + m.start(), first + m.end())
        for n, m in enumerate(blocks, start=1)
    )
    kind = "article" if title else "caption"
    name = title or "作为我区2024年重点民生实事项目的洛阳高级中学改扩建工程"
    at = Span(byline.start(), byline.end()) if byline else None
    return Article(source, number, name, kind, at, span.start, span.end, paragraphs)


def _passages(article: Article) -> list[Passage]:
    return [
        Passage(
            f"{article.source}#{article.number}.{p.number}",
            article.source, article.title, article.number, p.number, p.text, p.start, p.end,
        )
        for p in article.paragraphs
    ]  # fmt: skip
