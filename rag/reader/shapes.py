"""Numbers and dates in a text, as answers to questions for them."""

from __future__ import annotations

import re

from rag.reader.question import Kind, Question
from rag.text import fold
from rag.types import Span

# Possessive, so that no shorter number is found where a date follows.
_DIGITS = r"\d++(?:[,，]\d{3})*+(?:\.\d++)?+(?!\s*[年月日号])"
_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿]"
NUMBER = re.compile(
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
