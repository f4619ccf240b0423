import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import articles, make_document, passages
from rag.text import squeeze

from ..pages import PAGES
from ..test_segmentation import HOSTILE, shown

ONE = """---
title: "老街改造记: 三百年"
date: 2025-08-01
author: 沈青
---

# 老街改造记: 三百年

老街有三百年历史，见[报道](https://a.cn/1)，住着**四百多户**人家。

<!-- 编者注：

- 待核
-->

## 价格

下面是本周的价格，由市场提供。
| 品种 | 价格 |
|---|---|
| 白菜 | 0.85 |

短段。

- 房租三年不涨
- 水电全部入户
  - 电费减半

## 查询

运行下面的命令，就能查到价格。

```sh
rag index
# 不是标题
```

## 结尾

改造还将继续。 <!-- 完 -->
"""


def read(text, name="page.md"):
    document = make_document(text.encode(), name)
    return document, articles(document)


def texts(text):
    return [[paragraph.text for paragraph in article.paragraphs] for article in read(text)[1]]


def test_a_file_with_a_title_in_front_is_one_article():
    document, (article,) = read(ONE)
    assert (article.title, article.date, article.kind) == ("老街改造记: 三百年", "2025-08-01", "article")
    assert article.byline is not None
    assert document.text[article.byline.start : article.byline.end] == "沈青"
    assert document.encoding == "markdown/utf-8"
    assert document.text == ONE
    assert [p.text for p in article.paragraphs] == [
        "老街有三百年历史，见[报道](https://a.cn/1)，住着**四百多户**人家。",
        "价格\n下面是本周的价格，由市场提供。",
        "| 品种 | 价格 |\n|---|---|\n| 白菜 | 0.85 |",
        "短段。",
        "- 房租三年不涨\n- 水电全部入户\n- 电费减半",
        "查询\n运行下面的命令，就能查到价格。",
        "rag index\n# 不是标题",
        "结尾\n改造还将继续。",
    ]
    assert document.text[article.start : article.end].startswith("老街有三百年")
    assert document.text[: article.end].endswith("改造还将继续。")


def test_the_front_matter_is_in_no_passage():
    document, (article,) = read(ONE)
    found = passages(article, document.text)
    assert all("title" not in passage.text and "待核" not in passage.text for passage in found)
    assert found[0].start > document.text.index("---\n\n#")


def test_a_day_in_front_holds_for_all_articles_and_their_own_bylines_before_it():
    _, found = read(
        "---\ndate: 2025-08-01\n---\n# 甲\n\n甲说了话，大家都在听。\n\n"
        "# 乙\n\n2025-07-30 09:12 来源：新华网\n\n乙说了话，大家都在听。\n"
    )
    assert [(article.title, article.date) for article in found] == [("甲", "2025-08-01"), ("乙", "2025-07-30")]


def test_headlines_of_the_first_level_are_articles_whatever_the_file_is_called():
    _, found = read("---\ntitle: 一周要闻\ndate: 2025-08-01\n---\n# 甲\n\n甲说了话。\n\n# 乙\n\n乙说了话。\n")
    assert [(article.title, article.date) for article in found] == [("甲", "2025-08-01"), ("乙", "2025-08-01")]


def test_a_title_alone_is_its_text():
    document, (article,) = read("---\ntitle: 停水通知\n---\n")
    assert [(p.text, document.text[p.start : p.end]) for p in article.paragraphs] == [("停水通知", "停水通知")]


def test_sections_under_a_title_in_front_begin_no_article():
    assert texts("---\ntitle: 总结\n---\n\n## 一年\n\n甲说了话。\n\n## 两年\n\n乙说了话。\n") == [
        ["一年\n甲说了话。", "两年\n乙说了话。"]
    ]


def test_units_below_a_heading_are_headed_by_it_and_no_text_is_joined_to_them():
    listed = "## 材料\n\n1. 身份证\n2. 照片\n\n各一份。\n\n"
    tabled = "## 价格\n\n|甲|乙|\n|-|-|\n|1|2|\n\n短。\n"
    assert texts(f"# 须知\n\n请带齐材料来办理。\n\n{listed}{tabled}") == [
        ["请带齐材料来办理。", "材料\n1. 身份证\n2. 照片", "各一份。", "价格\n|甲|乙|\n|-|-|\n|1|2|", "短。"]
    ]


def test_two_units_are_two():
    assert texts("正文在这里，说了很多话。\n\n- 甲\n- 乙\n\n* 丙\n* 丁\n\n~~~\na\n\nb\n~~~\n") == [
        ["正文在这里，说了很多话。", "- 甲\n- 乙", "* 丙\n* 丁", "a\nb"]
    ]


