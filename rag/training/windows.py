"""What the reader learns from: questions with the passages that retrieval puts first, and the spans that answer.

A group is one question. Its windows are the passages that are read for it; the spans of all of them compete, and with
them the case that none answers ("shared normalisation", Clark and Gardner 2018).
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.corpus import split_text
from rag.training.lessons import Source, held_back, read_questions
from rag.training.sources import QUESTIONS, news_file, question_files
from rag.types import Span

#: Tokens of a batch, padding left out.
TOKENS = 4096
#: How often a question is read with a previous one that has nothing to do with it.
STRAY_CONTEXT = 0.08
#: Neighbours on either side of a paragraph of an encyclopaedia are mostly of the same article.
NEIGHBOURS = 6


@dataclass(frozen=True, slots=True)
class Window:
    """A passage of a group. ``items`` are the things to mark, each with its alternatives, as spans of ``text``."""

    title: str
    text: str
    items: tuple[tuple[Span, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A question, the turn before it (empty without one), and what is read for it.

    No window has ``items`` if no passage answers.
    """

    question: str
    context: str
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class ReaderBatch:
    """Groups of about ``TOKENS`` tokens."""

    kind: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """A question of a news page; ``passage`` is the number of the passage that answers it, None if there is none."""

    text: str
    context: str
    passage: int | None
    items: tuple[tuple[Span, ...], ...] = ()


@dataclass(slots=True)
class NewsPage:
    """The passages of a page with their headlines, and what is asked about them."""

    passages: list[Window]
    questions: list[NewsQuestion]


