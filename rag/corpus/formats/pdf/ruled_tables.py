"""Write the tables that a page draws with lines as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.formats.grid import MAX_CELL, Cell, table_lines
from rag.corpus.formats.pdf.columns import cell_text, in_order
from rag.corpus.formats.pdf.form_fields import FormField
from rag.corpus.formats.pdf.glyphs import Glyph
from rag.corpus.formats.pdf.rules import RuledTable
from rag.corpus.formats.pdf.runs import Run, runs


@dataclass(slots=True)
class PageContent:
    """The part of a page's content that no table has taken yet."""

    glyphs: Sequence[Glyph]
    form_fields: Sequence[FormField]


def table_run(content: PageContent, table: RuledTable) -> Run | None:
    """The table as one run; its characters are removed from ``content``.

    Returns ``None`` for lines that only arrange the page, and leaves ``content`` as it is.
    """
    glyphs: dict[int | None, list[Glyph]] = {}  # by cell; None is outside of the table
    fields: dict[int | None, list[FormField]] = {}
    for glyph in content.glyphs:
        cell = table.cell_at(glyph.middle, (glyph.bottom + glyph.top) / 2)
        glyphs.setdefault(cell, []).append(glyph)
    for form_field in content.form_fields:
        cell = table.cell_at((form_field.left + form_field.right) / 2, (form_field.bottom + form_field.top) / 2)
        fields.setdefault(cell, []).append(form_field)
    outside, outside_fields = glyphs.pop(None, []), fields.pop(None, [])
    if len(glyphs) < 2 or max(map(len, glyphs.values())) > MAX_CELL:
        return None
    content.glyphs, content.form_fields = outside, outside_fields
    cells = {
        number: Cell(_text(glyphs.get(number, ()), fields.get(number, ()))) for row in table.cells for number in row
    }
    lines = table_lines([[cells[number] for number in row] for row in table.cells])
    first = min((glyph for cell in glyphs.values() for glyph in cell), key=lambda glyph: glyph.order)
    top = table.rows[-1]
    return Run(
        text="\n\n".join(lines),
        left=table.columns[0],
        right=table.columns[-1],
        bottom=top - first.height,
        top=top,
        is_row=True,
        order=first.order,
    )


def _text(glyphs: Sequence[Glyph], fields: Sequence[FormField]) -> str:
    return cell_text(in_order(sorted(runs(glyphs, fields), key=lambda run: -run.top)))
