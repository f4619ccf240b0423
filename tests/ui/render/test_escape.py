from __future__ import annotations

import json

import pytest

from rag.ui.render.escape import html_text, markdown_lines, markdown_text, one_line, printable


def test_lone_surrogates_can_be_sent() -> None:
    assert printable("a\ud800b\U0001f600") == "a\ufffdb\U0001f600"
    assert json.dumps(printable("\udfff"), ensure_ascii=False).encode() == b'"\xef\xbf\xbd"'


def test_html_is_literal_between_tags_and_in_attributes() -> None:
    assert html_text("<a b='c' d=\"e\">&amp;${x}") == "&lt;a b=&#x27;c&#x27; d=&quot;e&quot;&gt;&amp;amp;${x}"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("2018年,约1.6万", "2018年,约1.6万"),
        ("**b** _i_ `c`", "&#42;&#42;b&#42;&#42; &#95;i&#95; &#96;c&#96;"),
        ("[a](#cite-1-1)", "&#91;a&#93;(&#35;cite-1-1)"),
        ("$$x$$ a|b ~c~", "&#36;&#36;x&#36;&#36; a&#124;b &#126;c&#126;"),
        ("&lt; \\*", "&#38;lt; &#92;&#42;"),
        ("http://a.b www.c.d e@f.g", "http:&#47;&#47;a.b www&#46;c.d e&#64;f.g"),
        ("1. a\n2) b\n- c\n+ d\n=== \n> e\n# f", "&#49;. a\n&#50;) b\n&#45; c\n&#43; d\n&#61;== \n&#62; e\n&#35; f"),
        ("12. a", "&#49;&#50;. a"),
    ],
)
def test_markdown_is_literal(text: str, escaped: str) -> None:
    assert markdown_text(text) == escaped


def test_indented_lines_of_a_question_are_no_code() -> None:
    assert markdown_lines("a\n\n    b\n\t- c ") == "a\n\nb\n&#45; c"


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("储备项\n\n目落地", "储备项目落地"),
        ("2018年\r\n 5 月", "2018年5 月"),
        ("two\nwords", "two words"),
        ("\na", " a"),
    ],
)
def test_broken_lines_are_joined(text: str, joined: str) -> None:
    assert one_line(text) == joined
