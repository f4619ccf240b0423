"""A page to its articles: which headline, byline and paragraphs belong together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rag.corpus.blocks import CAPTION_LENGTH, Block, BlockKind
from rag.corpus.dates import day, day_of_path
from rag.corpus.joints import Joints
from rag.corpus.markdown import is_markdown, look
from rag.corpus.matter import Matter, front_matter
from rag.corpus.paragraphs import paragraphs
from rag.corpus.recorded import recorded_article, recorded_articles
from rag.corpus.records import Part, has_records
from rag.corpus.settle import day_of_page, settle
from rag.corpus.shapes import LIST_MARK
from rag.corpus.titles import title
from rag.text import is_noisy
from rag.types import Article, Document, Kind, Span

#: Headings beyond this many before a byline belong to what stands above.
HEADING_LIMIT = 4


@dataclass(slots=True)
class _Draft:
    """An article while it is read."""

    headings: list[Block]
    kind: Kind = "article"
    byline: Span | None = None
    body: list[Block] = field(default_factory=list)
    signed_off: bool = False

    @property
    def start(self) -> int:
        return min(block.start for block in [*self.headings, *self.body])


def articles(document: Document) -> tuple[Article, ...]:
    """The articles of a document: those that its file sets apart, or else in the order in which they begin."""
    if has_records(document):
        return tuple(recorded_articles(document))
    page = document.text
    matter = front_matter(page) if is_markdown(document) else Matter()
    seen = look(document, page, matter.end)
    if len(matter.title) and sum(block.level == 1 for block in seen.blocks) < 2:
        part = Part(1, matter.date, matter.url, matter.author, matter.title, Span(matter.end, len(page)))
        article = recorded_article(document, part, day_of_path(document.source))
        return (article,) if article else ()
    joints, noisy = Joints(seen.page), is_noisy(seen.page)
    found = settle(seen.page, seen.blocks, joints, noisy=noisy)
    drafts = sorted((_with_body(page, draft) for draft in _drafts(found) if draft.body or draft.headings), key=_start)
    issued = matter.date or day_of_page(page, seen.blocks) or day_of_path(document.source)
    return tuple(
        _article(document, draft, number, joints, noisy, issued=issued) for number, draft in enumerate(drafts, 1)
    )


def _start(draft: _Draft) -> int:
    return draft.start


def _drafts(found: list[Block]) -> list[_Draft]:
    top = _article_level(found)
    drafts: list[_Draft] = []
    current: _Draft | None = None
    i = 0
    while i < len(found):
        run = _heading_run(found, i)
        body = i + len(run)
        caption = _caption_length(found, body)
        if caption and not (run and _text_follows(found, body + caption, current)):
            drafts.append(_caption(found, run, body, caption))
            i = body + caption
            continue
        if current is None or _opens_article(found, run, body, current, top):
            above, run = run[:-HEADING_LIMIT], run[-HEADING_LIMIT:]
            if current:
                current.body += above
            elif above:
                drafts.append(_Draft(headings=[], body=above))
            current = _Draft(headings=run)
            drafts.append(current)
        else:
            current.body += run
        if caption:  # a photograph between a headline and its article
            drafts.append(_caption(found, [], body, caption))
        elif body < len(found):
            _take(found[body], current)
        i = body + max(caption, 1)
    return drafts


def _heading_run(found: list[Block], i: int) -> list[Block]:
    run = []
    while i < len(found) and found[i].kind is BlockKind.HEADING:
        run.append(found[i])
        i += 1
    return run


def _article_level(found: list[Block]) -> int:
    """The Markdown level that separates articles: the highest one, if it is used more than once."""
    levels = [block.level for block in found if block.level]
    top = min(levels, default=0)
    return top if levels.count(top) > 1 else 0


def _opens_article(found: list[Block], run: list[Block], body: int, current: _Draft, top: int) -> bool:
    """A headline stands before a byline or behind a signature, or has the mark that the page's headlines have."""
    if body >= len(found):
        return False
    if not current.body:
        return bool(run) and current.byline is not None and _signed(found[body])
    if not run:
        return found[body].dateline
    marked = run[0].apart or any(block.level == top for block in run if top)
    return marked or current.signed_off or _signed(found[body])


def _signed(block: Block) -> bool:
    return block.dateline or block.kind in (BlockKind.BYLINE, BlockKind.CREDIT)


def _text_follows(found: list[Block], i: int, current: _Draft | None) -> bool:
    """Whether the headings above a caption have an article below it."""
    if i >= len(found):
        return False
    return _signed(found[i]) or (current is None and found[i].kind is BlockKind.BODY)


def _take(block: Block, draft: _Draft) -> None:
    if block.byline and draft.byline is None:
        draft.byline = block.byline
    if block.kind is BlockKind.BODY:
        draft.body.append(block)
        draft.signed_off = block.signs_off
    else:
        draft.signed_off = bool(draft.body)


def _caption_length(found: list[Block], i: int) -> int:
    """How many blocks from ``i`` on are a photo caption: its text with the credit in it, or behind it."""
    if i >= len(found) or found[i].kind is not BlockKind.BODY:
        return 0
    if found[i].credit:
        return 1
    behind = i + 1 < len(found) and found[i + 1].kind is BlockKind.CREDIT
    return 2 if behind and not found[i].byline and found[i].end - found[i].start <= CAPTION_LENGTH else 0


def _caption(found: list[Block], run: list[Block], i: int, length: int) -> _Draft:
    return _Draft(headings=run, kind="caption", byline=found[i + length - 1].byline, body=[found[i]])


def _with_body(page: str, draft: _Draft) -> _Draft:
    """Lines that all look like headings (verse, a list, a notice) are a text: the first of them is its title.

    A numbered heading (一、总体要求) is the first of the sections, not a part of the headline.
    """
    if not draft.body:
        return replace(draft, headings=draft.headings[:1], body=draft.headings)
    for i, block in enumerate(draft.headings):
        if i and draft.byline is None and LIST_MARK.match(block.text(page)):
            return replace(draft, headings=draft.headings[:i], body=draft.headings[i:] + draft.body)
    return draft


def _article(
    document: Document, draft: _Draft, number: int, joints: Joints, noisy: bool, *, issued: str | None
) -> Article:
    page = document.text
    found = paragraphs(page, draft.body, joints, noisy=noisy)
    return Article(
        source=document.source,
        number=number,
        title=title(page, draft.headings, found[0].text if found else ""),
        kind=draft.kind,
        byline=draft.byline,
        start=draft.start,
        end=max(block.end for block in [*draft.headings, *draft.body]),
        paragraphs=found,
        date=(day(page[draft.byline.start : draft.byline.end]) if draft.byline else None) or issued,
    )
