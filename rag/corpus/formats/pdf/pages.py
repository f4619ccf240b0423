"""Turn the lines of PDF pages into text: separate paragraphs, mark headlines, remove running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from statistics import median

from rag.corpus.formats.pdf.runs import Run

_PAGE_NUMBER = re.compile(r"[-–—·.\s]*\d{1,4}[-–—·.\s]*")
#: A line this many times as high as the usual one is a headline, unless it has fewer than four characters.
_HEADLINE = 1.5
_MIN_HEADLINE = 4
_ENDS = tuple("。！？!?…；;：:.”’」』）)")


def without_running_heads(pages: Sequence[list[Run]]) -> Iterator[list[Run]]:
    """The pages without page numbers and without lines that stand at the head or foot of most pages.

    The first occurrence of such a line is kept.
    """
    counts = Counter(text for lines in pages for text in _head_and_foot(lines))
    common = {text for text, count in counts.items() if count > 2 and 2 * count > len(pages)}
    seen: set[str] = set()
    for lines in pages:
        kept = list(lines)
        for at in (-1, 0):
            if kept and (_PAGE_NUMBER.fullmatch(kept[at].text) or _without_digits(kept[at]) in common & seen):
                kept.pop(at)
        seen |= _head_and_foot(lines)
        yield kept


def _head_and_foot(lines: Sequence[Run]) -> set[str]:
    return {_without_digits(line) for line in (*lines[:1], *lines[-1:])}


def _without_digits(line: Run) -> str:
    """The part of a running head that is the same on every page."""
    return re.sub(r"[\d\s]+", "", line.text)


def usual_height(pages: Sequence[list[Run]]) -> float:
    """The median height of lines, weighted by their numbers of characters."""
    lines = sorted((line.height, len(line.text)) for lines in pages for line in lines)
    total = sum(length for _, length in lines)
    sums = accumulate(length for _, length in lines)
    return next(height for (height, _), so_far in zip(lines, sums, strict=True) if 2 * so_far >= total)


def page_text(lines: Sequence[Run], usual: float) -> str:
    """The text of a page: a blank line between paragraphs, each headline on one line behind ``#``.

    ``usual`` is the usual height of a line.
    """
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if _is_below(a, b)]
    step = median(steps) if steps else 0.0
    text = ""
    for above, line in pairwise([None, *lines]):
        assert line is not None
        headline, words = not line.is_row and _is_headline(line, usual), line.text.strip(" ")
        if above is not None and above.broken:
            text += words
        elif above is None or begins_paragraph(above, line, step):
            text += ("\n\n" if text else "") + ("# " if headline else "") + words
        elif headline:
            text += (" " if text[-1].isascii() and words[0].isascii() else "") + words
        else:
            text += "\n" + words
    return text


def _is_headline(line: Run, usual: float) -> bool:
    return line.height >= _HEADLINE * usual and len(line.text.strip()) >= _MIN_HEADLINE


def begins_paragraph(above: Run, line: Run, step: float) -> bool:
    """Whether a line begins a paragraph; ``step`` is the usual distance between lines.

    Each row of a table is a paragraph. Otherwise a paragraph begins where the size changes, at another place of the
    page, below a gap, at an indented line, or below a short line that ends a sentence.
    """
    size = min(above.height, line.height)
    if above.is_row or line.is_row:
        return True
    if max(above.height, line.height) > 1.15 * size or not _is_below(above, line):
        return True
    if above.bottom - line.bottom > 1.5 * max(step, size):
        return True
    indented = line.left - above.left > 0.8 * size
    short = line.right - above.right > 0.2 * (line.right - line.left)
    return indented or (short and above.text.rstrip().endswith(_ENDS))


def _is_below(above: Run, line: Run) -> bool:
    return line.bottom < above.bottom - 0.3 * above.height and line.left < above.right and above.left < line.right
