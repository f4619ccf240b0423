"""Numbers and dates in a text, as answers to questions for them."""

from __future__ import annotations

import re

from rag.reader.amounts import BEFORE, SIZE, UNIT
from rag.reader.question import Kind, Question
from rag.text import fold
from rag.types import Span

# Possessive, so that no shorter number is found where a date follows.
_DIGITS = r"\d++(?:[,，]\d{3})*+(?:\.\d++)?+(?!\s*[年月日号])"
_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿]"
NUMBER = re.compile(
    rf"{BEFORE}(?:{_DIGITS}(?:[-—~至到]{_DIGITS})?{SIZE}(?:[a-zA-Z]+\b|(?!年|月|日)[\u4e00-\u9fff]{{0,3}}?{UNIT})?"
    rf"|第?{_NUMERAL}+(?:{UNIT}|成|年))"
)
_DAY = (
    r"(?:公元前?|西元)?\d{2,4}\s*年(?:代|底|初|末)?(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?)?|\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?|"
    r"\d{1,2}\s*世纪|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:昨|今|明|前|次|翌)[天日年](?:[上下]午|晚)?|[去今明前]年|"
    r"[〇一二三四五六七八九零十]{2,4}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号])?)?|"
    r"(?:\d{1,2}\s)?(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"(?:\s\d{1,2}(?!\d)(?:st|nd|rd|th)?)?(?:,?\s\d{4})?|\b(?:1\d|20)\d{2}s?\b"
)
DATE = re.compile(rf"(?:{_DAY})(?:\s*[-—–~至到]+\s*(?:{_DAY}|\d{{1,2}}日))?")


def candidates(kind: Kind, text: str) -> list[Span]:
    """Numbers or dates in a text; nothing for questions whose answer has no shape."""
    if kind is Kind.OTHER:
        return []
    pattern = DATE if kind is Kind.DATE else NUMBER
    return [Span(m.start(), m.end()) for m in pattern.finditer(fold(text)) if m.end() > m.start()]


def fresh_candidates(question: Question, text: str) -> list[Span]:
    """Candidates that the question does not name itself."""
    folded, known = fold(text), fold(question.text)
    return [span for span in candidates(question.kind, text) if folded[span.start : span.end].strip() not in known]
