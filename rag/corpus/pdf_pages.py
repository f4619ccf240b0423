"""Run as a script, apart from the program that reads: a PDF on stdin, its text on stdout as UTF-8.

Nothing of rag is imported, and pypdfium2 may crash or be killed here without harm. Each page ends with a form feed.
A line on stderr and exit status 3 say why a PDF is not read.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

MAX_PAGES = 2000
MAX_MEMORY = 2 << 30
PASSWORD = 4
_PAGE_NUMBER = re.compile(r"[-–—·.\s]*\d{1,4}[-–—·.\s]*")
#: What pdfium gives for a hyphen at the end of a line that breaks a word.
_HYPHENS = (0x02, 0xFFFE)
_NO_CHARACTER = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
#: A line this much higher than the usual one is a headline; a single large character is none.
_HEADLINE = 1.5
_MIN_HEADLINE = 4
_ENDS = tuple("。！？!?…；;：:.”’」』）)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and its place on the page, in points; y grows upwards. ``broken``: the next line ends its word."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    broken: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom


class RefusedError(Exception):
    """Why a PDF is not read, and what to do."""


def document(data: bytes) -> str:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD:
            raise RefusedError("it is locked with a password: save it without one") from error
        raise RefusedError("it is no PDF, or a damaged one: open and save it anew") from error
    if len(pdf) > MAX_PAGES:
        raise RefusedError(f"it has {len(pdf)} pages, the limit is {MAX_PAGES}: split it")
    pages = [_lines(pdf, number) for number in range(len(pdf))]
    if not any(pages):
        raise RefusedError(
            "it is pictures without text: have its text recognised first (OCR), for instance with ocrmypdf"
        )
    usual = usual_height(pages)
    text = "".join(f"{page_text(lines, usual)}\n\f\n" for lines in without_running_heads(pages))
    if 10 * len(_NO_CHARACTER.findall(text)) > len(text):
        raise RefusedError(
            "its fonts do not tell their characters: have its text recognised (OCR), as if it were pictures"
        )
    return text


def _lines(pdf: object, number: int) -> list[Line]:
    import pypdfium2

    try:
        page = pdf[number]  # type: ignore[index]
    except pypdfium2.PdfiumError as error:
        raise RefusedError(f"its page {number + 1} is damaged: open and save it anew") from error
    text_page = page.get_textpage()
    try:
        return list(_lines_of(text_page))
    finally:
        text_page.close()
        page.close()


def _lines_of(text_page: object) -> Iterator[Line]:
    from pypdfium2 import raw

    codes: list[int] = []
    ends: list[int] = []  # the characters at which the visible part of the line begins and ends
    for i in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, i)
        if code not in (0xA, 0xD, *_HYPHENS):
            codes.append(code)
            if not raw.FPDFText_IsGenerated(text_page, i) and not chr(code).isspace():
                ends = [ends[0] if ends else i, i]
        elif codes:
            yield from _line(text_page, codes, ends, broken=code in _HYPHENS)
            codes, ends = [], []
    yield from _line(text_page, codes, ends)


def _line(text_page: object, codes: Sequence[int], ends: Sequence[int], *, broken: bool = False) -> Iterator[Line]:
    units = "".join(map(chr, codes)).replace("\0", "").replace("\xad", "")
    # pdfium gives two halves for a character beyond the basic plane.
    text = units.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\f", " ")
    if ends and text.strip():
        first, last = (text_page.get_charbox(i, loose=True) for i in ends)  # type: ignore[attr-defined]
        yield Line(text, first[0], last[2], first[1], first[3], broken)


def without_running_heads(pages: Sequence[list[Line]]) -> Iterator[list[Line]]:
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


def _constant(line: Line) -> str:
    return re.sub(r"[\d\s]+", "", line.text)


def usual_height(pages: Sequence[list[Line]]) -> float:
    """The height of the line in which the middle character of all text stands, by height."""
    lines = sorted((line.height, len(line.text)) for lines in pages for line in lines)
    total = sum(length for _, length in lines)
    reached = accumulate(length for _, length in lines)
    return next(height for (height, _), sofar in zip(lines, reached, strict=True) if 2 * sofar >= total)


def page_text(lines: Sequence[Line], usual: float) -> str:
    """The lines of a page with a blank line between paragraphs, and headlines on one line with a mark before them."""
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if _below(a, b)]
    step = median(steps) if steps else 0.0
    text = ""
    for above, line in pairwise([None, *lines]):
        assert line is not None
        headline, words = _is_headline(line, usual), line.text.strip(" ")
        if above is not None and above.broken:
            text += words
        elif above is None or begins(above, line, step):
            text += ("\n\n" if text else "") + ("# " if headline else "") + words
        elif headline:
            text += (" " if text[-1].isascii() and words[0].isascii() else "") + words
        else:
            text += "\n" + words
    return text


def _is_headline(line: Line, usual: float) -> bool:
    return line.height >= _HEADLINE * usual and len(line.text.strip()) >= _MIN_HEADLINE


def begins(above: Line, line: Line, step: float) -> bool:
    """Whether a line begins a paragraph; ``step`` is the usual distance of lines.

    It does in another size, at another place, behind a gap, set in, or below a short line that ends a sentence.
    """
    size = min(above.height, line.height)
    if max(above.height, line.height) > 1.15 * size or not _below(above, line):
        return True
    if above.bottom - line.bottom > 1.5 * max(step, size):
        return True
    set_in = line.left - above.left > 0.8 * size
    short = line.right - above.right > 0.2 * (line.right - line.left)
    return set_in or (short and above.text.rstrip().endswith(_ENDS))


def _below(above: Line, line: Line) -> bool:
    return line.bottom < above.bottom - 0.3 * above.height and line.left < above.right and above.left < line.right


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def main() -> int:
    _limit_memory()
    try:
        text = document(sys.stdin.buffer.read())
    except RefusedError as error:
        sys.stderr.write(str(error))
        return 3
    sys.stdout.buffer.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
