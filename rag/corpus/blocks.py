"""A page's text to blocks: headings, bylines, captions and body text, each a span of the page.

What a block is shows in its shape (length, end punctuation, marks, bylines), never in its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rag.text import clean
from rag.text.script import CJK, CJK_OR_PUNCTUATION
from rag.types import Span

HEADING_WIDTH = 42
HEADING_LINES = 4

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_CLOSERS = "”’」』）)】》〉〕]\"'*_ "
_TERMINAL = "。｡．！？!?…；;：:."
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_LIST_MARK = re.compile(
    r"(?:[-*+•●■◆▲]\s|\d{1,2}[.)、．]\s*\D|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|>\s)"
)
_INDENT = re.compile(r"(?:\u3000{2}|[ \t]{4,}|\t)\S")

_NAMES = r"[^()（）。；;!！?？\n]{1,60}"
_ROLE = r"(?:本报|见习|实习|特约|首席|全媒体|融媒体|新华社)*(?:记者|通讯员|评论员|实习生|编辑|编译|撰文|作者)"
#: A byline in front of text on the same line: 本报讯(记者 …), 新华社北京6月1日电(记者 …), BEIJING, Nov. 5 (Xinhua) --
_DATELINE = re.compile(
    rf"""(?:本\s*报(?:[\u4e00-\u9fff]{{0,4}}\s*)?讯 | 新华社[^。，,\n]{{0,14}}电 | 中新[社网][^。，,\n]{{0,14}}电)
         \s*(?:[(（]{_NAMES}[)）])?\s*
       | [(（]\s*(?:{_ROLE}){_NAMES}[)）]\s*
       | [A-Z][A-Za-z. ]{{2,30}},\s[A-Z][a-z]{{2,8}}\.?\s\d{{1,2}}\s\([A-Z][A-Za-z]{{1,20}}\)\s*[-—–]+\s*""",
    re.VERBOSE,
)
#: A byline with a line of its own: □ 记者 朱梦琪, □ 本报评论员, 文/张三, By Jane Doe
_BYLINE_LINE = re.compile(
    rf"""(?:[□■◎○●▲◆]\s*\S{_NAMES} | {_ROLE}[\s:：/]*(?:[\u4e00-\u9fff·]{{1,6}}\s*){{0,6}}
       | [文图]\s*[/／:：]\s*{_NAMES} | By\s+[A-Z][^.!?\n]{{2,60}})\s*""",
    re.VERBOSE,
)
_SIGN_OFF = re.compile(rf"\s*[(（]\s*(?:{_ROLE}|[文图]\s*[/／]){_NAMES}[)）]\s*$")
#: A photographer's credit at the end of a caption: 陆新 徐晶玮 摄, (记者 张三 摄影), 摄影:张三
_CREDIT = re.compile(
    rf"""(?:^|(?<=[。！？!?.\s]))[(（]?\s*(?:
          (?:{_ROLE}\s*)?(?:[\u4e00-\u9fff·]{{1,4}}[\s、,，]*){{1,8}}(?:文\s*[/／]?\s*)?摄(?:影报道|影|制)?
        | (?:摄影|图片|供图)\s*[:：/／]\s*[^。\n]{{1,30}}
        | Photo(?:graph)?s?\s+by\s+[^.\n]{{2,50}} )\s*[)）]?\s*[.。]?\s*$""",
    re.VERBOSE,
)


class BlockKind(StrEnum):
    """What a block looks like."""

    HEADING = "heading"
    BYLINE = "byline"
    CREDIT = "credit"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines that belong together. ``start``/``end`` leave out marks and surrounding white space.

    ``byline`` is the span of a byline in front of (or, signing off, behind) body text and lies outside start/end.
    ``credit`` says that a body block ends in a photographer's credit. ``level`` is that of a Markdown heading, or 0.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    byline: Span | None = None
    dateline: bool = False
    credit: bool = False

    def text(self, page: str) -> str:
        return page[self.start : self.end]


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    return [_classify(page, chunk) for group in _groups(page) for chunk in _split_group(page, group)]


def ends_sentence(text: str) -> bool:
    """Whether a text stops where a sentence may stop (closing quotes and brackets aside)."""
    return text.rstrip().rstrip(_CLOSERS)[-1:] in tuple(_TERMINAL)


def continues(page: str, before: Block, after: Block) -> bool:
    """Whether ``after`` goes on with the sentence that ``before`` breaks off, as columns and pages do."""
    head, tail = before.text(page), after.text(page)
    if ends_sentence(head) or _LIST_MARK.match(tail):
        return False
    if CJK_OR_PUNCTUATION.match(tail[0]) or CJK_OR_PUNCTUATION.match(head[-1]):
        return True
    return tail[0].islower() or tail[0].isdigit()


def _groups(page: str) -> list[list[Span]]:
    """Lines (without surrounding white space) between blank lines."""
    groups: list[list[Span]] = [[]]
    last_end = 0
    for match in _LINE.finditer(page):
        breaks = page[last_end : match.start()].replace("\r\n", "\n")
        if len(breaks) > 1 and groups[-1]:
            groups.append([])
        last_end = match.end()
        line = match.group()
        if line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            groups[-1].append(Span(start, match.start() + len(line.rstrip())))
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _split_group(page: str, lines: list[Span]) -> list[list[Span]]:
    """Cut a group where its lines are paragraphs, headings or bylines of their own."""
    per_line = _one_paragraph_per_line(page, lines)
    chunks = [[lines[0]]]
    for before, after in pairwise(lines):
        if _breaks(page, before, after, len(chunks[-1]) == 1, per_line):
            chunks.append([after])
        else:
            chunks[-1].append(after)
    return chunks


def _one_paragraph_per_line(page: str, lines: list[Span]) -> bool:
    ended = [ends_sentence(page[line.start : line.end]) for line in lines]
    return len(lines) > 1 and sum(ended) >= 0.6 * len(lines)


def _breaks(page: str, before: Span, after: Span, first: bool, per_line: bool) -> bool:
    upper, lower = page[before.start : before.end], page[after.start : after.end]
    line_start = page.rfind("\n", 0, after.start) + 1
    if _MARKDOWN_HEADING.match(upper) or _MARKDOWN_HEADING.match(lower) or _LIST_MARK.match(lower):
        return True
    if _BYLINE_LINE.fullmatch(upper) or _BYLINE_LINE.fullmatch(lower) or _DATELINE.match(lower):
        return True
    if _INDENT.match(page[line_start : after.end]) and (first or ends_sentence(upper)):
        return True
    if first and _heading_line(upper) and _width(lower) > HEADING_WIDTH:
        return True
    return per_line and (ends_sentence(upper) or (first and _heading_line(upper)))


def _classify(page: str, lines: list[Span]) -> Block:
    start, end = lines[0].start, lines[-1].end
    text = page[start:end]
    if mark := _MARKDOWN_HEADING.match(text):
        stop = end - (len(text) - len(text.rstrip("# ")))
        return Block(BlockKind.HEADING, start + mark.end(), max(stop, start + mark.end() + 1), level=len(mark[1]))
    if _BYLINE_LINE.fullmatch(text):
        return Block(BlockKind.BYLINE, start, end, byline=Span(start, end))
    if _CREDIT.fullmatch(text) and not _has_sentence(text):
        return Block(BlockKind.CREDIT, start, end)
    if _is_heading(page, lines):
        return Block(BlockKind.HEADING, start, end)
    return _body(page, start, end)


def _body(page: str, start: int, end: int) -> Block:
    text = page[start:end]
    if (match := _DATELINE.match(text)) and match.end() < len(text):
        byline = Span(start, start + len(match.group().rstrip()))
        return Block(BlockKind.BODY, start + match.end(), end, byline=byline, dateline=True, credit=_credited(text))
    if match := _DATELINE.fullmatch(text):
        return Block(BlockKind.BYLINE, start, end, byline=Span(start, end), dateline=True)
    if (sign_off := _SIGN_OFF.search(text)) and sign_off.start() > 0 and not _credited(text):
        byline = Span(start + sign_off.start() + _indent(sign_off.group()), end)
        return Block(BlockKind.BODY, start, start + sign_off.start(), byline=byline)
    return Block(BlockKind.BODY, start, end, credit=_credited(text))


def _credited(text: str) -> bool:
    credit = _CREDIT.search(text)
    return credit is not None and credit.start() > 0


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_heading(page: str, lines: list[Span]) -> bool:
    return len(lines) <= HEADING_LINES and all(_heading_line(page[line.start : line.end]) for line in lines)


def _heading_line(line: str) -> bool:
    """Short, and not ending like a sentence (a headline may ask or call out)."""
    text = line.strip().strip("*_ ")
    if not text or _width(text) > HEADING_WIDTH or _has_sentence(text) or not re.search(r"\w", text):
        return False
    return text.rstrip(_CLOSERS)[-1:] not in tuple("。｡．；;，,、：:.")


def _has_sentence(text: str) -> bool:
    return "。" in text or ". " in text


def _width(text: str) -> float:
    """Length in CJK characters; two other characters count as one."""
    text = clean(text, noisy=False)
    cjk = len(CJK.findall(text))
    return cjk + 0.5 * (len(text) - cjk)
