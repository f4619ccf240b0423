"""Lists inside a sentence or a paragraph, for questions that ask for several things.

Pure functions over text and spans, so that any reader can use them: a reader that marked one item of a list marks all
of it, and items that are numbered (一是…;二是…) are found each for itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reader.question import Question
from rag.types import Span

_ITEM = r"(?:“[^”]*”|《[^》]*》|\"[^\"]*\"|[（(][^（()）]*[)）]|[^\s、,，。;；:：!！?？“”《》\"()（）])+"
_RUN = re.compile(rf"{_ITEM}(?:、{_ITEM})+")
_QUOTED = re.compile(r"(?:“[^”]+”|《[^》]+》)(?:(?:、|和|及|与)?(?:“[^”]+”|《[^》]+》))+")
# What introduces a list and is no part of its first item.
_OPENING = re.compile(
    r".*(?:包括了?|包含|包括有|分别[是为]|主要[是有]|涵盖|涉及|例如|比如|就是|即|如|是|为|有|由|在|到|对|向|从|将|把|听取|拜访|走访|邀请|来自|培育|供应|供应商)(?=.)"
)
# Behind the last item: 等23家机构, 等领导, and the verb that the list is the subject of.
_CLOSING = re.compile(r"(?:等|一行|参加|出席|列席|带来|均|都|同比|分别|入选|等人|莅临|作).*$")
_ORDINAL = re.compile(
    r"(?:^|(?<=[\s,，。;；:：!！?？]))(?:第?(?P<han>[一二三四五六七八九十])(?:是|要|、|,|，)|[(（](?P<digit>\d)[)）])"
)
_NUMERALS = "一二三四五六七八九十"
_LATIN = r"[\w'’-]+(?: [\w'’-]+){0,4}"
_LATIN_RUN = re.compile(rf"\b{_LATIN}(?:, (?!(?:and|or|but|who|which|where|when)\b){_LATIN})+,? (?:and|or) {_LATIN}")


def runs(sentence: str) -> list[Span]:
    """Lists inside a sentence: items between 、, or quoted side by side, or *a, b and c*; at least two items.

    >>> text = "区领导恽淇丞、赵钢、朱慧峰参加活动,坚持“引进来”“走出去”并举。"
    >>> [text[span.start : span.end] for span in runs(text)]
    ['区领导恽淇丞、赵钢、朱慧峰参加活动', '“引进来”“走出去”']
    """
    found = [*_RUN.finditer(sentence), *_QUOTED.finditer(sentence), *_LATIN_RUN.finditer(sentence)]
    spans = sorted({Span(match.start(), match.end()) for match in found}, key=lambda span: (span.start, -span.end))
    return [span for n, span in enumerate(spans) if not any(_inside(span, other) for other in spans[:n])]


def items(sentence: str, run: Span) -> list[Span]:
    """The items of a list; what leads into the first and what goes on behind the last is cut off where it shows.

    >>> text = "区委书记听取铜杆、铜线和铜管等三种产品的介绍"
    >>> [text[span.start : span.end] for span in items(text, Span(0, len(text)))]
    ['铜杆', '铜线', '铜管']
    """
    text = sentence[run.start : run.end]
    cuts = [m.span() for m in re.finditer(r"、|(?<=[”》])(?=[“《])|, (?:and |or )?| (?:and|or) ", text)]
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    parts = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    start, end = parts[0]
    if opening := _OPENING.match(text[start:end]):
        parts[0] = (start + opening.end(), end)
    start, end = parts[-1]
    if closing := _CLOSING.search(text[start:end]):
        parts[-1] = (start, start + closing.start())
    joined = re.search(r"(?<=.)(?:以及|和|及|与)(?=.)", text[slice(*parts[-1])])
    if joined:
        start, end = parts.pop()
        parts += [(start, start + joined.start()), (start + joined.end(), end)]
    return [Span(run.start + start, run.start + end) for start, end in parts if start < end]


def whole_list(question: Question, sentence: str, marked: Span) -> Span:
    """For a question for several things, the marked item with the rest of the list that it is in.

    Of a list with as many items as are asked for, or of the only one that the mark touches.

    >>> from rag.reader.question import analyse
    >>> text = "区领导吴震宇、盛世麟参加会议。"
    >>> span = whole_list(analyse("哪两位区领导参加了会议?"), text, Span(3, 6))
    >>> text[span.start : span.end]
    '吴震宇、盛世麟'
    """
    if not question.is_list:
        return marked
    for run in runs(sentence):
        if run.overlaps(marked):
            parts = items(sentence, run)
            fits = question.count is None or len(parts) == question.count
            if fits and any(part.overlaps(marked) for part in parts):
                start = (
                    parts[0].start if not parts[0].overlaps(marked) else min(_latest(parts[0], marked), marked.start)
                )
                end = max(parts[-1].end, marked.end) if parts[-1].overlaps(marked) else parts[-1].end
                return Span(start, end)
    return marked


def _latest(first: Span, marked: Span) -> int:
    """Where a list begins whose first item is marked: where the mark does, if that is inside the item."""
    return max(first.start, marked.start)


def numbered(text: str) -> list[list[Span]]:
    """Numbered items of a paragraph, each from its number to the next one or to the end of its sentence.

    >>> text = "会议要求:一是抓创新;二是抓产业;三是优环境。会议还听取了汇报。"
    >>> [[text[span.start : span.end] for span in run] for run in numbered(text)]
    [['一是抓创新', '二是抓产业', '三是优环境']]
    """
    found: list[list[re.Match[str]]] = []
    for match in _ORDINAL.finditer(text):
        number = _number(match)
        if number == 1:
            found.append([match])
        elif found and number == len(found[-1]) + 1:
            found[-1].append(match)
    return [_spans(text, run) for run in found if len(run) > 1]


def _number(match: re.Match[str]) -> int:
    return int(match["digit"]) if match["digit"] else _NUMERALS.index(match["han"]) + 1


def _spans(text: str, run: Sequence[re.Match[str]]) -> list[Span]:
    starts = [match.start() for match in run]
    stops = [*starts[1:], len(text)]
    spans = []
    for start, stop in zip(starts, stops, strict=True):
        last = re.search(r"[。！!；;]", text[start:stop])
        end = start + last.start() if last else stop
        spans.append(Span(start, start + len(text[start:end].rstrip(" ,，、"))))
    return spans


def _inside(span: Span, other: Span) -> bool:
    return other.start <= span.start and span.end <= other.end
