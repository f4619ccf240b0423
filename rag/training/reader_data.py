"""What the reader learns from: windows of text with a question before them, and where the answer stands.

A window without the answer points at the mark in front, as in SQuAD 2.0 (Rajpurkar et al. 2018) with BERT.
For questions in one language over text in the other there is no open set. Three stand-ins are made:
questions with words swapped by the dictionary, English paragraphs put into Chinese word by word, and sentences of
parallel text with one word blanked out, to be found in the translation.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.embedding.runtime import CLS, SEP
from rag.text import language
from rag.training.corpora import Pair, Question
from rag.training.reworded import Reworded, reworded
from rag.training.tune import Pool

LONGEST_QUESTION = 48
#: Windows in tokens, question and marks included, the short ones more often: they are cheap.
LENGTHS = (72, 256)
LONGEST_ANSWER = 60
#: Share of the examples whose window does not hold the answer, and of the questions whose words are swapped.
NEGATIVE = 0.15
SWITCHED = 0.3
#: Of the words of a paragraph put into Chinese, so many at most are; and so many of its questions stay English.
REWORDED, ENGLISH_ASKED = 0.95, 0.45
#: Longer than any batch drawn at once, so that windows of a length come together.
BLOCK = 480
#: Tokens of a batch, padding included.
BUDGET = 4608
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of question and text with the marks; ``first`` is where the text begins.

    ``start`` and ``end`` are the positions of the answer's first and last token, 0 and 0 without one.
    """

    ids: Sequence[int]
    first: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A tokenised text: ids, and the first and behind-the-last character of each token."""

    ids: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def tokens(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and last token of the characters ``start:end``; nothing if no token is there.

        >>> Text([7, 8, 9], [0, 2, 4], [2, 4, 6]).tokens(2, 5)
        (1, 2)
        """
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end) - 1
        return (first, last) if first <= last else None


class Tokens:
    """Texts to tokens, remembered."""

    def __init__(self, tokenizer: Any, simplify: Callable[[str], str]) -> None:
        self._tokenizer = tokenizer
        self._simplify = simplify
        self._seen: dict[str, Text] = {}
        tokenizer.no_truncation()
        tokenizer.no_padding()

    def __call__(self, text: str, *, remember: bool = True) -> Text:
        if text in self._seen:
            return self._seen[text]
        encoded = self._tokenizer.encode(self._simplify(text), add_special_tokens=False)
        found = Text(encoded.ids, [start for start, _ in encoded.offsets], [end for _, end in encoded.offsets])
        if remember:
            self._seen[text] = found
        return found


def window(question: Text, text: Text, answer: tuple[int, int] | None, length: int, rng: random.Random) -> Window:
    """A window of at most ``length`` tokens placed at random, around the answer (first and last token) if given."""
    asked = list(question.ids[:LONGEST_QUESTION])
    room = _room(question, length)
    at = rng.randint(*_places(len(text.ids), room, answer))
    first = len(asked) + 2
    ids = [CLS, *asked, SEP, *text.ids[at : at + room], SEP]
    if answer is None:
        return Window(ids, first, 0, 0)
    return Window(ids, first, first + answer[0] - at, first + answer[1] - at)


def _room(question: Text, length: int) -> int:
    """Tokens left for the text behind the question and the three marks."""
    return length - min(len(question.ids), LONGEST_QUESTION) - 3


def _fits(answer: tuple[int, int], room: int) -> bool:
    return answer[1] - answer[0] < min(LONGEST_ANSWER, room)


def _places(size: int, room: int, answer: tuple[int, int] | None) -> tuple[int, int]:
    """The first and last place of a window of ``room`` tokens in a text of ``size`` tokens."""
    last = max(0, size - room)
    if answer is None:
        return 0, last
    earliest = max(0, answer[1] - room + 1)
    return min(earliest, answer[0]), max(min(answer[0], last), min(earliest, answer[0]))


