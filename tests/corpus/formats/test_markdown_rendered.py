import time

import pytest

from rag.corpus import articles, make_document
from rag.corpus.formats.markdown.rendered import rendered
from rag.errors import ReadError


def read(text):
    return make_document(text.encode(), "a.md").text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("船票~~五十元~~四十元。", "船票四十元。"),
        ("船票~~五十\n元~~四十元。", "船票四十元。"),
        ("船票3~5元，行程10~12里。", "船票3~5元，行程10~12里。"),
        ("~~甲\n\n乙~~", "~~甲\n\n乙~~"),
        ("~~ 甲 ~~，\\~~乙\\~~，~~~丙~~~", "~~ 甲 ~~，\\~~乙\\~~，~~~丙~~~"),
        ("`~~甲~~` ``a`~~乙~~`` ~~丙~~丁", "`~~甲~~` ``a`~~乙~~`` 丁"),
        ("```\n~~甲~~\n```\n\n~~乙~~丙", "```\n~~甲~~\n```\n\n丙"),
        ("- ~~甲~~\n- 乙\n", "\n- 乙\n"),
        ("乙\n* [ ] ~~甲~~\n", "乙\n\n"),
        ("船票<del>五十元</del><s>六十元</s>四十元。", "船票四十元。"),
        ("<del>甲\n\n乙</del>丙", "丙"),
        ("船票<span style='text-decoration:line-through'>五十</span>四十元。", "船票四十元。"),
        ("<p hidden>草稿</p>正文", "正文"),
        ("甲<!-- 草稿 -->乙", "甲乙"),
        ("[//]: # (草稿)\n正文", "\n正文"),
        ("船票{~~五十~>四十~~}元{--，儿童半价--}{>>查<<}。", "船票四十元。"),
        ("10<sup>4</sup>吨，H<sub>2</sub>O", "10⁴吨，H₂O"),
        ("<ruby>渡<rt>dù</rt></ruby>口", "渡口"),
        ("# <center>渡口</center>\n", "# 渡口\n"),
        ("甲<br>乙<b>丙</b><font color=red>丁</font>", "甲\n乙丙丁"),
        ("<ul><li>甲</li><li>乙</li></ul>", "甲\n乙\n"),
        ("用<p>分段，<渡口>，<https://a.cn>", "用<p>分段，<渡口>，<https://a.cn>"),
        ("**甲** [乙](c) *丁*", "**甲** [乙](c) *丁*"),
    ],
)
def test_what_is_shown(text, seen):
    assert read(text) == seen


def test_a_table_of_html_is_read_as_on_a_page():
    table = "<table>\n<tr><th>渡口</th><th>末班</th></tr>\n<tr><td>上湾</td><td>20:10</td></tr>\n</table>"
    (article,) = articles(make_document(f"# 渡船\n\n{table}\n\n票价一元，老人免票，遇大雾停航。\n".encode(), "a.md"))
    assert [line for p in article.paragraphs for line in p.text.split("\n")] == [
        "上湾，末班：20:10。",
        "票价一元，老人免票，遇大雾停航。",
    ]


def test_a_text_without_such_marks_is_the_files_own():
    text = "---\ntitle: 甲\n---\n\n# 乙\n\n- 3~5\n\n> *丙* `x` a<b\n"
    assert read(text) == text


N = 100_000
HOSTILE = {
    "raised": "<sup>" * (N // 11) + "</sup>" * (N // 11),
    "bold": "<b>" * (N // 7) + "</b>" * (N // 7),
    "struck": "~~a" * (N // 3),
    "comments": "<!--" * (N // 4),
    "code": "`a``b" * (N // 5),
    "rows of ticks": "".join("`" * n + "a" for n in range(700)),
    "edits": "{--" * (N // 3),
    "comments amid a line": "a" + "   <!-- -->b" * (N // 12),
    "tags": "<p " * (N // 3),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_alone(name):
    began = time.process_time()
    if name == "raised":
        with pytest.raises(ReadError, match="nested too deep"):
            rendered(HOSTILE[name], [])
    else:
        rendered(HOSTILE[name], [])
    assert time.process_time() - began < 5
