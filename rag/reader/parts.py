"""Questions that ask for several things at once: 谁主持,在哪里召开? Each part is answered and cited for itself."""

from __future__ import annotations

import re

from rag.text import fold, language

_ASKS = re.compile(
    r"谁|什么|何[时地人处]|哪|多少|多[大长高久远]|第几|(?<![十百千万好])几(?!乎|经|近|年[来前后])|为何|怎[么样]|如何"
)
_CUT_ZH = re.compile(r"[,，;；?？]\s*(?:以及|并且|并|而且|同时|还有|另外|又|还)?|(?:以及|并且|同时)")
_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|「[^」]*」|\"[^\"]*\"|[（(][^()（）]*[)）]")
_WH = r"(?:who|whom|whose|what|when|where|which|why|how)\b"
_CUT_EN = re.compile(rf"[,;?]?\s+and\s+(?=(?:(?:in|on|at|by|for)\s)?{_WH})|[;?]\s+(?={_WH})", re.IGNORECASE)
# "When the war ended, …" asks nothing: behind these an auxiliary stands in a question.
_ASKS_EN = re.compile(
    r"(?:(?:in|on|at|by|for|to|from)\s)?(?:(?:who|whom|whose|what|which)\b|how\s(?:many|much|long|far|old|often)\b|"
    r"(?:when|where|why|how)\s(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b)",
    re.IGNORECASE,
)
#: Who asks for five things at once wants a list, which is another question.
_SHORTEST, _MOST = 2, 4


def parts(text: str) -> tuple[str, ...]:
    """The questions that a question is made of, as they stand in it; the question itself if it is one.

    >>> parts("全区经济运行分析会由谁主持,在哪里召开?")
    ('全区经济运行分析会由谁主持?', '在哪里召开?')
    >>> parts("Who chaired the meeting and where was it held?")
    ('Who chaired the meeting?', 'where was it held?')
    >>> parts("在武进,谁主持了会议?"), parts("谁主持了会议?")
    (('在武进,谁主持了会议?',), ('谁主持了会议?',))
    """
    in_english = language(text) == "en"
    cut = _CUT_EN if in_english else _CUT_ZH
    # What stands in quotation marks or brackets is not cut.
    cuts = list(cut.finditer(_QUOTED.sub(lambda quote: "x" * len(quote.group()), text)))
    starts, ends = [0, *(match.end() for match in cuts)], [*(match.start() for match in cuts), len(text)]
    pieces = [text[start:end].strip(" .,?!。？") for start, end in zip(starts, ends, strict=True)]
    pieces = [piece for piece in pieces if piece]
    asks = _ASKS_EN.match if in_english else _ASKS.search
    each = all(len(piece) >= _SHORTEST and asks(fold(piece)) for piece in pieces)
    if not (each and 1 < len(pieces) <= _MOST):
        return (text,)
    return tuple(f"{piece}?" for piece in pieces)
