"""Recognise headlines, bylines, photographers' credits and page furniture by their shape.

Length, punctuation, marks and roles before names decide, never the topic of a page.
Every function expects simplified characters (``rag.text.simplify``), so that each pattern is needed only once.
Patterns look at ``_TAIL`` characters at most, which also limits how far they can backtrack.
"""

from __future__ import annotations

import re

from rag.text import clean
from rag.text.script import CJK

HEADING_WIDTH = 42

_CLOSERS = "”’」』）)】》〉〕]\"'*_ "
_TERMINAL = tuple("。｡．！？!?…；;：:.")
_NO_HEADLINE_ENDS_IN = tuple("。｡．；;，,、：:.")
_TAIL = 100

_HAN = "[\u4e00-\u9fff]"
_NAMES = r"[^()（）【】。；;!！?？\n]{1,60}"
_IN_BRACKETS = _NAMES.replace(r"\n", "")  # a narrow column may break the line inside of brackets
_ROLE = (
    r"(?:本报|本刊|本网|见习|实习|特约|首席|全媒体|融媒体|驻[\u4e00-\u9fff]{2,3}|新华社|中新社)*"
    r"(?:记者|通讯员|评论员|实习生|编辑|编译|撰文|作者|特派员)"
)
_NAME = rf"(?:{_HAN}{{1,10}}(?:[·•]{_HAN}{{1,10}}){{1,3}}|{_HAN}{{1,4}})"
_PLACE = r"(?:\s*[/／]\s*[\u4e00-\u9fff]{0,8}(?:报道|报导|电|专电))?"
_SIGNED = rf"(?:{_ROLE}[\s:：/／]*+)?+"
_PEOPLE = rf"(?:{_SIGNED}{_NAME}(?:[\s、，,]++{_SIGNED}{_NAME}){{0,9}})"

MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
LIST_MARK = re.compile(
    r"(?:[-*+•●■◆▲]\s|\||\d{1,2}[.)、．]\s*\D|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|>\s)"
)
_BULLET = re.compile(r"[-*+•]\s|[|>]")
_RULE = re.compile(r"[-=*_—~·.•|:+\s]{3,}|#+")

_DAY = r"[A-Z][a-z]{2,8}\.?\ \d{1,2}"
#: A byline before text on the same line: 本报讯(记者 …), 新华社北京6月1日电(记者 …), BEIJING, Nov. 5 (Xinhua) --
_DATELINE = re.compile(
    rf"""(?P<agency> (?:本\s*[报刊台](?:(?:{_HAN}(?<!通)){{0,4}}\s*)?讯(?![员录息号])
               | (?:新华社|中新[社网]|本报)[^。，,！？\n]{{0,14}}(?:日\s*电|电(?=[\s(（])))
             \s*(?:[(（]{_IN_BRACKETS}[)）])?\s*
           | [A-Z][A-Za-z .'-]{{2,30}}(?:,\ {_DAY})?\ \([A-Z][A-Za-z]{{1,20}}\)\s*[-—–]+\s*
           | [A-Z][A-Z .'-]{{2,30}}(?:,\ {_DAY})?\s+[-—–]{{1,2}}\s+ )
       | [(（【〔\[]\s*{_ROLE}{_IN_BRACKETS}[)）】〕\]]\s*""",
    re.VERBOSE,
)
#: A byline on a line of its own: □ 记者 朱梦琪, □ 本报评论员, 文/张三, 来源：新华网, By Jane Doe
_BYLINE_LINE = re.compile(
    rf"""(?: [□○◎]\s*{_PEOPLE} | [□■◎○●▲◆]?\s*{_ROLE}[\s:：/／]*{_PEOPLE}?{_PLACE}
       | [□■◎○●▲◆]\s*本[报刊网]{_HAN}{{2,4}}
       | [文图]\s*[/／:：]\s*{_NAMES} | (?:来源|供稿|责任编辑|责编|组版|校对|审核)\s*[:：]\s*{_NAMES}
       | B[yY]\ +[A-Z][\w.'’-]*(?:,?\ +(?:[A-Z&][\w.'’-]*|and|of|the|for|in))*,? )\s*""",
    re.VERBOSE,
)
_SIGN_OFF = re.compile(rf"[(（]\s*(?:{_ROLE}|[文图]\s*[/／]){_IN_BRACKETS}[)）]\s*$")
#: A photographer's credit at the end of a caption: 陆新 徐晶玮 摄, (记者 张三 摄影), 摄影:张三, Photo by Jane Doe
_CREDIT = re.compile(
    rf"""(?: ^ | (?<=[。！？!?.…”"\s]) | (?=[(（]) ) [(（]?\s*(?:
          {_PEOPLE}\s*(?P<words>文\s*(?:[/／并]\s*)?)?(?<![拍航翻])摄(?:影|制)?(?P<report>报道)?
        | (?:摄影|图片|供图)\s*[:：/／]\s*[^。\n]{{1,30}}
        | Photo(?:graph)?s?(?:\s+by\s+|:\s*)[^.\n]{{2,50}} )\s*[)）]?\s*[.。]?\s*$""",
    re.VERBOSE,
)
_CREDIT_WORD = re.compile(r"[摄图]|Photo")