def test_a_fence_that_is_never_closed_makes_no_code_of_the_rest():
    assert texts("# 甲\n\n甲说了话。\n\n```\n\n# 乙\n\n乙说了话。\n") == [["甲说了话。\n```"], ["乙说了话。"]]


def test_headings_underlined():
    _, found = read(
        "标题\n===\n\n正文在这里，有一句话。\n\n小节\n---\n\n又是一句话，说完了。\n---\n\n再一句，很长很长。\n"
    )
    assert [article.title for article in found] == ["标题"]
    assert [p.text for p in found[0].paragraphs] == [
        "正文在这里，有一句话。",
        "小节",
        "又是一句话，说完了。",
        "再一句，很长很长。",
    ]


def test_comments():
    assert texts(
        "甲说<!-- 谁 -->了话，大家都在听。\n\n<!-- 注 -->乙说了话，大家也在听。\n\n丙 <!-- 没有结束，也说了很多话。\n"
    ) == [["甲说了话，大家都在听。", "乙说了话，大家也在听。", "丙 <!-- 没有结束，也说了很多话。"]]
    assert texts("甲说了话，大家都在听。\n\n```html\n<!-- 注 -->\n```\n")[0][1] == "<!-- 注 -->"


def test_nothing_unread_makes_a_gap_that_sets_an_article_apart():
    between = ("<!-- 注\n\n\n\n注 -->", "```\n代码\n```", "- 甲\n- 乙\n\n<!-- 注 -->")
    for unread in between:
        assert (
            len(read(f"标题在此\n\n正文第一段，讲了一件事。\n\n{unread}\n\n小标题\n\n正文第二段，讲了一件事。\n")[1])
            == 1
        )


#: Pages whose lists and tables are read otherwise as Markdown than as plain text.
UNITS = ("Markdown: one article with sections", "a Markdown table", "Markdown headings underlined")


@pytest.mark.parametrize("page", [p for p in PAGES if p.name not in UNITS], ids=lambda page: page.name)
def test_all_else_is_read_as_plain_text_is(page):
    document, found = read(page.text)
    got = [line for article in found for line in shown(article, document.text)]
    plain = [line for article in read(page.text, "page.txt")[1] for line in shown(article, document.text)]
    assert got == plain


MARKDOWN = ("# ", "- ", "1. ", "|", "|-|-|\n", "```\n", "~~~", "<!--", "-->", "---\n", "===\n", "> ", "title: ", "\\")
OTHERS = (
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u2028",
    "    ",
    "\t",
    "会议召开。",
    "甲",
    "a b",
    "[a](b)",
    "本报讯 ",
    "😀",
    "\f",
)
PIECES = st.sampled_from((*MARKDOWN, *OTHERS))


@given(st.lists(PIECES, max_size=40).map("".join), st.booleans())
def test_every_paragraph_is_its_slice_of_the_file(text, titled):
    document, found = read(("---\ntitle: 题\n---\n" if titled else "") + text + "\n字")
    last = 0
    for article in sorted(found, key=lambda article: article.start):
        assert last <= article.start
        for paragraph in article.paragraphs:
            assert last <= paragraph.start < paragraph.end <= article.end
            assert squeeze(paragraph.text) == squeeze(document.text[paragraph.start : paragraph.end])
            last = paragraph.end
        for passage in passages(article, document.text):
            assert squeeze(passage.text) == squeeze(document.text[passage.start : passage.end])


N = 200_000
MARKS = {
    "lists in lists": "- " * (N // 2),
    "lists": "- a\n- b\n\n* a\n* b\n\n" * (N // 20),
    "quotes in quotes": "> " * (N // 2),
    "fences": "```\na\n```\n" * (N // 10),
    "open fences": "````\n```\n" * (N // 9),
    "comments": "<!-- a -->\n" * (N // 11),
    "comments on a line": "a<!---->" * (N // 8),
    "open comments": "<!--" * (N // 4),
    "tables": "|a|b|\n|-|-|\n|1|2|\n\n" * (N // 20),
    "a wide table": "|a" * (N // 8) + "|\n" + "|-" * (N // 8) + "|\n",
    "underlines": "a\n-\n" * (N // 4),
    "fields": "---\n" + "a: b\n" * (N // 5),
}


@pytest.mark.parametrize("name", [*HOSTILE, *MARKS])
def test_hostile_text_takes_no_longer_than_its_length(name):
    began = time.process_time()
    document, found = read({**HOSTILE, **MARKS}[name])
    for article in found:
        passages(article, document.text)
    assert time.process_time() - began < 10
