"""A page to its articles: which headline, byline and paragraphs belong together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rag.corpus.blocks import Block, BlockKind, blocks, continues
from rag.text import clauses, clean, fold, is_noisy, squeeze
from rag.types import Article, Document, Kind, Paragraph, Span

SHORT_PARAGRAPH = 15
MAX_TITLE = 120
# Headings beyond this many before a byline belong to what stands above.
HEADING_LIMIT = 4
# A first heading that shares less than this with the lead is a kicker, if a later one shares much more.
_KICKER_OVERLAP = 0.3


@dataclass(slots=True)
class _Draft:
    """An article while it is read; ``body`` pairs a block with its place on the page."""

    headings: list[Block]
    kind: Kind = "article"
    byline: Span | None = None
    body: list[tuple[int, Block]] = field(default_factory=list)


def articles(document: Document) -> tuple[Article, ...]:
    """The articles of a document, in the order in which they begin."""
    page = document.text
    drafts = [draft for draft in _drafts(page) if draft.body or draft.headings]
    noisy = is_noisy(page)
    return tuple(_article(document, draft, number, noisy) for number, draft in enumerate(drafts, 1))


def _drafts(page: str) -> list[_Draft]:
    found = blocks(page)
    top = _article_level(found)
    drafts: list[_Draft] = []
    current: _Draft | None = None
    i = 0
    while i < len(found):
        run = _heading_run(found, i)
        body = i + len(run)
        caption = _caption_length(page, found, body)
        if caption and not (run and found[body].dateline):
            drafts.append(_caption(found, run, body, caption))
            i = body + caption
        elif current is None or _opens_article(found, run, body, current, top):
            surplus = run[:-HEADING_LIMIT] if current else []
            if current:
                current.body += [(i + k, block) for k, block in enumerate(surplus)]
            current = _Draft(headings=run[len(surplus) :])
            drafts.append(current)
            i = _take(found, body, current)
        else:
            current.body += [(i + k, block) for k, block in enumerate(run)]
            i = _take(found, body, current)
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
    """A headline stands before a byline, or has the mark that the page's headlines have."""
    if body >= len(found):
        return False
    if not current.body:
        return False
    signed = found[body].kind is BlockKind.BYLINE or found[body].dateline
    if run:
        return signed or any(block.level == top for block in run if top)
    return signed and found[body].dateline


def _take(found: list[Block], i: int, draft: _Draft) -> int:
    """Give the block at ``i`` to the draft; returns the next index."""
    if i >= len(found):
        return i
    block = found[i]
    if block.byline and draft.byline is None:
        draft.byline = block.byline
    if block.kind in (BlockKind.BODY, BlockKind.CREDIT):
        draft.body.append((i, block))
    return i + 1


def _caption_length(page: str, found: list[Block], i: int) -> int:
    """How many blocks from ``i`` on are a photo caption: its text with the credit in it, or behind it."""
    if i >= len(found) or found[i].kind is not BlockKind.BODY:
        return 0
    if found[i].credit:
        return 1
    behind = i + 1 < len(found) and found[i + 1].kind is BlockKind.CREDIT
    return 2 if behind and not found[i].dateline else 0


def _caption(found: list[Block], run: list[Block], i: int, length: int) -> _Draft:
    return _Draft(
        headings=run,
        kind="caption",
        byline=Span(found[i + 1].start, found[i + 1].end) if length > 1 else None,
        body=[(i, found[i])],
    )


def _article(document: Document, draft: _Draft, number: int, noisy: bool) -> Article:
    page = document.text
    paragraphs = _paragraphs(page, draft, noisy)
    spans = [*draft.headings, *(block for _, block in draft.body)]
    start = min(block.start for block in spans)
    return Article(
        source=document.source,
        number=number,
        title=_title(page, draft, paragraphs),
        kind=draft.kind,
        byline=draft.byline,
        start=start,
        end=max(block.end for block in spans),
        paragraphs=paragraphs,
    )


def _paragraphs(page: str, draft: _Draft, noisy: bool) -> tuple[Paragraph, ...]:
    groups = _join_short(page, _join_broken(page, draft.body))
    return tuple(_paragraph(page, group, number, noisy) for number, group in enumerate(groups, 1))


def _paragraph(page: str, parts: list[Span], number: int, noisy: bool) -> Paragraph:
    """Parts are set on lines of their own, so that no sentence runs from one into the next."""
    text = "\n".join(clean(page[part.start : part.end], noisy=noisy) for part in parts)
    return Paragraph(number=number, text=text, start=parts[0].start, end=parts[-1].end)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of text read as one, from block ``first`` to block ``last``."""

    first: int
    last: int
    span: Span
    heading: bool


def _join_broken(page: str, body: list[tuple[int, Block]]) -> list[_Part]:
    parts: list[_Part] = []
    previous: Block | None = None
    for i, block in body:
        heading = block.kind is BlockKind.HEADING
        adjacent = bool(parts) and parts[-1].last + 1 == i and previous is not None
        if adjacent and not (heading or parts[-1].heading) and previous and continues(page, previous, block):
            parts[-1] = replace(parts[-1], last=i, span=Span(parts[-1].span.start, block.end))
        else:
            parts.append(_Part(i, i, Span(block.start, block.end), heading))
        previous = block
    return parts


def _join_short(page: str, parts: list[_Part]) -> list[list[Span]]:
    """Put headings before the paragraph they head, and short paragraphs to their neighbour."""
    groups: list[list[_Part]] = []
    for part in parts:
        open_heading = bool(groups) and groups[-1][-1].heading
        short = len(squeeze(page[part.span.start : part.span.end])) < SHORT_PARAGRAPH
        near = bool(groups) and groups[-1][-1].last + 1 == part.first
        if near and (open_heading or (short and not part.heading)):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [[part.span for part in group] for group in _close(groups)]


def _close(groups: list[list[_Part]]) -> list[list[_Part]]:
    """A heading that heads nothing goes to the paragraph before it."""
    if len(groups) > 1 and groups[-1][-1].heading and groups[-2][-1].last + 1 == groups[-1][0].first:
        return [*groups[:-2], groups[-2] + groups[-1]]
    return groups


def _title(page: str, draft: _Draft, paragraphs: tuple[Paragraph, ...]) -> str:
    headings = [_heading_text(page, block) for block in draft.headings]
    lead = paragraphs[0].text if paragraphs else ""
    if not headings:
        return _first_clause(lead)
    main = _main_heading(headings, lead)
    return " ".join(headings[main:] + headings[:main])


def _heading_text(page: str, block: Block) -> str:
    lines = block.text(page).strip("*_ ").splitlines()
    return " ".join(clean(line, noisy=False) for line in lines if line.strip())


def _first_clause(text: str) -> str:
    return text[: clauses(text)[0].end].strip().rstrip("，,、：:。")[:MAX_TITLE] if text else ""


def _main_heading(headings: list[str], lead: str) -> int:
    """Which heading is the headline: the first, unless it is a kicker over one that the lead repeats."""
    shared = [0.0 if heading.startswith(("—", "-")) else _overlap(heading, lead) for heading in headings]
    best = max(range(len(headings)), key=lambda i: (shared[i], -i))
    kicker = shared[0] < _KICKER_OVERLAP and shared[best] > 2 * shared[0] + 0.2
    return best if kicker else 0


def _overlap(heading: str, lead: str) -> float:
    """Share of the heading's character pairs that the lead has."""
    a, b = squeeze(fold(heading)), squeeze(fold(lead))
    pairs = {a[i : i + 2] for i in range(len(a) - 1)}
    return sum(pair in b for pair in pairs) / max(1, len(pairs))
