"""The tables that a page draws with lines, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.grid import MAX_CELL, Cell, table_lines
from rag.corpus.pdf_columns import cell_text, in_order
from rag.corpus.pdf_glyphs import Field, Glyph
from rag.corpus.pdf_lines import Run, runs
from rag.corpus.pdf_rules import RuledTable


@dataclass(slots=True)
class Content:
    """What a page shows and is not read yet."""

    glyphs: Sequence[Glyph]
    fields: Sequence[Field]


def table_run(content: Content, table: RuledTable) -> Run | None:
    """The table as one run, its characters taken out of ``content``; ``None`` for lines that only lay out a page."""
    inside: dict[int, list[Glyph]] = {}
    filled: dict[int, list[Field]] = {}
    glyphs, fields = [], []
    for glyph in content.glyphs:
        cell = table.cell_at(glyph.middle, (glyph.bottom + glyph.top) / 2)
        glyphs.append(glyph) if cell is None else inside.setdefault(cell, []).append(glyph)
    for one in content.fields:
        cell = table.cell_at((one.left + one.right) / 2, (one.bottom + one.top) / 2)
        fields.append(one) if cell is None else filled.setdefault(cell, []).append(one)
    if len(inside) < 2 or max(map(len, inside.values())) > MAX_CELL:
        return None
    cells = {
        number: Cell(_text(inside.get(number, ()), filled.get(number, ()))) for row in table.cells for number in row
    }
    lines = table_lines([[cells[number] for number in row] for row in table.cells])
    content.glyphs, content.fields = glyphs, fields
    first = min((glyph for part in inside.values() for glyph in part), key=lambda glyph: glyph.order)
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


def _text(glyphs: Sequence[Glyph], fields: Sequence[Field]) -> str:
    return cell_text(in_order(sorted(runs(glyphs, fields), key=lambda run: -run.top)))
