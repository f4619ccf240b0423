import json
import time

import pytest

from rag.corpus import articles, make_document
from rag.corpus.formats.tables import read_csv, read_jsonl
from rag.errors import ReadError

CSV = """编号,标题,正文,发布日期,作者,链接
1,河西水厂扩建完工,"扩建后的河西水厂日供水能力达到30万吨。

市水务局表示,""水价""不作调整,市民可以放心。",2025年7月3日,王五,https://example.org/1
2,夜间公交增开,夜间公交增开三条线路。,,,本报
,,,,,
4,停水通知,,2025-07-05,,
"""


def read(text, name):
    document = make_document(text.encode() if isinstance(text, str) else text, name)
    return document, articles(document)


def shown(article):
    return article.number, article.title, article.date, article.url, [p.text for p in article.paragraphs]


def reason(reader, text):
    with pytest.raises(ReadError) as caught:
        reader(text.encode())
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_one_row_is_one_article(encoding):
    document, found = read(CSV.encode(encoding), "文章.csv")
    assert document.encoding == f"csv/{encoding}"
    assert [shown(article) for article in found] == [
        (
            1,
            "河西水厂扩建完工",
            "2025-07-03",
            "https://example.org/1",
            ["扩建后的河西水厂日供水能力达到30万吨。", '市水务局表示,"水价"不作调整,市民可以放心。'],
        ),
        (2, "夜间公交增开", None, None, ["夜间公交增开三条线路。"]),
        (4, "停水通知", "2025-07-05", None, ["停水通知"]),
    ]
    byline = found[0].byline
    assert byline is not None
    assert document.text[byline.start : byline.end] == "王五"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters_and_names_of_columns(delimiter):
    text = f"ID{delimiter} Headline{delimiter}BODY\n1{delimiter}Library{delimiter}It stays open. Until ten.\n"
    assert [shown(a)[1:] for a in read(text, "a.tsv")[1]] == [
        ("Library", None, None, ["It stays open. Until ten."]),
    ]


