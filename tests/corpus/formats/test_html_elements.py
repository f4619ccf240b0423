import pytest

from rag.corpus import articles, make_document


def paragraphs(body, head=""):
    page = f"<html><head>{head}</head><body><h1>青榆镇概况</h1>{body}</body></html>"
    (article,) = articles(make_document(page.encode(), "a.html"))
    return [p.text for p in article.paragraphs]


def lines(body, head=""):
    return [line for text in paragraphs(body, head) for line in text.split("\n")]


@pytest.mark.parametrize(
    "body",
    [
        "船票<del>五十元</del><ins>四十元</ins>，老人免票。",
        "船票<s>五十元</s>四十元，老人免票。",
        "船票<strike>五十<b>元</b></strike>四十元，老人免票。",
        "船票<span style='text-decoration:line-through'>五十元</span>四十元，老人免票。",
        "船票<span class=was>五十元</span>四十元，老人免票。",
        "船票四十元，老人免票。<p><del>船票五十元，儿童半价，老人不免票。</del></p>",
        "<del><p>船票五十元，儿童半价。</p><p>老人不免票。</p></del><p>船票四十元，老人免票。</p>",
        "船票四十元，老人免票。<p hidden>草稿：船票五十元，等镇长签字以后才能发布。</p>",
        "船票四十元，老人免票。<p class=draft>草稿：船票五十元，等镇长签字以后才能发布。</p>",
        "船票四十元，老人免票。<p style='visibility:hidden'>草稿：船票五十元。</p>",
        "船票四十元<span style='display: none'>（草稿五十元）</span>，老人免票。",
        "<ruby>船票<rp>（</rp><rt>chuánpiào</rt><rp>）</rp></ruby>四十元，老人免票。",
        "<ruby><rb>船</rb><rb>票</rb><rtc><rt>chuán</rt><rt>piào</rt></rtc></ruby>四十元，老人免票。",
        "船\u200b票四\u00ad十元，老人免票。",
        "船票四十元<sup>[2]</sup>，老人免票<sup><a href='#n1'>1</a></sup>。<sup>注3</sup>",
    ],
)
def test_what_nobody_sees_is_not_read(body):
    head = "<style>.was{text-decoration:line-through} p.draft{display:none}</style>"
    assert paragraphs(body, head) == ["船票四十元，老人免票。"]


def test_an_article_that_a_script_unveils_is_read():
    body = "<div style='visibility:hidden;opacity:0'><p>船票四十元，老人免票。</p></div><p>扫码，关注。</p>"
    assert lines(body) == ["船票四十元，老人免票。", "扫码，关注。"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("3×10<sup>5</sup>", "3×10⁵"),
        ("10<sup>-6</sup>", "10⁻⁶"),
        ("10<SUP><b>12</b></SUP>", "10¹²"),
        ("25m<sup>2</sup>", "25m²"),
        ("H<sub>2</sub>O", "H₂O"),
        ("10<span style='vertical-align: super'>4</span>", "10⁴"),
        ("7<sup>1</sup>&frasl;<sub>2</sub>", "7¹⁄₂"),
        ("x<sup>总和</sup>", "x^(总和)"),
        ("10<sup>10<sup>2</sup></sup>", "10^(10²)"),
        ("21<sup>st</sup>", "21st"),
        ("<math><msup><mn>10</mn><mn>4</mn></msup></math>", "10⁴"),
        ("<math><mfrac><mn>1</mn><mrow><mi>n</mi><mo>+</mo><mn>2</mn></mrow></mfrac></math>", "1/(n+2)"),
        ("<math><semantics><msqrt><mn>2</mn></msqrt><annotation>\\sqrt 2</annotation></semantics></math>", "√2"),
        ("<math><msub><mi>v</mi><mn>0</mn></msub><mo>=</mo><mn>3</mn></math>", "v₀=3"),
        ("<math><mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "2 1/2"),
        ("<math><munder><mo>∑</mo><mi>i</mi></munder><mi>a</mi></math>", "∑_i a"),
        ("<math><mfenced open='[' close=')'><mi>a</mi><mi>b</mi></mfenced></math>", "[a, b)"),
        ("<math><mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac></math>", "(n ¦ k)"),
        ("<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable></math>", "[1, 2]"),
        ("<q>好</q>", "“好”"),
    ],
)
def test_raised_and_lowered_text_and_formulas(markup, text):
    assert paragraphs(f"<p>数值为{markup}，已核对。</p>") == [f"数值为{text}，已核对。"]


_POWER = "<math><msup><mn>10</mn><mn>4</mn></msup></math>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"<span class=mwe-math-element><span style='display:none'>{_POWER}</span><img alt='10^4'></span>", "10⁴"),
        (f"<span class=katex><span>{_POWER}</span><span class=katex-html aria-hidden=true>104</span></span>", "10⁴"),
        ("<span class=katex><span class=katex-html aria-hidden=true>104</span></span>", "￼"),
        (
            f"<mjx-container><mjx-math>104</mjx-math><mjx-assistive-mml>{_POWER}</mjx-assistive-mml></mjx-container>",
            "10⁴",
        ),
        ("<span class=MathJax_Preview>[math]</span><script type='math/tex'>10^4</script>", "10^4"),
        ("<span class=MathJax>104</span><script type='math/tex; mode=display'>10^4</script>", "10^4"),
        (
            "<div class=MathJax_Display><span class=MathJax>104</span></div><script type='math/tex'>10^4</script>",
            "10^4",
        ),
    ],
)
def test_a_formula_is_read_and_not_what_a_program_drew_of_it(markup, text):
    shown = "".join(paragraphs(f"<p>日供水量为{markup}吨，已核对。</p>"))
    assert "".join(shown.split()) == f"日供水量为{text}吨，已核对。"


