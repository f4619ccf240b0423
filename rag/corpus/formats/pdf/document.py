"""Read the text of a PDF. This runs in a separate process (see ``sandbox``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rag.corpus.formats.pdf.columns import in_order
from rag.corpus.formats.pdf.form_fields import form_fields
from rag.corpus.formats.pdf.glyphs import Glyph, glyphs
from rag.corpus.formats.pdf.marks import apply_marks
from rag.corpus.formats.pdf.pages import page_text, usual_height, without_running_heads
from rag.corpus.formats.pdf.ruled_tables import PageContent, table_run
from rag.corpus.formats.pdf.rules import drawn_rules, ruled_tables
from rag.corpus.formats.pdf.runs import Run, runs
from rag.corpus.signatures import other_format
from rag.errors import ReadError

MAX_PAGES = 2000
_PASSWORD = 4
_NO_CHARACTER = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
#: If more than this share of a document, or of a line, is unknown, its fonts do not say which characters they draw.
_MAX_UNKNOWN = 0.02
_MAX_UNKNOWN_LINE = 0.25
_MIN_LINE = 4


def read(data: bytes) -> tuple[str, str]:
    """The text of a PDF and its format. Raises ``ReadError`` with the reason."""
    return document(data), "pdf"


def document(data: bytes) -> str:
    """The text of a PDF; a form feed ends each page."""
    if reason := other_format(data, ".pdf"):
        raise ReadError(reason)
    pdf = _open(data)
    if len(pdf) > MAX_PAGES:
        raise ReadError(f"it has {len(pdf)} pages, the limit is {MAX_PAGES}: split it")
    pages = [_lines(pdf, number) for number in range(len(pdf))]
    if not any(pages):
        raise ReadError("it is pictures without text: have its text recognised first (OCR), for instance with ocrmypdf")
    _check_characters(pages)
    usual = usual_height(pages)
    return "".join(f"{page_text(lines, usual)}\n\f\n" for lines in without_running_heads(pages))


def _open(data: bytes) -> Any:
    import pypdfium2
    from pypdfium2 import raw

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise ReadError("it is locked with a password: save it without one") from error
        raise ReadError("it is no PDF, or a damaged one: open and save it anew") from error
    kind = pdf.get_formtype()
    if kind == raw.FORMTYPE_XFA_FULL:
        raise ReadError("it is a form (XFA) that only Adobe's programs show: open it there and print it to a PDF")
    if kind != raw.FORMTYPE_NONE:
        pdf.init_forms()
    return pdf


def _lines(pdf: Any, number: int) -> list[Run]:
    import pypdfium2

    try:
        page = pdf[number]
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"its page {number + 1} is damaged: open and save it anew") from error
    text_page = page.get_textpage()
    try:
        filled = list(form_fields(page.raw, pdf.formenv.raw)) if pdf.formenv else []
        rules = drawn_rules(page)
        content = PageContent(apply_marks(_without_bullets(glyphs(text_page)), rules), filled)
        tables = [run for table in ruled_tables(rules) if (run := table_run(content, table))]
        lines = runs(content.glyphs, content.form_fields)
        for table in tables:
            lines.insert(next((i for i, run in enumerate(lines) if run.order > table.order), len(lines)), table)
        return in_order(lines)
    finally:
        text_page.close()
        page.close()


def _without_bullets(page: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs without unknown ones that stand alone, which are bullets of symbol fonts."""
    return [
        glyph
        for i, glyph in enumerate(page)
        if not (
            _NO_CHARACTER.match(glyph.text)
            and (i == 0 or glyph.gap or page[i - 1].line != glyph.line)
            and (i + 1 == len(page) or page[i + 1].gap or page[i + 1].line != glyph.line)
        )
    ]


def _check_characters(pages: Sequence[Sequence[Run]]) -> None:
    """Raise ``ReadError`` if fonts do not say which characters they draw: pdfium's guesses would be wrong."""
    unknown = total = 0
    for number, lines in enumerate(pages, 1):
        for line in lines:
            count = len(_NO_CHARACTER.findall(line.text))
            unknown, total = unknown + count, total + len(line.text)
            if len(line.text) >= _MIN_LINE and count > _MAX_UNKNOWN_LINE * len(line.text):
                raise _no_characters(number)
    if unknown > _MAX_UNKNOWN * total:
        raise _no_characters(None)


def _no_characters(page: int | None) -> ReadError:
    where = "its fonts do" if page is None else f"a font on its page {page} does"
    return ReadError(f"{where} not tell the characters: have its text recognised (OCR), as if it were pictures")
