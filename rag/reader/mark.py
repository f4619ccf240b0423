"""Which part of a sentence answers: a number, a date, or the words that the question does not already have.

A rule for each kind of question, for the reader that chooses among sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.lexical import tokens, translations
from rag.reader.question import Kind, Question
from rag.text import fold, is_cjk, language
from rag.types import Span

# Possessive, so that no shorter number is found where a date follows.
_DIGITS = r"\d++(?:[,，]\d{3})*+(?:\.\d++)?+(?!\s*[年月日号])"
_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿]"
_NUMBER = re.compile(
    rf"(?:大?约[为有]?|近|超过?|逾|不足|至少|最多|about |nearly |over |more than )?(?:"
    rf"{_DIGITS}(?:[-—~至到]{_DIGITS})?\s*[多余来]?(?:%|％|‰|[百千万亿]+)?[多余]?(?:[a-zA-Z]+\b|(?!年|月|日)[\u4e00-\u9fff]{{0,3}}?"
    rf"(?:元|人次|人|户次|户|家|个|项|件|辆|名|位|所|平方米|平方公里|公里|[厘毫分]米|米|公斤|千克|[千毫]?克|吨|亩|公顷|公分|英尺|美元|次|场次|场|篇|部|座|栋|条|类|期|届|倍|度|"
    rf"子项|轨|班|天|周|小时|分钟|秒|岁|种|支|只|台|套|本|款|批|处|村|册|张|片|对|组|级|层|颗|枚|株|桶|瓦|字|首|集|克|升))?"
    rf"|第?{_NUMERAL}+(?:个|位|家|种|项|所|条|次|届|人|名|部|座|场|天|倍|岁|成|年))"
)
_DAY = (
    r"(?:公元前?|西元)?\d{2,4}\s*年(?:代|底|初|末)?(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?)?|\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?|"
    r"\d{1,2}\s*世纪|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:昨|今|明|前|次|翌)[天日年](?:[上下]午|晚)?|[去今明前]年|"
    r"[〇一二三四五六七八九零十]{2,4}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号])?)?|"
    r"(?:\d{1,2}\s)?(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"(?:\s\d{1,2}(?!\d)(?:st|nd|rd|th)?)?(?:,?\s\d{4})?|\b(?:1\d|20)\d{2}s?\b"
)
_DATE = re.compile(rf"(?:{_DAY})(?:\s*[-—–~至到]+\s*(?:{_DAY}|\d{{1,2}}日))?")
_COMMA = re.compile(r"[;；]|——|[,，:：](?!\d)|(?<!\d)[,，](?=\d)|(?<=[\u4e00-\u9fff])[,，]")
_EDGE = " \t\n,，.。;；:：!！?？、\"'"
_PAIRS = (("《", "》"), ("“", "”"), ("「", "」"), ("『", "』"), ("(", ")"), ("（", "）"), ('"', '"'))
_ASIDE = re.compile(r"[(（][^()（）]*[)）]?")
_LOOSE = frozenset("的了在于为是由将被把从对与和及并也还又就都已等其这那有到向以")


def candidates(kind: Kind, text: str) -> list[Span]:
    """Numbers or dates in a text; nothing for questions whose answer has no shape."""
    if kind is Kind.OTHER:
        return []
    pattern = _DATE if kind is Kind.DATE else _NUMBER
    return [Span(m.start(), m.end()) for m in pattern.finditer(fold(text)) if m.end() > m.start()]


def fresh_candidates(question: Question, text: str) -> list[Span]:
    """Candidates that the question does not name itself."""
    folded, known = fold(text), fold(question.text)
    return [span for span in candidates(question.kind, text) if folded[span.start : span.end].strip() not in known]


def clauses_of(sentence: str) -> list[Span]:
    """Spans between commas, colons and semicolons; enumerations with 、 stay whole."""
    ends = [m.end() for m in _COMMA.finditer(sentence)] + [len(sentence)]
    starts = [0, *ends[:-1]]
    return [Span(a, b) for a, b in zip(starts, ends, strict=True) if sentence[a:b].strip(_EDGE)] or [
        Span(0, len(sentence))
    ]


def mark(question: Question, sentence: str, likely: Span | None = None) -> Span:
    """The answering part of ``sentence``.

    ``likely`` is its clause nearest in meaning, for a question in another language.
    """
    covered = coverage(question, sentence)
    home = likely or _home(question, sentence, covered)
    if question.kind is not Kind.OTHER and (found := fresh_candidates(question, sentence)):
        return _trim(sentence, _nearest(question, sentence, found, home, covered))
    whole = question.kind is not Kind.OTHER or question.is_yes_no or likely is not None
    if whole or not any(covered[home.start : home.end]):
        return _trim(sentence, home)
    return _trim(sentence, _balanced(sentence, _rest(sentence, home, covered)))


def coverage(question: Question, text: str) -> list[bool]:
    """For each character of ``text``, whether the question has it together with a neighbour, or in translation."""
    terms, folded = set(tokens(question.content)), fold(text)
    marks = [False] * len(text)
    if question.lang == "en" and language(text) != "en":
        for word in {word for _, words in translations(question.content) for word in words if len(word) > 1}:
            for match in re.finditer(word, folded):
                marks[match.start() : match.end()] = [True] * len(word)
    for i in range(len(text) - 1):
        if folded[i : i + 2] in terms and is_cjk(folded[i]):
            marks[i] = marks[i + 1] = True
    for match in re.finditer(r"[a-z]+|\d+(?:\.\d+)?", folded):
        if set(tokens(match.group())) & terms:
            marks[match.start() : match.end()] = [True] * len(match.group())
    return marks


def _home(question: Question, sentence: str, covered: list[bool]) -> Span:
    """The clause that shares most with the question, with an answer of the right shape if there is one."""
    found = fresh_candidates(question, sentence)

    def worth(clause: Span) -> tuple[float, int]:
        shaped = any(clause.overlaps(span) for span in found)
        return sum(covered[clause.start : clause.end]) + 3 * shaped, -clause.start

    return max(clauses_of(sentence), key=worth)


def _nearest(question: Question, sentence: str, found: list[Span], home: Span, covered: list[bool]) -> Span:
    anchors = [i for i, hit in enumerate(covered) if hit] or list(range(home.start, home.end))

    def badness(span: Span) -> tuple[float, int]:
        distance = min(abs(i - (span.start if i < span.start else span.end)) for i in anchors)
        text = fold(sentence[span.start : span.end])
        unit = "%" if question.is_share else (question.unit or "")[:1]
        fits = bool(unit) and (unit in text or sentence[span.end :].startswith(unit))
        led = _common_suffix(question.before, fold(sentence[: span.start]))
        return distance + (0 if span.overlaps(home) else 8) - (12 if fits else 0) - 5 * min(led, 4), span.start

    return min(found, key=badness)


def _common_suffix(a: str, b: str) -> int:
    n = 0
    while n < min(len(a), len(b)) and a[-1 - n] == b[-1 - n]:
        n += 1
    return n


def _rest(sentence: str, home: Span, covered: list[bool]) -> Span:
    """The run of the home clause that the question does not have, behind what it has rather than before it.

    If nothing is left, the clause behind it.
    """
    runs = list(_uncovered(sentence, home, covered))
    last = max(i for i in range(home.start, home.end) if covered[i])
    best = max(runs, key=lambda run: (min(len(run), 12) + (6 if run.start > last else 0), -run.start), default=None)
    if best is not None and len(best) >= 2:
        return best
    following = [clause for clause in clauses_of(sentence) if clause.start >= home.end]
    return following[0] if following else home


def _balanced(sentence: str, span: Span) -> Span:
    """The span with the other half of each quotation mark or bracket that it has only one of."""
    start, end = span.start, span.end
    for opening, closing in _PAIRS:
        part = sentence[start:end]
        if opening == closing and part.count(opening) % 2 == 0:
            continue
        if closing in part and opening not in part[: part.index(closing)] and opening in sentence[:start]:
            start = sentence.rindex(opening, 0, start)
        elif opening in part and closing not in part[part.rindex(opening) + 1 :] and closing in sentence[end:]:
            end = sentence.index(closing, end) + 1
    return Span(start, end)


def _uncovered(sentence: str, home: Span, covered: list[bool]) -> Iterator[Span]:
    """Runs of characters that the question does not have; what stands in brackets is said aside and no answer."""
    aside = {i for m in _ASIDE.finditer(sentence, home.start, home.end) for i in range(m.start(), m.end())}
    start = None
    for i in range(home.start, home.end + 1):
        free = i < home.end and not covered[i] and i not in aside
        if free and start is None:
            start = i
        elif not free and start is not None:
            run = _trim_loose(sentence, Span(start, i))
            if len(run):
                yield run
            start = None


def _trim_loose(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and (text[start] in _LOOSE or text[start] in _EDGE):
        start += 1
    while end > start and (text[end - 1] in _LOOSE or text[end - 1] in _EDGE):
        end -= 1
    return Span(start, end)


def _trim(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and text[start] in _EDGE.replace('"', "").replace("'", ""):
        start += 1
    while end > start and text[end - 1] in _EDGE.replace('"', "").replace("'", ""):
        end -= 1
    return Span(start, end) if start < end else span
