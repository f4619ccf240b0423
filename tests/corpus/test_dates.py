import pytest

from rag.corpus import articles, make_document
from rag.corpus.dates import day, day_of_field, day_of_path, is_day_first


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2025-08-01", "2025-08-01"),
        ("2025/8/1 09:12", "2025-08-01"),
        ("2025.08.01", "2025-08-01"),
        ("２０２５年８月１日", "2025-08-01"),
        ("2025 年 8 月 1 日 星期五 第01版", "2025-08-01"),
        ("20250801", "2025-08-01"),
        ("20250801091200", "2025-08-01"),
        ("2025-08-01T09:12:00+08:00", "2025-08-01"),
        ("Fri, 01 Aug 2025 09:12:00 GMT", "2025-08-01"),
        ("Aug. 1, 2025", "2025-08-01"),
        ("September 30, 1999", "1999-09-30"),
        ("1st May 2024", "2024-05-01"),
        ("2025-08-01 and again 2025年8月1日", "2025-08-01"),
        ("二〇二五年八月一日", "2025-08-01"),
        ("二○二五年十二月三十一日", "2025-12-31"),
        ("二零二五年十月二十号", "2025-10-20"),
        ("一九四九年十月一日", "1949-10-01"),
        ("民國114年8月1日", "2025-08-01"),
        ("1-Aug-2025", "2025-08-01"),
        ("2025 Aug 1", "2025-08-01"),
        ("二〇二五年八月", None),
        ("2025-08-01 to 2025-08-05", None),
        ("2025-02-30", None),
        ("2025-13-01", None),
        ("08/01/2025", None),
        ("8月1日", None),
        ("2025年8月", None),
        ("1722470400", None),
        ("", None),
    ],
)
def test_day(text, iso):
    assert day(text) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2025-08-01T23:59:00Z", "2025-08-01"),
        ("1754006400", "2025-08-01"),
        ("1754006400000", "2025-08-01"),
        ("1754006400.5", "2025-08-01"),
        ("1754006400123456", "2025-08-01"),
        ("/Date(1754006400000+0800)/", "2025-08-01"),
        ("1753977600", "2025-08-01"),  # midnight in China, 16:00 in Greenwich
        ("1753974000", "2025-07-31"),  # an hour before that
        ("2025080109", "2025-08-01"),
        ("13/08/2025", "2025-08-13"),
        ("8/13/2025 9:00", "2025-08-13"),
        ("08/08/2025", "2025-08-08"),
        ("01.08.2025", "2025-08-01"),
        ("01/08/2025", None),
        ("1/8/25", None),
        ("31/31/2025", None),
        ("12345678", None),
        ("99999999999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_day_of_field(text, iso):
    assert day_of_field(text) == iso


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        (["01/05/2024", "13/05/2024"], True),
        (["01/05/2024", "05/13/2024"], False),
        (["13/05/2024", "05/13/2024"], None),
        (["01/05/2024", "2024-05-13"], None),
    ],
)
def test_a_field_whose_order_is_certain_tells_it_of_the_others(fields, first):
    assert is_day_first(fields) is first
    assert day_of_field("01/05/2024", day_first=first) == {True: "2024-05-01", False: "2024-01-05", None: None}[first]


@pytest.mark.parametrize(
    ("path", "iso"),
    [
        ("20250801.txt", "2025-08-01"),
        ("2025-08-01_A01.pdf", "2025-08-01"),
        ("人民日报2025年8月1日.pdf", "2025-08-01"),
        ("rmrb20250801.txt", "2025-08-01"),
        ("html/2025-08/01/nw.D110000_1.htm", "2025-08-01"),
        ("2024/12/31/20250801.txt", "2025-08-01"),
        ("2025_8_1/02.md", "2025-08-01"),
        ("ab12520250801cd.txt", None),
        ("20250801-20250805.txt", None),
        ("1.2.2025.txt", None),
        ("000_ab015541aeefb666.txt", None),
        ("2025.txt", None),
        ("99999999.txt", None),
    ],
)
def test_day_of_path(path, iso):
    assert day_of_path(path) == iso


def dates(text, source="a.txt"):
    return [article.date for article in articles(make_document(text.encode(), source))]


def test_the_head_of_a_page_dates_its_articles():
    head = "武进日报 2025年8月1日 星期五 第01版"
    page = f"{head}\n\n会议召开\n\n本报讯 会议召开。\n\n车展启动\n\n本报讯 2018年6月1日，车展启动。\n"
    assert dates(page) == ["2025-08-01", "2025-08-01"]
    assert dates(page, "20240101.txt") == ["2025-08-01", "2025-08-01"]


def test_a_byline_dates_its_article():
    page = "会议召开\n\n2025-08-01 09:12 来源：武进日报 作者：张可馨\n\n会议今天上午召开，部署了工作。\n"
    assert dates(page, "20240101.txt") == ["2025-08-01"]


def test_dates_told_in_the_text_are_no_dates_of_publication():
    assert dates("会议召开\n\n2025年8月1日，会议在常州召开。\n") == [None]


def test_two_dates_at_the_head_of_a_page_tell_nothing():
    page = (
        "2025年8月1日 第01版\n\n会议召开\n\n本报讯 会议召开。\n\n2025年8月2日 第02版\n\n车展启动\n\n本报讯 车展启动。\n"
    )
    assert dates(page) == [None, None]
