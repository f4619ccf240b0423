"""Numbers with what qualifies and counts them: 约1.6万平方米, not 1.6."""

from __future__ import annotations

import re

from rag.text import fold
from rag.types import Span

#: What qualifies a number, in front of it.
BEFORE = (
    r"(?:大?约[为有]?|接?近|将近|超过?|逾|不足|不到|至少|最多|最少|多达|高达|"
    r"(?:about|around|nearly|almost|over|more than|up to|some) )?"
)
#: What is counted or measured; days and years, of which a date is made, are not among them.
UNIT = (
    r"(?:人次|户次|户[(（]次[)）]|平方公里|平方米|立方米|公里|千米|[厘毫分]米|公斤|千克|[千毫]?克|公顷|公分|英尺|场次|[美日欧港]元|个?百分点|小时|分钟|子项|"
    r"[元人户家个项件辆名位所米吨亩次场篇部座栋条类期届倍度班天周秒岁种支只台套本款批处村册张片对组级层颗枚株桶瓦字首集升轨%‰])"
)
#: Behind the digits: 多, 万, 亿.
SIZE = r"\s*[多余来]?(?:[百千万亿]+)?[多余]?"
_ENGLISH_UNIT = (
    r"(?:\s?(?:percent|per cent|million|billion|thousand|hundred))?(?:\s(?:pounds|dollars|euros|yuan|"
    r"(?:square )?(?:kilo)?met(?:re|er)s|km|hectares|minutes|hours|days|weeks|months|years|tonnes|tons)\b)?"
)
_AMOUNT = re.compile(
    rf"{BEFORE}(?P<amount>(?P<number>\d+(?:[,，]\d{{3}})*(?:\.\d+)?){SIZE}(?:{UNIT}{{1,2}}|[年月日])?{_ENGLISH_UNIT})"
)


def uncut(text: str, span: Span) -> Span:
    """With the rest of each number that the span cuts through, and its unit: 1.6万平方米, not 1, 2018年, not 18.

    >>> text = "2018年6月起,办学规模16轨"
    >>> for at in (Span(2, 4), Span(0, 5), Span(14, 15)):
    ...     found = uncut(text, at)
    ...     text[found.start : found.end]
    '2018年'
    '2018年'
    '16轨'
    """
    start, end = span.start, span.end
    for match in _AMOUNT.finditer(fold(text)):
        first, last = match.span("amount")
        holds_digit = match.start("number") < span.end and span.start < match.end("number")
        if holds_digit and (first < span.start or span.end < last):
            start, end = min(start, first), max(end, last)
    return Span(start, start + len(text[start:end].rstrip()))


def whole_amount(text: str, span: Span) -> Span:
    """A span that holds a number, or a piece of one, with the number's digits, qualifier and unit.

    >>> text = "校舍总面积将增加约1.6万平方米,办学规模16轨"
    >>> for at in (Span(9, 12), Span(8, 13), Span(0, 5)):
    ...     found = whole_amount(text, at)
    ...     text[found.start : found.end]
    '约1.6万平方米'
    '约1.6万平方米'
    '校舍总面积'
    """
    start, end = span.start, span.end
    for match in _AMOUNT.finditer(fold(text)):
        touches = match.start("number") < span.end and span.start < match.end("number")
        if touches:
            start, end = min(start, match.start()), max(end, match.end())
    return Span(start, start + len(text[start:end].rstrip()))