def test_the_likelier_column_is_the_text():
    assert [shown(a)[4] for a in read("content,text\n甲。,乙。\n", "a.csv")[1]] == [["乙。"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\n1,x\n", "none of its columns (id, name) is the text: name it text, body, content, 正文"),
        ("text,title\n甲。,题\n乙。\n", "row 2 has 1 fields, the header 2: mend that row"),
        ("text,title\n甲。,题,多\n", "row 1 has 3 fields, the header 2: mend that row"),
        ('text,title\n甲。,题\n"乙。,题\n', "row 2 is no CSV (unexpected end of data): mend that row"),
        ('text\n"甲"乙\n', "row 1 is no CSV ("),
        ('"text\n', "its first line is no CSV header"),
        ("\n\n", "none of its columns () is the text"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_as_a_whole(text, said):
    assert said in reason(read_csv, text)


LINES = """{"title": "Library", "text": "It stays open.\\n\\nStudents had asked for it.", "date": "2025-08-01"}

{"headline": "图书馆", "body": ["周末开放到九点半，读者都表示欢迎。", "下周起实行新的时间。"], "authors": ["甲", "乙"]}
{"text": null, "title": "通知", "date": 20250803, "source": "https://a.cn/3", "extra": {"deep": []}}
"""


def test_one_line_is_one_article():
    document, found = read(LINES, "a.jsonl")
    assert document.encoding == "jsonl/utf-8"
    assert [shown(article) for article in found] == [
        (1, "Library", "2025-08-01", None, ["It stays open.\nStudents had asked for it."]),
        (3, "图书馆", None, None, ["周末开放到九点半，读者都表示欢迎。\n下周起实行新的时间。"]),
        (4, "通知", "2025-08-03", "https://a.cn/3", ["通知"]),
    ]
    byline = found[1].byline
    assert byline is not None
    assert document.text[byline.start : byline.end] == "甲, 乙"


GOOD = '{"text": "甲。"}\n'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "乙。"', "line 2 is no JSON (Expecting ',' delimiter): mend that line"),
        ("[1]", "line 2 is no JSON object: write one article a line"),
        ('"text"', "line 2 is no JSON object"),
        ('{"name": "x"}', "line 2 has no text: name that field text, body"),
        ('{"text": 5}', "line 2: its text is not a text: write it as a string"),
        ('{"text": {"a": "b"}}', "line 2: its text is not a text"),
        ('{"text": [1]}', "line 2: its text is not a text"),
        ('{"text": "x", "title": {}}', "line 2: its title is not a text"),
        ("[" * 100_000, "line 2 is no JSON (it is nested too deep"),
        ("9" * 10_000, "line 2 is no JSON (it is nested too deep or too long a number)"),
    ],
)
def test_lines_that_cannot_be_read_refuse_the_file(line, said):
    assert said in reason(read_jsonl, GOOD + line)


def test_half_a_character_is_refused():
    with pytest.raises(ReadError, match=r"half a character \(\\ud800\): write it whole"):
        make_document(b'{"text": "\\ud800"}', "a.jsonl")
    assert make_document(b'{"text": "\\ud83d\\ude00"}', "a.jsonl").text.endswith("😀\n")


@pytest.mark.parametrize(("name", "text"), [("a.csv", "text\n"), ("a.jsonl", '{"text": " "}'), ("a.jsonl", "\n")])
def test_a_table_without_articles_is_empty(name, text):
    with pytest.raises(ReadError, match="it is empty"):
        make_document(text.encode(), name)


def test_ten_thousand_rows_take_seconds():
    rows = "".join(f"标题{n},市图书馆周末开放到晚上九点半，读者都表示欢迎。\n" for n in range(10_000))
    began = time.process_time()
    _, found = read("title,text\n" + rows, "a.csv")
    assert len(found) == 10_000
    assert time.process_time() - began < 30


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    table = end.join(["title,text", '渡船,"渡船停航。' + end + '明天通航。"', "码头,码头启用。", ""])
    assert [a.title for a in read(table, "a.csv")[1]] == ["渡船", "码头"]
    assert [a.title for a in read(end.join(['{"text": "渡船停航。"}', '{"text": "码头启用。"}']), "a.jsonl")[1]] == [
        "渡船停航",
        "码头启用",
    ]


@pytest.mark.parametrize("hint", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n"])
def test_the_line_that_tells_excel_the_delimiter(hint):
    (article,) = read(f"{hint}title;text;a,b,c\n渡船;渡船停航。;\n", "a.csv")[1]
    assert (article.number, article.title, article.paragraphs[0].text) == (1, "渡船", "渡船停航。")


def test_what_excel_leaves_out_and_adds_at_the_end_of_rows():
    found = read("title,text,note\n渡船,渡船停航。\n码头,码头启用。,好,,\n,,\n", "a.csv")[1]
    assert [(a.number, a.title) for a in found] == [(1, "渡船"), (2, "码头")]
    assert "row 1 has 4 fields, the header 3" in reason(read_csv, "title,text,note\n渡船,渡船停航。,,多\n")
    assert "row 1 has 1 fields, the header 3" in reason(read_csv, "title,text,note\n渡船\n")


@pytest.mark.parametrize(
    ("reader", "text", "said"),
    [
        (read_csv, "title,text,Text \n题,甲。,乙。\n", "it has two columns named 'Text': rename or remove one of them"),
        (read_csv, "标题,标题,正文\n题,甲,乙。\n", "it has two columns named '标题'"),
        (read_jsonl, '{"text": "甲。", "text": "乙。"}', "line 1: it has two fields named 'text'"),
        (
            read_jsonl,
            '{"published_at": 1, "publishedAt": 2, "text": "甲。"}',
            "line 1: it has two fields named 'publishedAt'",
        ),
    ],
)
def test_two_columns_of_one_name_are_refused_by_name(reader, text, said):
    assert said in reason(reader, text)


def test_columns_that_are_not_read_may_have_one_name():
    assert [a.title for a in read("tag,tag,,,text\na,b,,,渡船停航。\n", "a.csv")[1]] == ["渡船停航"]


def test_of_two_fields_for_the_text_the_one_that_is_not_read_is_told_of():
    document, (article,) = read("content,text\n甲甲甲。,乙乙乙。\n", "a.csv")
    assert (article.paragraphs[0].text, len(document.notes)) == ("乙乙乙。", 1)
    assert document.notes[0].startswith("row 1 has several fields for the text: only one is read, text, body")
    document, (article,) = read("content,text\n甲甲甲。,\n", "a.csv")
    assert (article.paragraphs[0].text, document.notes) == ("甲甲甲。", ())


def test_fields_in_html_are_read_as_html():
    text = "<p>日运<b>三百</b>人，票价<s>二元</s>一元，载重10<sup>3</sup>公斤。</p><p>老人&nbsp;免票。</p>"
    for name, data in (
        ("a.csv", f'title,text\n<i>渡船</i>&amp;码头,"{text}"\n'),
        ("a.jsonl", json.dumps({"text": text})),
    ):
        (article,) = read(data, name)[1]
        assert [p.text for p in article.paragraphs] == ["日运三百人，票价一元，载重10³公斤。\n老人 免票。"]
        assert article.title == ("渡船&码头" if name == "a.csv" else "日运三百人，票价一元")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publishedAt", "2024-05-01T08:00:00Z"),
        ("publish_time", "2024-05-01 08:00"),
        ("PubDate", "Wed, 01 May 2024 08:00:00 GMT"),
        ("created_at", 1714521600),
        ("datePublished", 1714521600000),
        ("post date", "May 1, 2024"),
        ("刊登时间", "二〇二四年五月一日"),
        ("發佈時間", "2024/5/1"),
        ("date", {"$date": {"$numberLong": "1714521600000"}}),
    ],
)
def test_names_and_forms_of_days(name, value):
    document, (article,) = read(json.dumps({"text": "渡船停航。", name: value}), "a.jsonl")
    assert (article.date, document.notes) == ("2024-05-01", ())


