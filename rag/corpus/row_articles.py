"""Build one article from each row of a document, with the title, date and address that the row gives.

A Markdown file whose front matter gives its title is read in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rag.corpus.dates import day, day_of_path
from rag.corpus.formats.markdown.regions import page_blocks
from rag.corpus.rows import PlacedRow, has_rows, split_rows
from rag.corpus.spans import shifted
from rag.corpus.structure.blocks import Block, BlockKind
from rag.corpus.structure.continuation import Continuation
from rag.corpus.structure.paragraphs import paragraphs
from rag.corpus.structure.reclassify import day_of_page, reclassify
from rag.corpus.structure.titles import title
from rag.text import clean, is_noisy, squeeze
from rag.types import Article, Document, Paragraph


def articles_of_rows(document: Document) -> Iterator[Article]:
    """An article has the number of its row; a row without any text gives no article."""
    default_date = day_of_path(document.source)
    for row in split_rows(document.text):
        if article := article_of_row(document, row, default_date):
            yield article


def article_of_row(document: Document, row: PlacedRow, default_date: str | None) -> Article | None:
    """The article of a row, or ``None`` if the row has neither title nor text.

    ``default_date`` is used if neither the row nor its text names a day.
    """
    page = document.text[row.text.start : row.text.end]
    given_title = document.text[row.title.start : row.title.end]
    layout = page_blocks(document, page)
    continuation, noisy = Continuation(layout.page), is_noisy(layout.page)
    blocks = _without_title(page, reclassify(layout.page, layout.blocks, continuation, noisy=noisy), given_title)
    body = [block for block in blocks if block.kind in (BlockKind.BODY, BlockKind.HEADING)]
    texts = tuple(
        replace(paragraph, start=paragraph.start + row.text.start, end=paragraph.end + row.text.start)
        for paragraph in paragraphs(page, body, continuation, noisy=noisy)
    )
    if not texts and len(row.title) == 0:
        return None
    byline = next((shifted(block.byline, row.text.start) for block in blocks if block.byline), None)
    headings = [block for block in blocks[:1] if block.kind is BlockKind.HEADING]
    # A short notice may consist of its title alone, which is its text then.
    texts = texts or (Paragraph(1, clean(given_title, noisy=False), row.title.start, row.title.end),)
    byline_date = day(document.text[byline.start : byline.end]) if byline else None
    return Article(
        source=document.source,
        number=row.number,
        title=clean(given_title, noisy=False) or title(page, headings, texts[0].text),
        kind="article",
        byline=byline or (row.author if len(row.author) else None),
        # In front matter, other fields may stand between the title and the text.
        start=row.title.start if given_title and has_rows(document) else texts[0].start,
        end=texts[-1].end,
        paragraphs=texts,
        date=row.date or byline_date or day_of_page(page, layout.blocks) or default_date,
        url=row.url,
    )


def _without_title(page: str, blocks: list[Block], title: str) -> list[Block]:
    """The blocks without a first headline that repeats the title."""
    repeats = bool(blocks) and blocks[0].kind is BlockKind.HEADING and squeeze(blocks[0].text(page)) == squeeze(title)
    return blocks[1:] if repeats else blocks
