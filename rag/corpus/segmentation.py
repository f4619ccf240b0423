"""Divide a page into articles: which headlines, bylines and paragraphs belong together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rag.corpus.dates import day, day_of_path
from rag.corpus.formats.markdown.front_matter import FrontMatter, front_matter
from rag.corpus.formats.markdown.regions import is_markdown, page_blocks
from rag.corpus.row_articles import article_of_row, articles_of_rows
from rag.corpus.rows import PlacedRow, has_rows
from rag.corpus.structure.blocks import CAPTION_LENGTH, Block, BlockKind
from rag.corpus.structure.continuation import Continuation
from rag.corpus.structure.paragraphs import paragraphs
from rag.corpus.structure.reclassify import day_of_page, reclassify
from rag.corpus.structure.shapes import LIST_MARK
from rag.corpus.structure.titles import title
from rag.text import is_noisy
from rag.types import Article, Document, Kind, Span

#: Of more headings than this in a row, only the last ones belong to the article below them.
HEADING_LIMIT = 4


@dataclass(slots=True)
class _Draft:
    """An article under construction."""

    headings: list[Block]
    kind: Kind = "article"
    byline: Span | None = None
    body: list[Block] = field(default_factory=list)
    signed_off: bool = False

    @property
    def start(self) -> int:
        return min(block.start for block in [*self.headings, *self.body])


def articles(document: Document) -> tuple[Article, ...]:
    """The articles of a document, in the order in which they begin."""
    if has_rows(document):
        return tuple(articles_of_rows(document))
    page = document.text
    matter = front_matter(page) if is_markdown(document) else FrontMatter()
    layout = page_blocks(document, page, matter.end)
    if len(matter.title) and sum(block.level == 1 for block in layout.blocks) < 2:
        row = PlacedRow(1, matter.date, matter.url, matter.author, matter.title, Span(matter.end, len(page)))
        article = article_of_row(document, row, day_of_path(document.source))
        return (article,) if article else ()
    continuation, noisy = Continuation(layout.page), is_noisy(layout.page)
    blocks = reclassify(layout.page, layout.blocks, continuation, noisy=noisy)
    drafts = [_with_body(page, draft) for draft in _drafts(blocks) if draft.body or draft.headings]
    drafts.sort(key=lambda draft: draft.start)
    default_date = matter.date or day_of_page(page, layout.blocks) or day_of_path(document.source)
    return tuple(
        _article(document, draft, number, continuation, noisy, default_date=default_date)
        for number, draft in enumerate(drafts, 1)
    )


def _drafts(blocks: list[Block]) -> list[_Draft]:
    top_level = _article_level(blocks)
    drafts: list[_Draft] = []
    draft: _Draft | None = None
    i = 0
    while i < len(blocks):
        headings = _heading_run(blocks, i)
        body = i + len(headings)
        caption = _caption_length(blocks, body)
        if caption and not (headings and _text_follows(blocks, body + caption, draft)):
            drafts.append(_caption(blocks, headings, body, caption))
            i = body + caption
            continue
        if draft is None or _opens_article(blocks, headings, body, draft, top_level):
            above, headings = headings[:-HEADING_LIMIT], headings[-HEADING_LIMIT:]
            if draft:
                draft.body += above
            elif above:
                drafts.append(_Draft(headings=[], body=above))
            draft = _Draft(headings=headings)
            drafts.append(draft)
        else:
            draft.body += headings
        if caption:  # a photograph between a headline and its article
            drafts.append(_caption(blocks, [], body, caption))
        elif body < len(blocks):
            _add_block(blocks[body], draft)
        i = body + max(caption, 1)
    return drafts


def _heading_run(blocks: list[Block], i: int) -> list[Block]:
    run = []
    while i < len(blocks) and blocks[i].kind is BlockKind.HEADING:
        run.append(blocks[i])
        i += 1
    return run


def _article_level(blocks: list[Block]) -> int:
    """The Markdown level that separates articles: the highest one, if it is used more than once."""
    levels = [block.level for block in blocks if block.level]
    top = min(levels, default=0)
    return top if levels.count(top) > 1 else 0


def _opens_article(blocks: list[Block], headings: list[Block], body: int, draft: _Draft, top_level: int) -> bool:
    """Whether ``headings`` begin an article and are not sub-headings of ``draft``.

    Headlines stand before a byline or behind a signature, stand apart, or have the page's Markdown level for articles.
    """
    if body >= len(blocks):
        return False
    if not draft.body:
        return bool(headings) and draft.byline is not None and _is_signed(blocks[body])
    if not headings:
        return blocks[body].dateline
    is_headline = headings[0].apart or any(block.level == top_level for block in headings if top_level)
    return is_headline or draft.signed_off or _is_signed(blocks[body])


def _is_signed(block: Block) -> bool:
    return block.dateline or block.kind in (BlockKind.BYLINE, BlockKind.CREDIT)


def _text_follows(blocks: list[Block], i: int, draft: _Draft | None) -> bool:
    """Whether the headings above a caption have an article below it."""
    if i >= len(blocks):
        return False
    return _is_signed(blocks[i]) or (draft is None and blocks[i].kind is BlockKind.BODY)


def _add_block(block: Block, draft: _Draft) -> None:
    if block.byline and draft.byline is None:
        draft.byline = block.byline
    if block.kind is BlockKind.BODY:
        draft.body.append(block)
        draft.signed_off = block.signs_off
    else:
        draft.signed_off = bool(draft.body)


def _caption_length(blocks: list[Block], i: int) -> int:
    """How many blocks from ``i`` on are a photo caption: one, or two if the credit is a block of its own."""
    if i >= len(blocks) or blocks[i].kind is not BlockKind.BODY:
        return 0
    if blocks[i].credit:
        return 1
    has_credit_below = i + 1 < len(blocks) and blocks[i + 1].kind is BlockKind.CREDIT
    return 2 if has_credit_below and not blocks[i].byline and blocks[i].end - blocks[i].start <= CAPTION_LENGTH else 0


def _caption(blocks: list[Block], headings: list[Block], i: int, length: int) -> _Draft:
    return _Draft(headings=headings, kind="caption", byline=blocks[i + length - 1].byline, body=[blocks[i]])


def _with_body(page: str, draft: _Draft) -> _Draft:
    """Move headings that are text into the body.

    If all lines look like headings (verse, a list, a notice), they are the text and the first is its title. A numbered
    heading (一、总体要求) begins the first section and is not a part of the headline.
    """
    if not draft.body:
        return replace(draft, headings=draft.headings[:1], body=draft.headings)
    for i, block in enumerate(draft.headings):
        if i and draft.byline is None and LIST_MARK.match(block.text(page)):
            return replace(draft, headings=draft.headings[:i], body=draft.headings[i:] + draft.body)
    return draft


def _article(
    document: Document, draft: _Draft, number: int, continuation: Continuation, noisy: bool, *, default_date: str | None
) -> Article:
    page = document.text
    texts = paragraphs(page, draft.body, continuation, noisy=noisy)
    return Article(
        source=document.source,
        number=number,
        title=title(page, draft.headings, texts[0].text if texts else ""),
        kind=draft.kind,
        byline=draft.byline,
        start=draft.start,
        end=max(block.end for block in [*draft.headings, *draft.body]),
        paragraphs=texts,
        date=(day(page[draft.byline.start : draft.byline.end]) if draft.byline else None) or default_date,
    )