def news_pages(path: Path, *, held: bool) -> list[NewsPage]:
    """Pages of ``news/train.jsonl``: those held back, or all others."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [read_page(json.loads(line)) for number, line in enumerate(lines) if held_back(number) is held]


def read_page(page: Mapping[str, Any]) -> NewsPage:
    """A page of ``news/train.jsonl`` in the passages that the product would cut it into."""
    passages: list[Window] = []
    of_article: list[list[int]] = []
    for article in page["articles"]:
        of_article.append([])
        for text in article["paragraphs"]:
            for span in split_text(text):
                of_article[-1].append(len(passages))
                passages.append(Window(article["title"], text[span.start : span.end]))
    questions: list[NewsQuestion] = []
    for asked in page["questions"]:
        place = _place(asked, passages, of_article[asked["a"]])
        if place is not None:
            questions += [NewsQuestion(asked[lang], "", *place) for lang in ("zh", "en") if asked.get(lang)]
    for asked in page["none"]:
        questions += [NewsQuestion(asked[lang], "", None) for lang in ("zh", "en") if asked.get(lang)]
    context = ""
    for turn in page["dialogue"]:
        place = _place(turn, passages, of_article[turn["a"]]) if turn.get("answers") else None
        if place is not None:
            questions.append(NewsQuestion(turn["zh"], context, *place))
            if turn["full"] != turn["zh"]:
                questions.append(NewsQuestion(turn["full"], "", *place))
        context = turn_context(turn["full"], "；".join(turn.get("answers") or ()))
    return NewsPage(passages, questions)


def turn_context(question: str, answer: str) -> str:
    """What the reader sees of the turn before."""
    return f"{question}\n{answer}" if answer else question


def _place(
    asked: Mapping[str, Any], passages: Sequence[Window], numbers: Sequence[int]
) -> tuple[int, tuple[tuple[Span, ...], ...]] | None:
    """The passage with the evidence, and the answers in it: all items of a list, otherwise alternatives of one."""
    for number in numbers:
        text = passages[number].text
        start = text.find(asked["ev"])
        if start < 0:
            continue
        spans = [_find(text, answer, start) for answer in asked["answers"]]
        known = tuple(span for span in spans if span is not None)
        if spans and spans[0] is not None:
            is_list = asked.get("type") == "list"
            return number, tuple((span,) for span in known) if is_list else (known,)
    return None


def _find(text: str, answer: str, start: int) -> Span | None:
    at = text.find(answer, start)
    at = at if at >= 0 else text.find(answer)
    return Span(at, at + len(answer)) if at >= 0 else None


def news_groups(
    pages: Sequence[NewsPage], near: Mapping[str, Sequence[int]] | None, rng: random.Random, negatives: int = 2
) -> Iterator[Group]:
    """All questions once, in random order: the passage that answers, with others of its page and of like pages.

    ``near`` has, by the text of a question, the passages that retrieval finds for it among those of all pages, counted
    through; half of the negatives are of these.
    """
    everything = [passage for page in pages for passage in page.passages]
    order = [(page, question) for page in pages for question in page.questions]
    rng.shuffle(order)
    for page, question in order:
        gold = None if question.passage is None else page.passages[question.passage]
        others = [passage for passage in page.passages if passage is not gold]
        mined = [everything[number] for number in (near or {}).get(question.text, ())]
        mined = [passage for passage in mined if gold is None or passage.text != gold.text]
        windows = [Window(gold.title, gold.text, question.items)] if gold else []
        count = negatives + (gold is None)
        for _ in range(count):
            pool = mined if mined and rng.random() < 0.6 else others
            if pool:
                windows.append(pool.pop(rng.randrange(min(5, len(pool)) if pool is mined else len(pool))))
        rng.shuffle(windows)
        context = question.context
        if not context and rng.random() < STRAY_CONTEXT:
            stray = rng.choice(rng.choice(pages).questions)
            context = turn_context(stray.text, "")
        yield Group(question.text, context, tuple(windows))
        if question.context == "" and gold is not None and rng.random() < 0.08:
            yield Group(question.text, "", tuple(rng.sample(others, min(2, len(others)))))


def source_groups(source: Source, rng: random.Random, passages: int = 2) -> Iterator[Group]:
    """Endless: questions of a SQuAD set over the passage that answers, at times with neighbours or over these alone.

    ``passages`` is how many are read at most; the more, the rarer is the passage that answers read alone.
    """
    alone = 1.3 / passages
    numbers = list(source.questions)
    while True:
        rng.shuffle(numbers)
        for number in numbers:
            question = rng.choice(source.questions[number])
            passage = source.passages[number]
            span = Span(question.start, question.start + len(question.answer))
            if span.end > len(passage.text):
                continue
            gold = Window("", passage.text, ((span,),))
            drawn = rng.random()
            others = [] if drawn < alone else list(_neighbours(source, number, rng, passages - 1))
            others = [other for other in others if question.answer not in other]
            windows = [Window("", other) for other in dict.fromkeys(others)]
            if not windows or drawn < 0.9:
                windows.insert(rng.randint(0, len(windows)) if len(windows) > 1 else 0, gold)
            yield Group(question.text, "", tuple(windows))


def _neighbours(source: Source, number: int, rng: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        at = number + rng.choice((-1, 1)) * rng.randint(1, NEIGHBOURS)
        yield source.passages[at % len(source.passages)].text


def translated(source: Source) -> Source:
    """The questions of a set that are not in the language of their passage."""
    from rag.text import language

    across = Source(source.name + "-across", source.passages)
    for number, questions in source.questions.items():
        text = language(source.passages[number].text)
        kept = [question for question in questions if (language(question.text) == "en") is not (text == "en")]
        if kept:
            across.questions[number] = kept
    return across


#: Shares of the batches: at the start of a run and at its end.
EARLY = {"cmrc": 0.36, "drcd": 0.08, "squad": 0.20, "jaquad": 0.05, "across": 0.15, "news": 0.16}
LATE = {"cmrc": 0.13, "drcd": 0.06, "squad": 0.08, "jaquad": 0.02, "across": 0.13, "news": 0.48, "invented": 0.10}
#: The share of a run that has the early mixture.
EARLY_SHARE = 0.45


def reader_batches(
    data: Path, near: Path | None, seed: int, steps: int, *, passages: int = 3, early: float = EARLY_SHARE
) -> Iterator[ReaderBatch]:
    """Endless; the same for the same seed. ``near`` is the file that ``mine-news`` writes.

    ``passages`` are read for a question of a news page, one fewer for one of an encyclopaedia. ``early`` is the share
    of the run that has the early mixture.
    """
    rng = random.Random(seed)
    mined = json.loads(near.read_text(encoding="utf-8")) if near else None
    sources = {name: read_questions(name, question_files(data, name), held=False) for name in QUESTIONS}
    streams = {name: source_groups(source, rng, passages - 1) for name, source in sources.items()}
    crossed = [source_groups(translated(sources[name]), rng, passages - 1) for name in ("cmrc", "drcd", "squad")]
    streams["across"] = _alternately(crossed, (0.5, 0.2, 0.3), rng)
    pages = news_pages(news_file(data), held=False)
    streams["news"] = _news_forever(pages, mined, rng, passages - 1)
    streams["invented"] = _invented_forever(rng)
    step = 0
    while True:
        shares = EARLY if step < early * steps else LATE
        kind = rng.choices(list(shares), list(shares.values()))[0]
        yield ReaderBatch(kind, _fill(streams[kind]))
        step += 1


def _fill(groups: Iterator[Group]) -> list[Group]:
    batch: list[Group] = []
    size = 0.0
    while size < TOKENS:
        group = next(groups)
        size += sum(_weight(group, window) for window in group.windows)
        batch.append(group)
    return batch


def _weight(group: Group, window: Window) -> float:
    """About how many tokens a window has."""
    text = group.question + group.context + window.title + window.text
    wide = sum(character > "\u2e80" for character in text)
    return 8 + 0.68 * wide + 0.27 * (len(text) - wide)


def _alternately(streams: Sequence[Iterator[Group]], shares: Sequence[float], rng: random.Random) -> Iterator[Group]:
    while True:
        yield next(rng.choices(streams, shares)[0])


def _news_forever(
    pages: Sequence[NewsPage], near: Mapping[str, Sequence[int]] | None, rng: random.Random, negatives: int
) -> Iterator[Group]:
    while True:
        yield from news_groups(pages, near, rng, negatives)


def _invented_forever(rng: random.Random) -> Iterator[Group]:
    from rag.training.invented import invented_pages

    while True:
        yield from news_groups([read_page(page) for page in invented_pages(rng, 40)], None, rng, negatives=1)