_DATE = r"(?:\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?|[A-Z][a-z]{2,8}\.?\ \d{1,2},\ \d{4})"
#: Below the headline of a web page: 2025-08-01 09:12 来源:新华网 作者:张三
_DATED_BYLINE = re.compile(
    rf"(?:(?:发布)?(?:时间|日期)\s*[:：]\s*)?{_DATE}(?:[\sT]*\d\d?:\d\d(?::\d\d)?)?"
    r"(?:[\s|｜·]*(?:来源|稿源|信息来源|作者|记者|编辑|责任编辑|责编|供稿|字号|点击|浏览|阅读)(?:次数|量|数)?\s*[:：][^:：。]{0,30}?){1,6}\s*"
)
_WEEKDAY = r"(?:星期|周|礼拜)[一二三四五六日天]|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_EDITION = rf"第?\s?[A-Z]?\d{{1,3}}\s?版|第\d{{1,6}}期|[A-Z]\d{{1,2}}|[Pp]age\ \d+|农历{_HAN}{{2,12}}+"
_PAPER = rf"(?:《?{_HAN}{{1,8}}[报刊]》?[\s·|｜]+)?"
_FURNITURE = re.compile(
    rf"(?=.*(?:{_DATE}|版|[Pp]age)){_PAPER}(?:{_HAN}{{2,4}}[:：])?(?:{_DATE}|\d\d?:\d\d(?::\d\d)?|{_WEEKDAY}|{_EDITION}|[\s,，|｜/·])++"
)


def width(text: str) -> float:
    """Length in CJK characters; two other characters count as one."""
    text = clean(text, noisy=False)
    cjk = len(CJK.findall(text))
    return cjk + 0.5 * (len(text) - cjk)


def ends_sentence(text: str) -> bool:
    """Whether a text ends like a sentence, disregarding closing quotes and brackets."""
    return text.rstrip().rstrip(_CLOSERS).endswith(_TERMINAL)


def is_heading_line(line: str) -> bool:
    """Whether a line is short and does not end like a statement; a headline may end with ``?`` or ``!``."""
    # Each character is at least half a unit wide, so a very long line needs no measuring.
    if len(line) > 4 * HEADING_WIDTH:
        return False
    text = line.strip("*_ \t\u3000")
    if "\t" in text:
        return False  # a row of a table
    if not re.search(r"\w", text) or _BULLET.match(line) or has_sentence(text) or width(text) > HEADING_WIDTH:
        return False
    return not text.rstrip(_CLOSERS).endswith(_NO_HEADLINE_ENDS_IN)


def has_sentence(text: str) -> bool:
    return "。" in text or ". " in text


def is_byline(text: str) -> bool:
    """Whether a line is a byline and nothing else, disregarding emphasis marks."""
    if len(text) > _TAIL:
        return False
    bare = text.strip("*_ ")
    return _BYLINE_LINE.fullmatch(bare) is not None or _DATED_BYLINE.fullmatch(bare) is not None


def is_furniture(text: str) -> bool:
    """Whether a line is nothing but a date, an edition, a page number or a rule."""
    return is_rule(text) or (len(text) <= _TAIL and _FURNITURE.fullmatch(text) is not None)


def is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None


def dateline(text: str) -> tuple[int, bool]:
    """The length of the byline before the text, and whether it names an agency or a newspaper (本报讯)."""
    match = _DATELINE.match(text[:_TAIL])
    return (match.end(), match["agency"] is not None) if match else (0, False)


def sign_off(text: str) -> int | None:
    """Where a byline in brackets at the end of the text begins, if there is one."""
    return _search_tail(_SIGN_OFF, text) if text.endswith((")", "）")) else None


def credit(text: str) -> int | None:
    """Where a photographer's credit at the end of the text begins, if there is one."""
    return _search_tail(_CREDIT, text) if _CREDIT_WORD.search(text[-_TAIL:]) else None


def is_story_credit(text: str) -> bool:
    """Whether a credit is for words and pictures (文/摄, 摄影报道), which signs an article and not a photograph."""
    match = _CREDIT.search(text[-_TAIL:])
    return match is not None and (match["words"] is not None or match["report"] is not None)


def _search_tail(pattern: re.Pattern[str], text: str) -> int | None:
    offset = max(0, len(text) - _TAIL)
    match = pattern.search(text[offset:])
    # A match that begins at the cut may in fact begin before it.
    if match is None or (offset and match.start() == 0):
        return None
    return offset + match.start() + len(match[0]) - len(match[0].lstrip())
