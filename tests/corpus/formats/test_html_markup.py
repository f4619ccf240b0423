import time

import pytest

from rag.corpus.formats.html.css import Styles
from rag.corpus.formats.html.markup import decode_page, parse_page, take_apart

N = 100_000


@pytest.mark.parametrize(
    ("page", "markup"),
    [
        ("a < b, 3<4, <5", "a &lt; b, 3&lt;4, &lt;5"),
        ('<P CLASS="x" onclick=y Class=z>甲</P>', '<p class="x">甲</p>'),
        ("<p title='<b>' id=\"a'b\">甲", '<p id="a\'b">甲'),
        ("甲<!-- <p>乙 -->丙<!--> 丁<!---> 戊<!-- 己 --!>庚", "甲丙 丁 戊庚"),
        ("甲<!DOCTYPE html><?php x ?><![CDATA[乙]]>丙</ x>丁", "甲丙丁"),
        ("<title>甲 <b> 乙</title>丙", "<title>甲 &lt;b> 乙</title>丙"),
        ("<textarea><p>甲</p></textarea>乙<xmp><i>丙</i></xmp>", "乙<pre>&lt;i>丙&lt;/i></pre>"),
        ('<p ="<"b="<">甲<p/class=x>乙', '<p>甲<p class="x">乙'),
        ("<a_b>甲</a_b><p", "甲<p>"),
    ],
)
def test_markup_is_written_anew(page, markup):
    assert take_apart(page).markup == markup


def test_scripts_and_style_sheets_are_set_aside():
    source = take_apart(
        '<script type="Application/LD+JSON">{"a":"</b>"}</SCRIPT ><style>p{x:y}</style>甲<script>if(a<b)'
    )
    assert source.markup == "甲"
    assert source.scripts == [("application/ld+json", '{"a":"</b>"}'), ("", "if(a<b)")]
    assert source.styles == ["p{x:y}"]


HOSTILE = {
    "attributes": "<p " + " ".join(f"a{n}" for n in range(N)) + ">字",
    "attributes without spaces": "<p " + "".join(f'a{n}="1"' for n in range(N)) + ">字",
    "attributes of marks": "<p " + "".join(f'a{n}="<"' for n in range(N)) + ">字",
    "attributes behind a comment": '<!-- <a b="--><p ' + " ".join(f"a{n}" for n in range(N)) + ">字",
    "classes": "<p class='" + " ".join(f"a{n}" for n in range(N)) + "'>字",
    "names without an end": "<a" * N + ">字",
    "values without an end": "<a b='" * N + "'>字",
    "comments": "<!--" * N + "-->字",
    "rules": "<style>" + "p{display:none}" * (N // 10) + "</style>" + "<p>字" * (N // 10),
    "braces": "<style>" + "{" * N + "</style>字",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_alone(name):
    began = time.process_time()
    source = take_apart(HOSTILE[name])
    styles = Styles(source.styles)
    assert [styles.look(element) for element in parse_page(source).iter()]
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "label", ["undefined", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "base64", "x"]
)
def test_a_declared_encoding_that_is_none_is_not_believed(label):
    page = f"<meta charset={label}><p>会议召开，部署了\\x工作。</p>".encode("gb18030")
    assert decode_page(page) == (page.decode("gb18030"), "gb18030")
