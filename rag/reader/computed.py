"""Questions whose answer has to be computed or compared, unless a sentence says it."""

from __future__ import annotations

import re

from rag.text import fold

#: What a question asks for, and the words of a sentence that says it. Sums, differences, superlatives, negations.
_KINDS = (
    (
        r"一共|总共|总计|合计|共有?多少|加起来|\b(?:in total|altogether|combined|in all|total (?:number|amount))\b",
        r"共|合计|总计|总|累计|全部|\b(?:total|altogether|combined|in all|overall)\b",
    ),
    (
        r"比.*[多少高低大小长短快慢重轻远近贵](?:\w{0,2})(?:多少|几)|多\w{0,2}(?:几[个名人家件次元]|多少)|相差|差多少|差几|"
        r"\bhow (?:many|much) (?:more|less|fewer|longer|higher|lower)\b|\bdifference between\b",
        r"多出?|少了?|增|减|差|高[于出]|低于|超|下降|上升|涨|跌|\b(?:more|less|fewer|than|difference|rose|fell|increase|decrease)\w*\b",
    ),
    (
        r"最[多少高低大小长短快慢重轻远近贵早晚好]|\b(?:most|least|fewest|highest|lowest|largest|smallest|biggest|longest|shortest)\b",
        r"最|第一|冠军|居首|首位|榜首|\b(?:most|least|fewest|first|top)\b|\b\w+est\b",
    ),
    (
        r"(?:谁|哪\S{0,3})(?:不|没|未)|\b(?:who|which|what)\b.*\b(?:not|never)\b|n't\b",
        r"不|没|未|无|除|\b(?:not|never|no|without|except|only)\b|n't\b",
    ),
)
_PATTERNS = tuple((re.compile(asked), re.compile(said)) for asked, said in _KINDS)


def is_unsaid(question: str, sentence: str) -> bool:
    """Whether a question asks for a sum, difference, superlative or negation that a sentence does not put into words.

    >>> is_unsaid("三个村一共派出多少人", "东村派出20人，西村派出30人。"), is_unsaid("一共放多少场", "共放映200场次。")
    (True, False)
    """
    question, sentence = fold(question), fold(sentence)
    return any(asked.search(question) and not said.search(sentence) for asked, said in _PATTERNS)
