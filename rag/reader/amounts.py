"""Numbers with what qualifies and counts them: 约1.6万平方米, not 1.6; not 500人 where at least 500人 stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text import fold
from rag.types import Span

#: What qualifies a number, in front of it. The words that end like one qualify nothing: 签约30个, 附近3家, turnover 5.
BEFORE = (
    r"(?:不少于|不超过|不低于|不多于|不高于|不足|不到|少于|多于|低于|高于|(?<![赶反英中])超过?|逾|"
    r"大[约概致][为有]?|(?<![签条契合公预节制特和履解毁邀应缔续违])约[为有]?|接近|将近|(?<![最附远靠临邻亲新就贴走])近|"
    r"至少|至多|最多|最少|多达|高达|"
    r"(?<![a-z])(?:about|around|approximately|roughly|nearly|almost|over|under|(?:no |not )?(?:more|less|fewer) than|"
    r"at least|at most|up to|some) )?"
)
#: What is counted or measured; days and years, of which a date is made, are not among them.
UNIT = (
    r"(?:人次|户次|户[(（]次[)）]|平方公里|平方米|立方米|公里|千米|[厘毫分]米|公斤|千克|[千毫]?克|公顷|公分|英尺|场次|[美日欧港]元|个?百分点|小时|分钟|子项|"
    r"[元人户家个项件辆名位所米吨亩次场篇部座栋条类期届倍度班天周秒岁种支只台套本款批处村册张片对组级层颗枚株桶瓦字首集升轨%‰])"
)
#: Behind the digits: 多, 万, 亿.
SIZE = r"\s*(?:[多余]|来(?![自到源]))?(?:[百千万亿]+)?[多余]?"
_ENGLISH_UNIT = (
    r"(?:\s?(?:%|percent|per cent|million|billion|thousand|hundred))?(?:\s(?:percentage points?|pounds|dollars|euros|"
    r"yuan|(?:square )?(?:kilo)?met(?:re|er)s|km|hectares|minutes|hours|days|weeks|months|years|tonnes|tons)\b)?"
)
# A blank before an English unit is the unit's. Of two units in a row the second begins another word: 30个|项目.
_SIZE = r"(?:\s*(?:(?:[多余]|来(?![自到源]))[百千万亿]*|[百千万亿]+)[多余]?)?"
_COUNTED = rf"\s?(?:(?:个(?=小时|子项))?{UNIT}[次套]?|[年月日])"
_TAIL = rf"(?:{_COUNTED})?{_ENGLISH_UNIT}"
# 多 behind a unit belongs to the number only where the phrase ends: 3年多, but 3家多次获奖.
_AFTER = (
    r"(?:以上|以下|以内|之内|开外|左右(?!两)|上下(?![齐一联同])|多(?=[\s,，。;；、)）的]|$)|\+(?!\d)|"
    r" or (?:more|less|fewer|so|over|under|above|below)\b)?"
)
_CURRENCY = r"(?:(?:us|hk)?\$|[£€¥])?"
_DIGITS = r"\d+(?:[,，]\d{3})*(?:\.\d+)?"
_TO = r"(?:\s*(?:[-–~～至到]|—{1,2})\s*|\sto\s)"
# The two ends of "from 5 to 8" are asked for one by one; 2018-05-01 is a date, and 1879–1955 a life.
_RANGE = (
    rf"(?<!from )(?<!from [$£€¥])(?<![从由自])(?<!\d[-–—])"
    rf"(?:{_DIGITS}{_SIZE}(?P<own>{UNIT}){_TO}{_DIGITS}(?={_SIZE}(?P=own))"
    rf"|{_DIGITS}{_SIZE}{_TO}{_CURRENCY}{_DIGITS}(?={_SIZE}{_COUNTED}|\s?%|\s?(?:per|million|billion|thousand))"
    rf"|(?!(?:1\d|20)\d\d\D){_DIGITS}{_TO}{_CURRENCY}{_DIGITS}(?![\d.]*[-–—]\d))"
)
_AMOUNT = re.compile(
    rf"{BEFORE}(?P<amount>{_CURRENCY}(?P<number>{_RANGE}|{_DIGITS}){_SIZE}{_TAIL}{_AFTER})",
)
_HAN = "[零〇一二两三四五六七八九十百千万亿]"
_NUMERAL = re.compile(
    rf"{BEFORE}(?P<amount>第?(?P<number>百分之{_HAN}+(?:点{_HAN}+)?|{_HAN}+分之{_HAN}+|"
    rf"(?:[数几]|[上成](?=[百千万亿]))?{_HAN}+[几多余来]?{_HAN}*(?:点{_HAN}+)?(?=[多余]?(?:{UNIT}|成|[年月日])))"
    rf"[多余]?(?:成|{_COUNTED})?{_AFTER})"
)


def _around(text: str, span: Span) -> Iterator[re.Match[str]]:
    """The amounts whose number the span has a piece of; those in Chinese numerals only if it has nothing else.

    A numeral may end a name: 李四名列第一 holds no four places.
    """
    folded = fold(text)
    for match in _AMOUNT.finditer(folded):
        if match.start("number") < span.end and span.start < match.end("number"):
            yield match
    for match in _NUMERAL.finditer(folded):
        touches = match.start("number") < span.end and span.start < match.end("number")
        if touches and match.start() <= span.start and span.end <= match.end():
            yield match


def uncut(text: str, span: Span) -> Span:
    """With the rest of each number that the span cuts through, and its unit: 1.6万平方米, not 1, 2018年, not 18.

    A range is one number, unless it is of two dates.

    >>> text = "2018年6月起,办学规模16至18轨"
    >>> for at in (Span(2, 4), Span(0, 5), Span(14, 15)):
    ...     found = uncut(text, at)
    ...     text[found.start : found.end]
    '2018年'
    '2018年'
    '16至18轨'
    """
    start, end = span.start, span.end
    for match in _around(text, span):
        first, last = match.span("amount")
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
    for match in _around(text, span):
        start, end = min(start, match.start()), max(end, match.end())
    return Span(start, start + len(text[start:end].rstrip()))
