import json

from rag.corpus import describe, make_document


def test_describe_is_the_object_of_inspect():
    page = "标题\n\n本报讯 （记者 张\n三）会议召 开，\n部署工作，研究了一批事项。\n\n图为现场。李四 摄\n"
    said = describe(make_document(page.encode("gb18030"), "页.txt"))
    text = "会议召 开，部署工作，研究了一批事项。"
    start, end = page.index("会议"), page.index("\n\n图")
    assert said == {
        "source": "页.txt",
        "encoding": "gb18030",
        "articles": [
            {
                "title": "标题",
                "byline": "本报讯 （记者 张三）",
                "kind": "article",
                "start": 0,
                "end": end,
                "paragraphs": [{"text": text, "start": start, "end": end}],
            },
            {
                "title": "图为现场",
                "byline": "李四 摄",
                "kind": "caption",
                "start": page.index("图"),
                "end": page.index("李四"),
                "paragraphs": [{"text": "图为现场。", "start": page.index("图"), "end": page.index("李四")}],
            },
        ],
    }
    assert json.loads(json.dumps(said)) == said


def test_no_byline_is_null():
    assert describe(make_document("春分刚过，田野里一片新绿。".encode(), "x.txt"))["articles"][0]["byline"] is None


def test_days_addresses_and_pages_are_told_where_they_are_known():
    table = make_document("text,date,url\n春分刚过。,2025-03-21,https://a.cn/1\n".encode(), "x.csv")
    (article,) = describe(table)["articles"]
    assert (article["date"], article["url"]) == ("2025-03-21", "https://a.cn/1")
    (article,) = describe(make_document("春分刚过，田野里一片新绿。\f".encode(), "x.txt"))["articles"]
    assert article["paragraphs"][0]["page"] == 1