@pytest.mark.parametrize("name", ["updated_at", "issue", "post", "modified", "发布人", "更新时间"])
def test_what_tells_no_day_of_publication(name):
    document, (article,) = read(json.dumps({"text": "渡船停航。", name: "2024-05-01"}), "a.jsonl")
    assert article.date is None
    assert document.notes == (
        f"its days ({name}) are not read: if they are those of publication, name that column date",
    )


def test_the_order_of_day_and_month_is_that_of_the_file():
    rows = "渡船停航。,01/05/2024\n渡船通航。,13/05/2024\n"
    assert [a.date for a in read("text,date\n" + rows, "a.csv")[1]] == ["2024-05-01", "2024-05-13"]


def test_a_date_that_tells_no_day_is_told_of_in_one_line():
    rows = "渡船停航。,01/05/2024\n渡船通航。,昨天\n码头启用。,\n"
    document, found = read("text,date\n" + rows, "a.csv")
    assert [a.date for a in found] == [None, None, None]
    assert document.notes == (
        "the date of row 1 (01/05/2024) tells no certain day, nor do 1 more: write dates as 2024-05-01",
    )


def test_a_form_feed_makes_no_page():
    for name, data in (
        ("a.csv", "title,text\n渡\f船,渡船停航。\f明天通航。\n"),
        ("a.jsonl", '{"title": "渡\\f船", "text": "渡船停航。\\f明天通航。"}'),
    ):
        document, (article,) = read(data, name)
        assert document.page_at(article.paragraphs[0].start) is None
        assert article.paragraphs[0].text == "渡船停航。\n明天通航。"


def test_a_web_page_is_no_table():
    for reader in (read_csv, read_jsonl):
        assert "it is a web page: give it the ending .html" in reason(
            reader, "<html><table><tr><td>text</table></html>"
        )


def test_rows_that_begin_or_end_with_html_are_no_web_page():
    data = "text,title\n<p>船票四元。</p>,<b>渡口</b>\n<p>老人免票。</p>,<b>告示</b>\n"
    assert [article.paragraphs[0].text for article in read(data, "a.csv")[1]] == ["船票四元。", "老人免票。"]


def test_excel_may_leave_out_an_empty_date_at_the_end_of_a_row():
    _, found = read("title,text,date\n渡船,渡船停航。,2024-05-01\n渡口,渡口重修。\n", "a.csv")
    assert [(article.title, article.date) for article in found] == [("渡船", "2024-05-01"), ("渡口", None)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "title,text,fecha\n渡船,渡船停航。,2024-05-01\n"),
        ("a.jsonl", '{"text": "渡船停航。", "fecha": "2024-05-01"}\n{"text": "渡口重修。"}\n'),
    ],
)
def test_days_in_a_column_of_an_unknown_name_are_told_of(name, text):
    document, _ = read(text, name)
    assert document.notes == ("its days (fecha) are not read: if they are those of publication, name that column date",)
