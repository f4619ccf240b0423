from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import articles
from rag.corpus.rows import Row, has_rows, join_rows, split_rows
from rag.types import Document

TEXT = st.text(st.sampled_from(list("会议。a \n\t\x1c\x1d\x1e\x1f\u3000\f字😀#")))
ROWS = st.lists(st.builds(Row, number=st.integers(1, 10**6), text=TEXT, title=TEXT, author=TEXT), max_size=5)


def document(rows, source="a.csv"):
    return Document(source, join_rows(rows), "csv/utf-8", "")


def bare(text):
    return "".join(text.split())


@given(ROWS)
def test_rows_come_back_as_they_were_but_for_white_space(rows):
    text = join_rows(rows)
    parts = list(split_rows(text))
    assert [part.number for part in parts] == [row.number for row in rows]
    for part, row in zip(parts, rows, strict=True):
        for span, field in ((part.text, row.text), (part.title, row.title), (part.author, row.author)):
            found = text[span.start : span.end]
            assert found == found.strip()
            assert bare(found) == bare(field)


def test_a_row_is_an_article_with_what_it_says():
    row = Row(7, "第一段。\n\n第二段，比第一段要长一些，也有内容。", "标题", "王五", "2025-08-01", "https://a.cn/1")
    found = document([Row(3, "", ""), row])
    (article,) = articles(found)
    text = found.text
    assert (article.number, article.title, article.date, article.url) == (7, "标题", "2025-08-01", "https://a.cn/1")
    assert article.byline is not None
    assert text[article.byline.start : article.byline.end] == "王五"
    assert (text[article.start : article.start + 2], text[: article.end][-3:]) == ("标题", "内容。")
    assert [p.text for p in article.paragraphs] == ["第一段。\n第二段，比第一段要长一些，也有内容。"]


def test_the_text_tells_what_the_row_does_not():
    (article,) = articles(document([Row(1, "会议召开\n\n2025-08-01 09:12 来源：新华网\n\n会议今天召开，部署了工作。")]))
    assert (article.title, article.date) == ("会议召开", "2025-08-01")
    assert [p.text for p in article.paragraphs][-1].endswith("会议今天召开，部署了工作。")


def test_the_file_name_tells_the_day_of_what_says_none():
    dated, plain = articles(document([Row(1, "甲。", date="2025-01-02"), Row(2, "乙。")], "20250801.csv"))
    assert (dated.date, plain.date) == ("2025-01-02", "2025-08-01")


def test_a_title_alone_is_its_text():
    assert articles(document([Row(1, "", "停 水 停 电 通 知")]))[0].title == "停水停电通知"
    (article,) = articles(document([Row(1, "", "停水 通知")]))
    assert (article.title, [p.text for p in article.paragraphs]) == ("停水 通知", ["停水 通知"])
    assert article.start == article.paragraphs[0].start


def test_a_headline_that_says_the_title_again_is_read_once():
    (article,) = articles(document([Row(1, "市图书馆延时开放\n\n本报讯 周末开放到晚上九点半。", "市图书馆延时开放")]))
    assert [p.text for p in article.paragraphs] == ["周末开放到晚上九点半。"]


def test_headings_in_a_record_begin_no_article():
    text = "## 一\n\n本报讯 甲说了话。\n\n## 二\n\n新华社北京6月1日电 乙说了话。"
    assert len(articles(document([Row(1, text, "题")]))) == 1


def test_only_such_formats_have_rows():
    assert has_rows(Document("a", "", "html/utf-8", ""))
    assert not has_rows(Document("a", "\x1e1\x1f\x1f\x1f\x1f\x1fx", "utf-8", ""))
