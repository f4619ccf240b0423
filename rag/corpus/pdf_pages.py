"""The lines of a PDF's pages to text: paragraphs, headlines, and what is repeated at the head and foot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from statistics import median

from rag.corpus.pdf_lines import Run

_PAGE_NUMBER = re.compile(r"[-–—·.\s]*\d{1,4}[-–—·.\s]*")
#: A line this much higher than the usual one is a headline; a single large character is none.
_HEADLINE = 1.5
_MIN_HEADLINE = 4
_ENDS = tuple("。！？!?…；;：:.”’」』）)")


def without_running_heads(pages: Sequence[list[Run]]) -> Iterator[list[Run]]:
    """Page numbers are left out, and what stands at the head or foot of most pages, but for its first time."""
    edges = Counter(text for lines in pages for text in {_constant(line) for line in (*lines[:1], *lines[-1:])})
    common = {text for text, count in edges.items() if count > 2 and 2 * count > len(pages)}
    seen: set[str] = set()
    for lines in pages:
        kept = list(lines)
        for at in (-1, 0):
            if kept and (_PAGE_NUMBER.fullmatch(kept[at].text) or _constant(kept[at]) in common & seen):
                kept.pop(at)
        seen |= {_constant(line) for line in (*lines[:1], *lines[-1:])}
        yield kept


def _constant(line: Run) -> str:
    return re.sub(r"[\d\s]+", "", line.text)


def usual_height(pages: Sequence[list[Run]]) -> float:
    """The height of the line in which the middle character of all text stands, by height."""
    lines = sorted((line.height, len(line.text)) for lines in pages for line in lines)
    total = sum(length for _, length in lines)
    reached = accumulate(length for _, length in lines)
    return next(height for (height, _), sofar in zip(lines, reached, strict=True) if 2 * sofar >= total)


def page_text(lines: Sequence[Run], usual: float) -> str:
    """The lines of a page with a blank line between paragraphs, and headlines on one line with a mark before them."""
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if _below(a, b)]
    step = median(steps) if steps else 0.0
    text = ""
    for above, line in pairwise([None, *lines]):
        assert line is not None
        headline, words = not line.is_row and _is_headline(line, usual), line.text.strip(" ")
        if above is not None and above.broken:
            text += words
        elif above is None or begins(above, line, step):
            text += ("\n\n" if text else "") + ("# " if headline else "") + words
        elif headline:
            text += (" " if text[-1].isascii() and words[0].isascii() else "") + words
        else:
            text += "\n" + words
    return text


def _is_headline(line: Run, usual: float) -> bool:
    return line.height >= _HEADLINE * usual and len(line.text.strip()) >= _MIN_HEADLINE


def begins(above: Run, line: Run, step: float) -> bool:
    """Whether a line begins a paragraph; ``step`` is the usual distance of lines.

    Each row of a table does. Other lines do in another size, at another place, behind a gap, set in, or below a short
    line that ends a sentence.
    """
    size = min(above.height, line.height)
    if above.is_row or line.is_row:
        return True
    if max(above.height, line.height) > 1.15 * size or not _below(above, line):
        return True
    if above.bottom - line.bottom > 1.5 * max(step, size):
        return True
    set_in = line.left - above.left > 0.8 * size
    short = line.right - above.right > 0.2 * (line.right - line.left)
    return set_in or (short and above.text.rstrip().endswith(_ENDS))


def _below(above: Run, line: Run) -> bool:
    return line.bottom < above.bottom - 0.3 * above.height and line.left < above.right and above.left < line.right
