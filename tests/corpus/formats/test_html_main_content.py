import time

import pytest

from rag.corpus import articles, make_document
from rag.corpus.formats.html import read_html
from rag.errors import ReadError

NEWS = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>全区经济运行分析会召开_武进新闻网</title>
<meta name="publishdate" content="2025-08-01"><link rel="canonical" href="https://wj.example/1.html"></head><body>
<div class="top-nav"><a href="/">首页</a> <a href="/a">新闻</a></div>
<div class="main"><h1>全区经济运行分析会召开</h1><div class="info">2025-07-31 09:12 来源：武进日报 作者：张可馨</div>
<div class="content"><p>　　6月1日，<b>全区</b>经济运行分析会召开，
部署了工作。</p><h2>稳中向好</h2>
<p>上半年产值1858.3亿元。<br>　　同比增长9.5%，总量居全市第一，增速也居全市第一。</p>
<table><tr><th>项目</th><th>数量</th></tr><tr><td>企业</td><td>1879家</td></tr></table></div>
<div class="list"><h3>相关阅读</h3><ul><li><a href=1>区政府开会</a></li><li><a href=2>车展启动</a></li></ul></div>
</div>
<div id="footer">版权所有，不得转载。</div><script>var a = "，。";</script></body></html>"""


def read(page, name="a.html"):
    document = make_document(page.encode() if isinstance(page, str) else page, name)
    return document, articles(document)


def texts(page):
    return [[p.text for p in article.paragraphs] for article in read(page)[1]]


def body(inside, head=""):
    return f"<html><head>{head}</head><body>{inside}</body></html>"


@pytest.mark.parametrize(("encoding", "how"), [("utf-8", "html/utf-8"), ("gb18030", "html/gb18030")])
def test_an_article_without_what_stands_around_it(encoding, how):
    document, (article,) = read(NEWS.encode(encoding))
    assert document.encoding == how
    assert (article.title, article.date, article.url) == (
        "全区经济运行分析会召开",
        "2025-08-01",
        "https://wj.example/1.html",
    )
    assert article.byline is not None
    assert document.text[article.byline.start : article.byline.end] == "2025-07-31 09:12 来源：武进日报 作者：张可馨"
    assert [p.text for p in article.paragraphs] == [
        "6月1日，全区经济运行分析会召开，部署了工作。",
        "稳中向好\n上半年产值1858.3亿元。",
        "同比增长9.5%，总量居全市第一，增速也居全市第一。\n企业，数量：1879家。",
    ]


@pytest.mark.parametrize(
    ("declared", "encoding", "how"),
    [
        ("big5", "big5", "big5hkscs"),
        ("shift_jis", "shift_jis", "shift_jis"),
        ("iso-8859-1", "cp1252", "cp1252"),
        ("utf-8", "gb18030", "gb18030"),  # declared wrongly
        ("nonsense", "gb18030", "gb18030"),
    ],
)
def test_encodings(declared, encoding, how):
    words = "Café “naïve”" if encoding == "cp1252" else "市區小學開學，學生全部回到校園中。" * 3
    words = "市内の小学校で授業が始まり、学生が戻った。" if encoding == "shift_jis" else words
    words = words.replace("學", "学").replace("開", "开").replace("園", "园") if encoding == "gb18030" else words
    page = body(f"<p>{words}</p>", f"<meta charset={declared}>").encode(encoding)
    text, found, _ = read_html(page)
    assert (found, words in text) == (f"html/{how}", True)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>车展启动_武进新闻网</title>", "车展启动"),
        ("<title>Cars | The Times</title>", "Cars"),
        ("<title>Cars - The Times</title>", "Cars"),
        ("<title>_</title><meta property='og:title' content='车展 启动'>", "车展 启动"),
        ("", "2018年，新能源汽车首次出现"),
    ],
)
def test_titles(head, title):
    _, (article,) = read(body("<p>2018年，新能源汽车首次出现，市民都来观看。</p>", head))
    assert article.title == title


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("<meta property='article:published_time' content='2025-08-01T08:00:00+08:00'>", "2025-08-01"),
        ('<script type="application/ld+json">{"datePublished": "2025-08-01"}</script>', "2025-08-01"),
        ('<script type="application/ld+json">{"@graph": [1, {"datePublished": "2025-08-01"}]}</script>', "2025-08-01"),
        ('<script type="application/ld+json">{broken</script><meta name=pubdate content=2025-08-02>', "2025-08-02"),
        ("<meta name='date' content='yesterday'>", None),
    ],
)
def test_days(head, day):
    assert read(body("<p>会议召开了，会议结束了。</p>", head))[1][0].date == day


def test_the_time_element_tells_the_day_if_it_says_so():
    page = "<p>会议召开了，会议结束了。</p><time datetime=2025-01-01>去年</time>"
    assert read(body(page))[1][0].date is None
    assert read(body(page.replace("<time", "<time pubdate")))[1][0].date == "2025-01-01"


def test_several_articles_on_a_page():
    one = "<article><h2>{}</h2><p>{}</p></article>"
    first, second = "河西水厂扩建完工，日供水能力达到三十万吨。" * 3, "夜间公交增开三条线路，末班车延长到零点。" * 3
    page = body("<p>今日要闻</p>" + one.format("水厂", first) + one.format("公交", second))
    found = read(page)[1]
    assert [(a.number, a.title) for a in found] == [(1, "水厂"), (2, "公交")]
    assert texts(page) == [[first], [second]]


@pytest.mark.parametrize(
    "page",
    [
        # What is marked as standing around is read if most of the text stands in it.
        "<form class='comments sidebar'><p>会议召开，部署了工作。</p></form>",
        "<div class='nav-open'><p>会议召开，部署了工作。</p></div><footer>联系我们。</footer>",
        "<main></main><p>会议召开，部署了工作。</p>",
        "<p>会议召开，部署了工作。</p><p hidden>隐。</p><p style='display: none'>藏。</p><nav>菜单。</nav>",
        "<main><p>会议召开，部署了工作。</p></main><p>广告。</p>",
        "会议召开，部署了工作。",
        "<p>会议召开，<!-- 注释 --><a href=x>部署</a>了工作。",
        "<pre>会议召开，\n部署了工作。</pre>",
        "<p>会议召开，<ruby>部署<rt>bùshǔ</rt></ruby>了工作。</p>",
        "<p>会议召开，部署了工作。\0</p>",
    ],
)
def test_what_is_read_of_a_page(page):
    assert texts(page) == [["会议召开，部署了工作。"]]


@pytest.mark.parametrize("page", ["", " ", "<html></html>", "<p></p>", "<script>x</script>", "<!-- -->"])
def test_a_page_without_text_is_refused(page):
    with pytest.raises(ReadError, match=r"it has no text|it is empty, or no HTML"):
        make_document(page.encode(), "a.html")


TITLE = "<title>渡船停航</title>"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (f"{TITLE}<h1>渡船停航</h1><img src=1.jpg alt=码头>", "it has no text: save its text"),
        (f"{TITLE}<p><del>渡船通航，老人免票。</del></p>", "it has no text: save its text"),
        (
            f"{TITLE}<frameset><frame src=a.html><frame src=b.html></frameset>",
            "frames for other pages (a.html, b.html)",
        ),
        (f"{TITLE}<iframe src=a.html></iframe>", "frames for other pages (a.html)"),
        (f"{TITLE}<div id=app></div><noscript>请启用脚本，谢谢。</noscript><script src=a.js></script>", "scripts run"),
        (f"{TITLE}<div id=app>加载中…</div><script src=a.js></script>", "scripts run"),
        (
            f"{TITLE}<p>Loading, please wait...</p><footer>© 2024 Town. All rights reserved.</footer><script></script>",
            "run",
        ),
        (f'{TITLE}<script type="application/json">{{"text": "渡船通航，老人免票。"}}</script>', "scripts run"),
    ],
)
def test_a_page_that_shows_nothing_but_its_title_is_refused(page, said):
    with pytest.raises(ReadError) as caught:
        make_document(page.encode(), "a.html")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "NewsArticle", "articleBody": "渡船因大雾停航，明天通航。", "datePublished": 1714521600}',
        '[{"@graph": [{"@type": "Comment", "articleBody": "一条很长很长的评论，比文章还要长得多，不是文章。"}, '
        '{"datePublished": "2024-05-01", '
        '"articleBody": "&lt;p&gt;渡船因大雾&lt;b&gt;停航&lt;/b&gt;，明天通航。&lt;/p&gt;"}]}]',
        '{"mainEntity": {"articleBody": "渡船因大雾停航，明天通航。", "datePublished": "2024-05-01"}}',
    ],
)
def test_the_text_that_a_page_gives_to_machines_is_read_where_it_shows_none(data):
    page = f'{TITLE}<div id=app></div><script type="application/ld+json">{data}</script>'
    (article,) = read(page)[1]
    assert (article.title, article.date, texts(page)) == ("渡船停航", "2024-05-01", [["渡船因大雾停航，明天通航。"]])


def test_the_text_that_a_page_shows_comes_first():
    shown = "渡船因大雾停航，明天通航，票价不变。"
    page = f'{TITLE}<script type="application/ld+json">{{"articleBody": "渡船停航。"}}</script><p>{shown}</p>'
    assert texts(page) == [[shown]]


@pytest.mark.parametrize("name", ["publish_time", "og:published_time", "created_at", "DC.Date"])
def test_names_of_days(name):
    page = body("<p>会议召开了，会议结束了。</p>", f"<meta name='{name}' content='13/05/2024 08:00'>")
    assert read(page)[1][0].date == "2024-05-13"


def test_a_date_that_tells_no_day_is_told_of():
    document, (article,) = read(body("<p>会议召开了，会议结束了。</p>", "<meta name=pubdate content='01/05/2024'>"))
    assert (article.date, document.notes) == (None, ("its date (01/05/2024) tells no certain day: it has none",))


def test_a_heading_that_links_to_itself_stays():
    page = "<h1>会议</h1><p>会议召开，部署了工作。</p><h2><a href='#x'>稳中向好</a></h2><p>产值增长，总量第一。</p>"
    assert texts(page) == [["会议召开，部署了工作。", "稳中向好\n产值增长，总量第一。"]]


def test_a_link_that_is_no_web_address_is_left_out():
    page = body("<p>会议召开，部署了工作。</p>", "<link rel=canonical href='javascript:alert(1)'>")
    assert read(page)[1][0].url is None


HOSTILE = {
    "deep": "<div>" * 50_000 + "会议召开，部署了工作。",
    "deep but fine": "<div>" * 250 + "会议召开，部署了工作。",
    "wide": "<p>会议召开，部署了工作。</p>" * 20_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">会议</p>",
    "unclosed": "<b><i>" * 20_000 + "会议",
    "tables": "<table><tr><td>" * 20_000,
    "links": "<a href=x>会议</a>" * 20_000,
    "articles": "<article><h2>会议</h2>" * 200,
    "line breaks": "<br>会议" * 20_000,
    "brackets": "<" * 200_000,
    "comments": "<!--" * 50_000,
    "entities": "&amp;&#x4e00;&bogus;" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_take_no_longer_than_their_length(name):
    began = time.process_time()
    refused = ""
    try:
        read(HOSTILE[name])
    except ReadError as error:
        refused = str(error)
    assert time.process_time() - began < 10
    expected = {
        **dict.fromkeys(("deep", "unclosed", "tables"), "nested too deep to be an article: save its text as .txt"),
        "links": "it has no text",
        "comments": "it is empty, or no HTML",
    }
    assert (name in expected) == bool(refused)
    assert expected.get(name, "") in refused


def test_a_short_article_in_a_form_is_read_although_the_page_has_scripts():
    page = f"{TITLE}<form><p>The mill opened in 1931, and it closed in 1970.</p></form><script src=a.js></script>"
    assert "The mill opened in 1931" in make_document(page.encode(), "a.html").text
