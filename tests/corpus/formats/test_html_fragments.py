import pytest

from rag.corpus.formats.html.fragments import field_line, field_text, is_page


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("<p>渡船日运<b>三百人</b>。</p><p>票价&lt;一元&gt;。</p>", "渡船日运三百人。\n\n票价<一元>。"),
        ("渡船日运三百人。<br/>票价一元。<br/><img src='a.jpg'>", "渡船日运三百人。\n票价一元。"),
        ("日运<b>三百</b>人。\n\n票价一元。", "日运三百人。\n\n票价一元。"),
        ("票价<del>二元</del>一元，载重10<sup>3</sup>公斤。", "票价一元，载重10³公斤。"),
        ("<div>甲<script>x()</script></div><div style='display:none'>乙</div>", "甲"),
        ("&lt;p&gt;渡船&lt;/p&gt;&lt;p&gt;渡口&lt;/p&gt;", "渡船\n\n渡口"),
        ("<![CDATA[<p>渡船</p>]]>", "渡船"),
        ("渡船&amp;渡口&nbsp;都停", "渡船&渡口\xa0都停"),
        ("<h2>渡船</h2><ul><li>甲<li>乙</ul>", "## 渡船\n\n甲\n\n乙"),
        ("<img src=x>", ""),
        ("a < b 且 c > d", "a < b 且 c > d"),
        ("用<p>标签分段", "用<p>标签分段"),
        ("<通知>停航</通知>", "<通知>停航</通知>"),
        ("R&D; &unknown;", "R&D; &unknown;"),
        ("<b>\ud800</b>", "<b>\ud800</b>"),
    ],
)
def test_a_field_as_text(field, text):
    assert field_text(field) == text


def test_a_title_is_one_line():
    assert field_line("<h1>渡船<br>停航</h1>") == "渡船 停航"
    assert field_line("渡船") == "渡船"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("<!DOCTYPE html><p>渡船", True),
        ("\n<?xml version='1.0'?>\n<!-- 注 -->\n<HTML lang=zh>", True),
        ("<div>\n<p>渡船停航。</p>\n</div>", True),
        ("渡船\n<p>今天停航，明天也停航。</p>\n<p>后天通航。</p>", True),
        ("渡船今天停航，明天也停航，后天通航。\n\n<p>完</p>", False),
        ("网页用 <p> 和 </p> 表示段落。", False),
        ("<渡船>停航。", False),
        ("", False),
    ],
)
def test_what_is_a_page(text, page):
    assert is_page(text) is page