@dataclass(frozen=True, slots=True)
class Lessons:
    """Draws examples: from reading sets by weight, and now and then from parallel text (``clozes`` of them).

    Of the English paragraphs the share ``reworded`` is put into Chinese.
    """

    pools: Sequence[Pool]
    parallel: Sequence[Sequence[Pair]]
    clozes: float
    reworded: float
    tokens: Tokens
    switches: Sequence[Callable[[str, random.Random], str]]
    senses: Mapping[str, Sequence[str]]

    def draw(self, rng: random.Random) -> Window | None:
        length = min(rng.randint(*LENGTHS), rng.randint(*LENGTHS))
        if rng.random() < self.clozes:
            return self._cloze(rng, length)
        pool = rng.choices(self.pools, [pool.weight for pool in self.pools])[0]
        number = rng.randrange(len(pool.reading.questions))
        question = pool.reading.questions[number]
        into_chinese = rng.random() < self.reworded and language(question.text) == "en"
        words = self.tokens(self._asked(question.text, into_chinese, rng), remember=False)
        if rng.random() < NEGATIVE:
            return self._negative(pool, number, words, length, into_chinese, rng)
        text, answer = self._told(pool, question, into_chinese, rng)
        return window(words, text, answer, length, rng) if answer and _fits(answer, _room(words, length)) else None

    def _asked(self, text: str, into_chinese: bool, rng: random.Random) -> str:
        if into_chinese:
            return text if rng.random() < ENGLISH_ASKED else reworded(text, REWORDED, rng, names=True).text
        return rng.choice(self.switches)(text, rng) if rng.random() < SWITCHED else text

    def _told(
        self, pool: Pool, question: Question, into_chinese: bool, rng: random.Random
    ) -> tuple[Text, tuple[int, int] | None]:
        """The paragraph of a question, and the first and last token of the answer."""
        paragraph = pool.reading.paragraphs[question.paragraph]
        if not into_chinese:
            text = self.tokens(paragraph)
            return text, text.tokens(question.start, question.end)
        put = _put(paragraph, rng)
        text = self.tokens(put.text, remember=False)
        return text, text.tokens(*put.span(question.start, question.end))

    def _negative(
        self, pool: Pool, number: int, words: Text, length: int, into_chinese: bool, rng: random.Random
    ) -> Window | None:
        """Another part of the question's own paragraph, or a paragraph that BM25 takes for it."""
        text, answer = self._told(pool, pool.reading.questions[number], into_chinese, rng)
        if answer is not None and rng.random() < 0.4 and (rest := _longest_rest(text, answer)) is not None:
            return window(words, rest, None, length, rng)
        if not pool.hard[number]:
            return None
        other = pool.reading.paragraphs[rng.choice(pool.hard[number])]
        shown = self.tokens(_put(other, rng).text, remember=False) if into_chinese else self.tokens(other)
        return window(words, shown, None, length, rng)

    def _cloze(self, rng: random.Random, length: int) -> Window | None:
        pairs = rng.choices(self.parallel, [len(pairs) ** 0.5 for pairs in self.parallel])[0]
        at = rng.randrange(len(pairs))
        forward = rng.random() < 0.7
        made = cloze(pairs[at], forward, self._words(pairs[at].zh), self.senses, rng)
        if made is None:
            return None
        question, start, end = made
        before = pairs[max(0, at - rng.randint(0, 3)) : at]
        after = pairs[at + 1 : at + 1 + rng.randint(0, 3)]
        lead = _joined(before, forward)
        context = lead + _joined([pairs[at], *after], forward)
        text = self.tokens(context, remember=False)
        answer = text.tokens(len(lead) + start, len(lead) + end)
        words = self.tokens(question, remember=False)
        return window(words, text, answer, length, rng) if answer and _fits(answer, _room(words, length)) else None

    def _words(self, zh: str) -> list[tuple[int, int]]:
        found = self.tokens(zh, remember=False)
        return list(zip(found.starts, found.ends, strict=True))


def _put(paragraph: str, rng: random.Random) -> Reworded:
    return reworded(paragraph, rng.uniform(0.5, 1) * REWORDED, rng, names=True)


def _joined(pairs: Sequence[Pair], chinese: bool) -> str:
    return "".join(pair.zh if chinese else pair.en + " " for pair in pairs)


def _longest_rest(text: Text, answer: tuple[int, int]) -> Text | None:
    """The longer side of the answer, a few tokens away from it; nothing if that is short."""
    gap = 8
    before, after = (0, answer[0] - gap), (answer[1] + gap, len(text.ids))
    start, end = max(before, after, key=lambda side: side[1] - side[0])
    if end - start < 24:
        return None
    return Text(text.ids[start:end], text.starts[start:end], text.ends[start:end])


def cloze(
    pair: Pair, forward: bool, words: Sequence[tuple[int, int]], senses: Mapping[str, Sequence[str]], rng: random.Random
) -> tuple[str, int, int] | None:
    """One side of ``pair`` with a word blanked out, and where its translation stands in the other.

    ``forward`` asks in English over Chinese. ``words`` are the character spans of the Chinese words.

    >>> pair = Pair("他在北京买了3本书", "He bought 3 books in Beijing")
    >>> words = [(0, 1), (1, 2), (2, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9)]
    >>> cloze(pair, True, words, {"北京": ["Beijing"]}, random.Random(3))
    ('He bought 3 books in what?', 2, 4)
    """
    matches = list(_matches(pair, words, senses))
    if not matches:
        return None
    (zh_start, zh_end), (en_start, en_end) = rng.choice(matches)
    if forward:
        return f"{pair.en[:en_start]}what{pair.en[en_end:].rstrip('.!')}?", zh_start, zh_end
    return f"{pair.zh[:zh_start]}什么{pair.zh[zh_end:].rstrip('。！')}？", en_start, en_end


def _matches(
    pair: Pair, words: Sequence[tuple[int, int]], senses: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Words of both sides that say the same, once each: dictionary words and numbers."""
    english = pair.en.lower()
    for start, end in words:
        word = pair.zh[start:end]
        if _DIGITS.fullmatch(word):
            glosses: Sequence[str] = [word]
        else:
            glosses = senses.get(word, ())[:4] if len(word) > 1 else ()
        for gloss in glosses:
            bare = gloss.lower().removeprefix("to ").strip()
            found = [m.span() for m in re.finditer(rf"\b{re.escape(bare)}\b", english)] if bare else []
            if len(found) == 1 and pair.zh.count(word) == 1:
                yield (start, end), found[0]
                break


def batches(lessons: Lessons, seed: int) -> Iterator[list[Window]]:
    """Endless, each of windows of about the same length; the same for the same seed."""
    rng = random.Random(seed)
    while True:
        drawn = [made for made in (lessons.draw(rng) for _ in range(BLOCK)) if made is not None]
        drawn.sort(key=lambda made: len(made.ids))
        ready: list[list[Window]] = [[]]
        for made in drawn:
            if (len(ready[-1]) + 1) * len(made.ids) > BUDGET:
                ready.append([])
            ready[-1].append(made)
        rng.shuffle(ready)
        yield from ready


def without(pool: Pool, held: frozenset[str]) -> Pool:
    """The pool without questions over the paragraphs in ``held``."""
    kept = [i for i, q in enumerate(pool.reading.questions) if pool.reading.paragraphs[q.paragraph] not in held]
    questions: tuple[Question, ...] = tuple(pool.reading.questions[i] for i in kept)
    reading = type(pool.reading)(pool.reading.paragraphs, questions)
    return Pool(reading, [pool.hard[i] for i in kept], pool.weight, pool.characters)
