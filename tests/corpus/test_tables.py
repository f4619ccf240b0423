import time

import pytest

from rag.corpus import articles, make_document
from rag.corpus.tables import read_csv, read_jsonl
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
