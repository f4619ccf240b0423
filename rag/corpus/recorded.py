"""The articles of a document whose file sets them apart: one of each record, with what the record says of it.

So is a Markdown file whose front matter gives its title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rag.corpus.blocks import Block, BlockKind
from rag.corpus.dates import day, day_of_path
from rag.corpus.joints import Joints
from rag.corpus.markdown import look
from rag.corpus.paragraphs import paragraphs
from rag.corpus.records import Part, has_records, split
from rag.corpus.settle import day_of_page, settle
from rag.corpus.titles import title
from rag.text import clean, is_noisy, squeeze
from rag.types import Article, Document, Paragraph, Span


def recorded_articles(document: Document) -> Iterator[Article]:
    """An article keeps the number of its record; a record without any text gives none."""
    issued = day_of_path(document.source)
    for part in split(document.text):
        if article := recorded_article(document, part, issued):
            yield article


def recorded_article(document: Document, part: Part, issued: str | None) -> Article | None:
    """The article of a part, ``None`` if it says nothing; ``issued`` is its day where nothing else tells one."""
    page = document.text[part.text.start : part.text.end]
    name = document.text[part.title.start : part.title.end]
    seen = look(document, page)
    joints, noisy = Joints(seen.page), is_noisy(seen.page)
    found = _without(page, settle(seen.page, seen.blocks, joints, noisy=noisy), name)
    body = [block for block in found if block.kind in (BlockKind.BODY, BlockKind.HEADING)]
    read = tuple(_moved(paragraph, part.text.start) for paragraph in paragraphs(page, body, joints, noisy=noisy))
    if not read and len(part.title) == 0:
        return None
    byline = next((_span(block.byline, part.text.start) for block in found if block.byline), None)
    headings = [block for block in found[:1] if block.kind is BlockKind.HEADING]
    # What has no text but a title, as notices have, says it in its title.
    read = read or (Paragraph(1, clean(name, noisy=False), part.title.start, part.title.end),)
    said = day(document.text[byline.start : byline.end]) if byline else None
    return Article(
        source=document.source,
        number=part.number,
        title=clean(name, noisy=False) or title(page, headings, read[0].text),
        kind="article",
        byline=byline or (part.author if len(part.author) else None),
        # Other fields may stand between the title in a front matter and the text.
        start=part.title.start if name and has_records(document) else read[0].start,
        end=read[-1].end,
        paragraphs=read,
        date=part.date or said or day_of_page(page, seen.blocks) or issued,
        url=part.url,
    )


def _without(page: str, found: list[Block], name: str) -> list[Block]:
    """The blocks without a headline that says the title again."""
    again = bool(found) and found[0].kind is BlockKind.HEADING and squeeze(found[0].text(page)) == squeeze(name)
    return found[1:] if again else found


def _moved(paragraph: Paragraph, by: int) -> Paragraph:
    return replace(paragraph, start=paragraph.start + by, end=paragraph.end + by)


def _span(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