def test_a_title_is_read_as_the_text_is():
    page = "<h1>日产10<sup>4</sup>吨<del>旧</del></h1><p>水厂扩建完工，日产一万吨。</p>"
    (article,) = articles(make_document(page.encode(), "a.html"))
    assert (article.title, article.paragraphs[0].text) == ("日产10⁴吨", "水厂扩建完工，日产一万吨。")


AFTER = "<p>以上数字截至去年底，今年的还没有统计完。</p>"


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "<tr><th>渡口</th><th>头班</th><th>末班</th></tr><tr><td>上湾</td><td>5:50</td><td>20:10</td></tr>"
            "<tr><td>下湾</td><td>6:20</td><td>20:40</td></tr>",
            ["上湾，头班：5:50。 上湾，末班：20:10。", "下湾，头班：6:20。 下湾，末班：20:40。"],
        ),
        (
            "<thead><tr><td>Pier<td>Last boat</tr></thead><tr><td>Upper Bay<td>20:10<tr><td>Lower Bay<td>20:40",
            ["UpperBay,Lastboat:20:10.", "LowerBay,Lastboat:20:40."],
        ),
        (
            "<tr><td><b>渡口</b></td><td><p><strong>负责人</strong></p></td></tr><tr><td>上湾</td><td>李四</td></tr>"
            "<tr><td>下湾</td><td>王五</td></tr>",
            ["上湾，负责人：李四。", "下湾，负责人：王五。"],
        ),
        (
            "<tr><th>班级</th><th>课程</th><th>课时</th></tr><tr><td rowspan=2>一班</td><td>语文</td><td>7</td></tr>"
            "<tr><td>数学</td><td>5</td></tr><tr><td rowspan='2'>二班</td><td>语文</td><td>8</td></tr>"
            "<tr><td>数学</td><td>6</td></tr>",
            ["一班，语文，课时：7。", "一班，数学，课时：5。", "二班，语文，课时：8。", "二班，数学，课时：6。"],
        ),
        (
            "<tr><th rowspan=2>航线</th><th colspan=2>平日</th></tr><tr><th>头班</th><th>末班</th></tr>"
            "<tr><td>甲线</td><td>6:00</td><td>20:00</td></tr><tr><td>乙线</td><td colspan=2>停航</td></tr>",
            ["甲线，平日 头班：6:00。 甲线，平日 末班：20:00。", "乙线，平日 头班、平日 末班：停航。"],
        ),
        (
            "<tr><th>电话</th><td>8601</td></tr><tr><th>地址</th><td>东街十五号</td></tr>",
            ["电话 8601", "地址 东街十五号"],
        ),
        (
            "<tr><td>姓名</td><td>李四</td></tr><tr><td>籍贯</td><td>上湾</td></tr>",
            ["姓名 李四", "籍贯 上湾"],
        ),
        (
            "<tr><th>渡口</th><td>上湾</td><td>下湾</td></tr><tr><th>头班</th><td>5:50</td><td>6:20</td></tr>",
            ["头班，上湾：5:50。 头班，下湾：6:20。"],
        ),
        (
            "<caption>渡船</caption><tr><th>渡口</th><th>末班</th></tr><tr hidden><td>旧湾</td><td>19:00</td></tr>"
            "<tr><td>上湾</td><td><s>19:10</s>20:10</td></tr>",
            ["渡船", "上湾，末班：20:10。"],
        ),
    ],
)
def test_a_row_is_a_line_with_the_names_of_its_columns(table, rows):
    squeezed = [line.replace(" ", "") for line in lines(f"<table>{table}</table>{AFTER}")]
    assert squeezed == [row.replace(" ", "") for row in (*rows, "以上数字截至去年底，今年的还没有统计完。")]


@pytest.mark.parametrize(
    "table",
    [
        "<div role=row><span role=cell>东门</span><span role=cell>6:10</span></div>",
        "<style>.c{display:table-cell}</style><div><span class=c>东门</span><span class=c>6:10</span></div>",
    ],
)
def test_cells_of_tables_that_are_no_elements_of_tables_stand_apart(table):
    assert lines(f"{table}{AFTER}")[0].split() == ["东门", "6:10"]


def test_an_element_that_is_shown_as_a_block_is_a_paragraph():
    assert lines(f"<span style='display:block'>东门站</span><span>西门站</span>{AFTER}")[:2] == ["东门站", "西门站"]


def test_a_table_that_only_lays_out_the_page_is_read_cell_by_cell():
    cell = "<td><h2>{}</h2><p>{}今天启用，市民都来观看，镇长讲了话。</p></td>"
    body = f"<table><tr>{cell.format('码头', '码头')}{cell.format('学校', '学校')}</tr></table>"
    assert lines(body) == [
        "码头",
        "码头今天启用，市民都来观看，镇长讲了话。",
        "学校",
        "学校今天启用，市民都来观看，镇长讲了话。",
    ]


def test_a_table_of_links_is_left_out():
    row = "<tr><td><a href=1>首页</a></td><td><a href=2>新闻中心</a></td></tr>"
    assert lines(f"<table>{row}{row}</table>{AFTER}") == ["以上数字截至去年底，今年的还没有统计完。"]
