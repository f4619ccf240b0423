"""Text from questions and articles as literal HTML or literal Markdown."""

from __future__ import annotations

import html
import re

from rag.text import is_cjk

_SURROGATE = re.compile("[\ud800-\udfff]")
_BROKEN_LINE = re.compile(r"\s*[\r\n]\s*")
# Entities instead of backslashes: nothing in a Markdown parser takes an entity for syntax.
_REACTIVE = re.compile(r"[&<>\\`*_\[\]~|$#@]|(?<=:)//|(?<=[Ww]{3})\.")
_LINE_START = re.compile(r"(?m)^([+=-]|\d{1,9}(?=[.)]))")


def printable(text: str) -> str:
    """``text`` with lone surrogates replaced: they cannot be sent as UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def html_text(text: str) -> str:
    """``text`` escaped for HTML, between tags or in a quoted attribute."""
    return html.escape(printable(text), quote=True)


def one_line(text: str) -> str:
    """Broken lines joined as a reader would join them: without a space next to a Chinese character.

    >>> one_line("储备项\\n\\n目落地"), one_line("two\\nwords")
    ('储备项目落地', 'two words')
    """
    return _BROKEN_LINE.sub(lambda gap: _joint(text, gap), text)


def _joint(text: str, gap: re.Match[str]) -> str:
    beside = text[max(gap.start() - 1, 0) : gap.start()] + text[gap.end() : gap.end() + 1]
    return "" if any(is_cjk(c) for c in beside) else " "


def markdown_text(text: str) -> str:
    """``text`` escaped so that the chat's Markdown shows it literally, anywhere in a line.

    >>> markdown_text("1. *a* <b>")
    '&#49;. &#42;a&#42; &#60;b&#62;'
    """
    return _LINE_START.sub(_entities, _REACTIVE.sub(_entities, printable(text)))


def markdown_lines(text: str) -> str:
    """``text`` as a message of its own: line breaks kept, indentation (code, to Markdown) dropped."""
    return markdown_text("\n".join(line.strip() for line in text.splitlines()))


def _entities(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(c)};" for c in match.group())
