"""What a question asks for: its content words, the kind of answer, and how many things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.text import fold, language


class Kind(StrEnum):
    """The kind of answer that can be told by its shape."""

    NUMBER = "number"
    DATE = "date"
    OTHER = "other"


# Words that ask, and words that only hold a question together; they are not looked for in a passage.
ASKING_ZH = re.compile(
    r"请问|请告诉我|是否|有没有|什么时候|什么时间|什么地方|什么样的?|为什么|干什么|做什么|是?什么(?!时|地|样)|多少|多大|多长|多高|"
    r"多久|多远|何时|何地|何处|何人|何种|为何|如何|怎么样|怎么|怎样|怎|哪[一二两三四五六七八九十几\d]*(?:年|月|天|日|个|位|家|"
    r"种|些|里|儿|项|所|条|届|次|方面|座|名|类|支|部)?|谁|几(?:个|位|家|种|项|所|条|次|年|月|天|日|号|点|人|名)?|是(?=[?？]?$)|"
    r"吗|呢|吧|啊"
)
_ASKING_EN = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how(?: many| much| long| far| old| often)?|"
    r"is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|the|a|an|of|in|on|at|to|for|by|with|and|or|that|this|it|its)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"多少|几(?!乎)|多大|多长|多高|多久|多远|占比|比例|百分之|"
    r"\bhow (?:many|much|long|far|large|big|high|tall|old)\b|"
    r"\b(?:what|which) (?:percentage|share|number|proportion|amount|rate|area|value|price)\b|\bby how much\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"什么时候|什么时间|何时|何年|何月|何日|哪一?[年天月日]|几月|几号|几年几月|哪年|时间是|日期|\bwhen\b|"
    r"\b(?:what|which) (?:year|date|day|month|time)\b|\bin (?:what|which) year\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"(?:吗|(?<![什怎多])么)\s*[?？]?$|是否|是不是|有没有|能不能|会不会|^\s*(?:is|are|was|were|do|does|did|has|have|had|can|will|would)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"哪些|哪几|有什么内容|分别|包括什么|哪(?=[一二两三四五六七八九十\d]{1,3}(?:个|位|家|种|项|所|条|类|大|点|方|件))|"
    r"\bwhich (?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b|\bwhat are the\b|\blist\b|\bname the\b|"
    r"\b(?:which|what) (?:[a-z-]+ ){0,3}[a-z]{3,}s (?:are|were|do|did|have|will|attended|joined|took)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"哪([一二两三四五六七八九十\d]{1,3})|"
    r"\b(?:what|which)(?: are the)? (two|three|four|five|six|seven|eight|nine|ten|\d+)\b",
    re.IGNORECASE,
)
_NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_NUMERALS |= {w: n for n, w in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2)}


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    ``count`` says how many things are asked for; ``content`` is the folded text with the asking words blanked out.
    """

    text: str
    lang: str
    kind: Kind
    content: str
    is_yes_no: bool
    is_list: bool
    count: int | None


def analyse(text: str) -> Question:
    """Take a question apart.

    >>> q = analyse("武进有多少家企业获评国家级专精特新“小巨人”企业?")
    >>> q.kind.value, q.is_list, q.content.split()
    ('number', False, ['武进有', '家企业获评国家级专精特新', '小巨人', '企业'])
    >>> analyse("明年重点抓好哪六个方面?").count
    6
    """
    folded = fold(text)
    lang = language(text)
    kind = _kind(folded)
    return Question(
        text=text,
        lang=lang,
        kind=kind,
        content=_content(folded, lang),
        is_yes_no=_YES_NO.search(folded) is not None,
        is_list=_LIST.search(folded) is not None,
        count=_count(folded),
    )


def _kind(folded: str) -> Kind:
    if _DATE.search(folded):
        return Kind.DATE
    return Kind.NUMBER if _NUMBER.search(folded) else Kind.OTHER


def _content(folded: str, lang: str) -> str:
    asking = _ASKING_EN if lang == "en" else ASKING_ZH
    return re.sub(r"[^\w%.]+", " ", asking.sub(" ", folded)).strip()


def _count(folded: str) -> int | None:
    match = _COUNT.search(folded)
    if not match:
        return None
    word = match[1] or match[2].lower()
    return int(word) if word.isdigit() else _NUMERALS.get(word)
