import pytest

from rag.corpus import articles, make_document
from rag.corpus.formats.pdf import read_pdf
from rag.corpus.formats.pdf.pages import begins_paragraph, page_text, usual_height, without_running_heads
from rag.corpus.formats.pdf.runs import Run
from rag.errors import ReadError

from ..made import column, made_pdf

MASTHEAD = (50, 760, 8, "武进日报 2025年8月1日 星期五 第A01版")
#: A headline, a byline, a sentence that runs over two pages, page numbers and running heads.
NEWSPAPER = made_pdf(
    [
        [
            MASTHEAD,
            (50, 700, 24, "区政府召开会议"),
            *column(
                50,
                660,
                [
                    "　　本报讯(记者 张三)昨天,区政",
                    "府召开会议,部署工作。",
                    "　　会议强调,要抓好工作落实,确保完成全年各项目标任务,不断推动",
                ],
            ),
            (300, 20, 8, "1"),
        ],
        [
            (50, 760, 8, "武进日报 2025年8月1日 星期五 第A02版"),
            *column(50, 700, ["在建项目提速。"]),
            (50, 600, 24, "新能源汽车展启动"),
            *column(50, 560, ["2018年,新能源汽车开始出", "现在巡展车队中。"]),
            (300, 20, 8, "2"),
        ],
        [
            (50, 760, 8, "武进日报 2025年8月1日 星期五 第A03版"),
            *column(50, 700, ["车展还有三天。"]),
            (300, 20, 8, "— 3 —"),
        ],
    ]
)


def reason(data):
    with pytest.raises(ReadError) as caught:
        read_pdf(data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_newspaper_with_its_headlines_pages_and_day():
    document = make_document(NEWSPAPER, "a.pdf")
    assert document.encoding == "pdf"
    assert document.text.split("\n") == [
        *("武进日报 2025年8月1日 星期五 第A01版", "", "# 区政府召开会议", ""),
        *(
            "　　本报讯(记者 张三)昨天,区政",
            "府召开会议,部署工作。",
            "",
            "　　会议强调,要抓好工作落实,确保完成全年各项目标任务,不断推动",
            "\f",
        ),
        *("在建项目提速。", "", "# 新能源汽车展启动", "", "2018年,新能源汽车开始出", "现在巡展车队中。", "\f"),
        *("车展还有三天。", "\f", ""),
    ]
    first, second = articles(document)
    assert (first.title, second.title) == ("区政府召开会议", "新能源汽车展启动")
    assert (first.date, second.date) == ("2025-08-01", "2025-08-01")
    assert [p.text for p in first.paragraphs] == [
        "昨天,区政府召开会议,部署工作。",
        "会议强调,要抓好工作落实,确保完成全年各项目标任务,不断推动在建项目提速。",
    ]
    assert [p.text for p in second.paragraphs] == ["2018年,新能源汽车开始出现在巡展车队中。\n车展还有三天。"]
    pages = [document.page_at(document.text.index(words)) for words in ("昨天", "推动", "在建", "2018", "三天")]
    assert pages == [1, 1, 2, 2, 3]


def test_a_word_that_a_hyphen_breaks_is_whole():
    data = made_pdf([column(50, 700, ["They kept the informa-", "tion. 😀 It was well-known,", "and true."])])
    assert read_pdf(data)[0] == "They kept the information. 😀 It was well-known,\nand true.\n\f\n"


def test_two_columns_are_two_texts():
    left = column(50, 700, ["左栏第一行还没有完,", "左栏第二行。"])
    right = column(300, 700, ["右栏第一行还没有完,", "右栏第二行。"])
    assert (
        read_pdf(made_pdf([left + right]))[0]
        == "左栏第一行还没有完,\n左栏第二行。\n\n右栏第一行还没有完,\n右栏第二行。\n\f\n"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no PDF, or a damaged one: open and save it anew"),
        (b"not a PDF at all", "it is no PDF"),
        (NEWSPAPER[:900], "it is no PDF, or a damaged one"),
        (NEWSPAPER.replace(b"/Type /Page /Parent", b"/Type /Pagx /Parent", 1), "its page 1 is damaged: open and save"),
        (made_pdf([[]]), "pictures without text: have its text recognised first (OCR)"),
        (
            made_pdf([[(50, 50, 10, "abcdef")]], mapped=False),
            "does not tell the characters: have its text recognised (OCR)",
        ),
        (made_pdf([[(50, 50, 10, "x")]] * 2001), "it has 2001 pages, the limit is 2000: split it"),
    ],
)
def test_what_cannot_be_read_is_said(data, said):
    assert said in reason(data)


def test_a_locked_pdf():
    locked = made_pdf(
        [[(50, 50, 10, "x")]],
        extra=f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >> ",
    )
    assert reason(locked) == "it is locked with a password: save it without one"


def line(text, left=50, bottom=700, right=250, height=10):
    return Run(text, left, right, bottom, bottom + height)


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        (line("满行"), line("满行", bottom=686), False),
        (line("满行"), line("满行", bottom=670), True),  # a gap of two lines
        (line("满行"), line("设进", bottom=686, left=70), True),
        (line("设进", left=70), line("满行", bottom=686), False),
        (line("短行完。", right=120), line("满行", bottom=686), True),
        (line("短行未完", right=120), line("满行", bottom=686), False),
        (line("小字"), line("大字", bottom=684, height=14), True),
        (line("左栏", bottom=100), line("右栏", left=300, right=500), True),
    ],
)
def test_where_a_paragraph_begins(above, below, said):
    assert begins_paragraph(above, below, 14) is said


def test_headlines_are_large():
    lines = [line("大字标题分成", height=20), line("两行的样子", bottom=678, height=20), line("正文。", bottom=640)]
    assert usual_height([lines, [line("正文" * 20)]]) == 10
    assert page_text(lines, 10) == "# 大字标题分成两行的样子\n\n正文。"
    assert page_text([line("首", height=40)], 10) == "首"
    assert page_text([], 10) == ""


def test_running_heads_stay_on_their_first_page():
    pages = [[line("日报 第1版"), line("甲。"), line("10")], [line("日报 第2版"), line("乙。")], [line("日报 第3版")]]
    kept = [[found.text for found in page] for page in without_running_heads(pages)]
    assert kept == [["日报 第1版", "甲。"], ["乙。"], []]
