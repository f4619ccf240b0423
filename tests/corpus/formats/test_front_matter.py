import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.formats.markdown.front_matter import FrontMatter, front_matter


def said(page):
    found = front_matter(page)
    title, author = (page[span.start : span.end] for span in (found.title, found.author))
    return title, author, found.date, found.url, page[found.end :]


@pytest.mark.parametrize(
    ("page", "want"),
    [
        ("---\ntitle: 桥通车\ndate: 2025-08-01\n---\n正文", ("桥通车", "", "2025-08-01", None, "正文")),
        (
            '---\r\ntitle: "桥: 通车"  # 改过\r\nauthor: [张三, 李四]\r\n...\r\n正文',
            ("桥: 通车", "张三, 李四", None, None, "正文"),
        ),
        ("---\nTitle: 桥\ntags:\n  - a\n- b\nextra:\n  date: 2025-01-01\n---\n", ("桥", "", None, None, "")),
        (
            "---\n标题: 桥\n日期: 2025年8月1日\n链接: https://a.cn/1\n---",
            ("桥", "", "2025-08-01", "https://a.cn/1", ""),
        ),
        ("---\ntitle: >-\n  长长的\n  标题\ndate: x\n---\n正文", ("长长的\n  标题", "", None, None, "正文")),
        (
            '+++\ntitle = "Bridge #2"\ndate = 2025-08-01T09:00:00Z\n[params]\nauthor = "x"\n+++\nText',
            ("Bridge #2", "", "2025-08-01", None, "Text"),
        ),
        ("---\ntitle:\nurl: javascript:alert(1)\n---\n正文", ("", "", None, None, "正文")),
        ("---\ntitle: 'it''s'\n---\n", ("'it''s'", "", None, None, "")),
    ],
)
def test_what_a_front_matter_says(page, want):
    assert said(page) == want


@pytest.mark.parametrize(
    "page",
    [
        "",
        "---",
        "---\n---\n正文",
        "---\n本报讯 大桥通车。\n---\n正文",
        "---\ntitle: 桥\n正文没有结束",
        "正文\n---\ntitle: 桥\n---\n",
        "---\n记者：张三\n---\n",
        "---\n" + "a: b\n" * 500 + "---\n",
    ],
)
def test_what_is_none(page):
    assert front_matter(page) == FrontMatter()


@given(st.text(st.sampled_from(list("---+++\n\r:= abtitledate2025-08'\"[]>|#\u2028"))))
def test_every_span_lies_in_the_matter(text):
    for page in (text, f"---\n{text}\n---\n正文"):
        found = front_matter(page)
        for span in (found.title, found.author):
            assert 0 <= span.start <= span.end <= found.end <= len(page)
            assert page[span.start : span.end] == page[span.start : span.end].strip()
