"""Pages as they are seen: columns, tables, vertical text, characters set apart, forms, raised characters."""

import pytest

from rag.corpus.formats.pdf.columns import in_order
from rag.corpus.formats.pdf.document import document
from rag.corpus.formats.pdf.runs import Run
from rag.errors import ReadError

from ..made import beside, column, made_pdf, ruled, upright

LAKE = ["　　南湖村有渔船四十条，去年", "捕鱼九十吨，其中六成卖到了", "省城的水产市场。"]
HILL = ["　　北山村种板栗二千亩，去年", "收获三百吨，做成罐头销往外", "省，余下的留给本村。"]
SCHOOL = ["　　两个村子合办一所小学，学", "生五十二名，教师四名。"]


def text(*lines, **options):
    return document(made_pdf([list(lines)], **options)).removesuffix("\n\f\n")


def paragraphs(*lines, **options):
    return ["".join(part.split("\n")).strip("　") for part in text(*lines, **options).split("\n\n")]


def whole(lines):
    return "".join(lines).strip("　")


@pytest.mark.parametrize(
    ("columns", "lefts"),
    [((LAKE, HILL), (50, 300)), ((LAKE, HILL, SCHOOL), (20, 210, 400)), ((LAKE + SCHOOL, HILL), (50, 300))],
)
def test_columns_that_are_written_row_by_row(columns, lefts):
    assert "\n\n".join(paragraphs(*beside(*columns, lefts=lefts))) == "\n\n".join(
        whole(part).replace("。　　", "。\n\n") for part in columns
    )


def test_columns_whose_lines_do_not_stand_level():
    lines = beside(LAKE, HILL, lefts=(50, 300))
    shifted = [(left, bottom - 5 * (left == 300), size, words) for left, bottom, size, words in lines]
    assert paragraphs(*shifted) == [whole(LAKE), whole(HILL)]


def test_sections_of_columns_with_headlines_and_lines_across():
    across = column(50, 640, ["这一段横跨两栏，从左边一直写到右边，说的是两个村子合办的小学。"])
    lines = [(50, 740, 20, "两个村子的产业"), *beside(LAKE, HILL, lefts=(50, 300)), *across]
    assert paragraphs(*lines) == ["# 两个村子的产业", whole(LAKE), whole(HILL), across[0][3]]


def test_english_columns_with_jumps_for_spaces():
    left = ["The mill was built in 1821 and", "stood empty until a cooper from", "the next valley bought it all."]
    right = ["The chapel is older: its bell", "was cast in 1744, and its roof", "was mended in the year 1903."]
    jumps = [
        (x + 5 * words.index(word, sum(len(w) + 1 for w in words.split()[:n])), bottom, size, word)
        for x, bottom, size, words in beside(left, right, lefts=(50, 230))
        for n, word in enumerate(words.split())
    ]
    assert text(*jumps) == "\n\n".join("\n".join(part) for part in (left, right))


def test_columns_in_the_order_of_the_file_stay():
    assert paragraphs(*column(50, 700, HILL), *column(300, 700, LAKE)) == [whole(HILL), whole(LAKE)]


STOPS = (["站点", "东门", "水厂", "北岭"], ["首班", "6:10", "6:25", "6:40"], ["末班", "21:30", "21:45", "22:00"])
NAMED = [f"{a}，首班：{b}。\t{a}，末班：{c}。" for a, b, c in list(zip(*STOPS, strict=True))[1:]]


@pytest.mark.parametrize("lefts", [(50, 150, 250), (50, 73, 100)])
def test_rows_of_a_table_name_their_columns(lefts):
    assert text(*beside(*STOPS, lefts=lefts, step=18)).split("\n\n") == NAMED


def test_a_cell_may_be_empty_or_have_two_lines():
    lines = [
        *beside(["项目", "修桥"], ["负责人", "王二"], ["说明", "石料由各村自筹，"], lefts=(50, 150, 250), step=20),
        (250, 668, 10, "秋后开工。"),
        *beside(["打井", "栽树"], ["李四", ""], ["已完工", "未开始"], lefts=(50, 150, 250), top=648, step=20),
    ]
    assert text(*lines).split("\n\n") == [
        "修桥，负责人：王二。\t修桥，说明：石料由各村自筹，秋后开工。",
        "打井，负责人：李四。\t打井，说明：已完工。",
        "栽树，说明：未开始。",
    ]


def test_names_with_values_have_no_header():
    lines = beside(["客户名称", "合同金额", "签订日期"], ["南湖合作社", "一万二千元", "2024年3月5日"], lefts=(50, 200))
    assert text(*lines).split("\n\n") == ["客户名称\t南湖合作社", "合同金额\t一万二千元", "签订日期\t2024年3月5日"]


def test_a_ruled_table_with_merged_cells():
    lines = beside(
        ["年级", "", "二年级"], ["科目", "语文", "数学"], ["课时", "8 ", "6 "], lefts=(55, 105, 155), step=20
    )
    merged = [(55, 670, 10, "一年级"), (105, 660, 10, "美术"), (155, 660, 10, "2 ")]
    last = [(x, y - 20 * (y < 665), size, words) for x, y, size, words in lines]
    drawn = (
        "50 715 m 200 715 l S 50 695 m 200 695 l S 100 675 m 200 675 l S 50 655 m 200 655 l S 50 635 m 200 635 l S "
        + " ".join(f"{x} 715 m {x} 635 l S" for x in (50, 100, 150, 200))
    )
    assert text(*last, *merged, drawn=drawn).split("\n\n") == [
        "一年级，语文，课时：8。",
        "一年级，美术，课时：2。",
        "二年级，数学，课时：6。",
    ]


def test_lines_that_lay_out_a_page_make_no_table():
    long = [f"南湖村有渔船四十条，去年捕鱼{n}吨。" for n in range(10, 46)]
    lines = [*column(55, 700, long[:18]), *column(355, 700, long[18:])]
    drawn = ruled((50, 350, 590), (715, 420, 300))
    assert text(*lines, drawn=drawn).replace("\n\n", "\n") == "\n".join(long)


@pytest.mark.parametrize("order", [lambda line: 0, lambda line: (-line[1], -line[0]), lambda line: (-line[1], line[0])])
def test_vertical_lines_are_read_from_the_right(order):
    columns = ["南湖村有渔船四十条去年捕", "鱼九十吨，其中六成卖到了省", "城的水产市场。"]
    assert text(*sorted(upright(columns), key=order)) == "\n".join(columns)


def test_vertical_lines_in_two_tiers():
    upper, lower = ["南湖村有渔船四十条", "去年捕鱼九十吨。"], ["北山村种板栗二千亩", "去年收获三百吨。"]
    lines = [*upright(upper), *upright(lower, top=560)]
    assert text(*lines) == "\n\n".join("\n".join(part) for part in (upper, lower))


def test_vertical_lines_with_raised_marks_beside():
    small = [(512, 690, 4, "か "), (512, 685, 4, "な ")]
    assert text(*upright(["南湖村有渔船四十条", "去年捕鱼九十吨。"]), *small) == "南湖村有渔船四十条\n去年捕鱼九十吨。"


@pytest.mark.parametrize("pitch", [14, 19, 25])
def test_characters_set_apart_are_drawn_together(pitch):
    rows = ["南湖村渔业合作社位于湖边", "负责全村的渔船和冰厂。"]
    lines = [(40 + pitch * n, 700 - 30 * k, 10, f"{c} ") for k, row in enumerate(rows) for n, c in enumerate(row)]
    assert "".join(text(*lines).split()) == "".join(rows)
    assert all(len(line) > 5 for line in text(*lines).split())


@pytest.mark.parametrize("heading", ["南 湖 合 作 社", "南　湖　合　作　社", "通 知"])
def test_a_heading_set_apart(heading):
    assert text((50, 700, 20, heading), *column(50, 660, ["合作社有渔船四十条。"])).split("\n\n")[0].strip(
        "# "
    ) == "".join(heading.split())


def test_pronunciation_above_a_line_is_left_out():
    lines = [
        (50, 700, 10, "饕餮是古代传说中的凶兽，见于青铜"),
        (50, 709, 5, "tao"),
        (60, 709, 5, "tie"),
        (50, 680, 10, "器的花纹。"),
    ]
    assert text(*lines) == "饕餮是古代传说中的凶兽，见于青铜\n器的花纹。"


def test_a_small_line_above_a_headline_is_none():
    lines = [(50, 722, 10, "冬季见闻之三"), (50, 700, 20, "南湖渔村的冬天"), *column(50, 660, ["湖面封冻。"] * 3)]
    assert text(*lines).startswith("冬季见闻之三\n\n# 南湖渔村的冬天\n\n湖面")


def test_raised_and_lowered_characters_are_kept_as_such():
    lines = [
        (50, 700, 10, "年产10"),
        (80, 704, 6, "4 "),
        (86, 700, 10, "吨，含CO"),
        (126, 697, 6, "2 "),
        (132, 700, 10, "少量。"),
    ]
    assert text(*lines).replace(" ", "") == "年产10⁴吨，含CO₂少量。"


def test_the_first_character_of_a_paragraph_may_be_large():
    lines = [(50, 688, 24, "南 "), (76, 702, 10, "湖村有渔船四十条，去年捕"), (76, 688, 10, "鱼九十吨，其中六成卖到了")]
    assert text(*lines, *column(50, 674, ["省城的水产市场，余下的在本县卖。"])) == (
        "南湖村有渔船四十条，去年捕\n鱼九十吨，其中六成卖到了\n省城的水产市场，余下的在本县卖。"
    )


FORM = (
    "/FT /Tx /T (number) /V (B-217) /Rect [150 695 250 712]",
    "/FT /Ch /Ff 131072 /T (goods) /Opt [[(v) (vegetables)] [(f) (fruit)]] /V (v) /Rect [150 665 250 682]",
    "/FT /Btn /T (member) /V /Yes /AS /Yes /AP << /N << /Yes 5 0 R /Off 5 0 R >> >> /Rect [150 635 160 645]",
    "/FT /Btn /T (guest) /V /Off /AS /Off /AP << /N << /Yes 5 0 R /Off 5 0 R >> >> /Rect [150 605 160 615]",
    "/FT /Tx /Ff 8192 /T (secret) /V (hidden) /Rect [150 575 250 592]",
)


def test_what_is_filled_into_a_form_stands_behind_its_label():
    labels = column(50, 700, ["摊位编号：", "经营种类：", "会员", "访客", "口令："], step=30)
    assert text(*labels, fields=FORM).split("\n\n") == [
        "摊位编号：\tB-217",
        "经营种类：\tvegetables",
        "会员\t☑",
        "访客\t☐",
        "口令：",
    ]


def test_a_font_that_does_not_tell_its_characters_is_named_by_its_page():
    good = column(50, 700, ["南湖村有渔船四十条，去年捕鱼九十吨。"] * 5)
    data = made_pdf([good, [(50, 740, 20, "abcdefg"), *good]], mapped="南湖村有渔船四十条，去年捕鱼九吨。")
    with pytest.raises(ReadError, match=r"a font on its page 2 does not tell the characters: have its text recognised"):
        document(data)


def test_a_mark_alone_that_a_font_does_not_tell_is_left_out():
    lines = [(50, 700, 10, "x "), (70, 700, 10, "南湖村有渔船四十条。")]
    assert text(*lines, mapped="南湖村有渔船四十条。 ") == "南湖村有渔船四十条。"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!DOCTYPE html><html><body>x", "it is a web page by its contents: name it .html"),
        (b"\x89PNG\r\n\x1a\n", "it is a picture by its contents: have its text recognised (OCR)"),
        (b"{\\rtf1 x}", "it is RTF by its contents: open it in Word and save it as .docx"),
    ],
)
def test_a_file_of_another_kind_is_named(data, said):
    with pytest.raises(ReadError) as caught:
        document(data)
    assert str(caught.value) == said


def test_what_stands_on_one_line_is_joined():
    runs = [Run("姓名：王二", 50, 100, 698, 708), Run("电话：5511", 200, 250, 698, 708, order=1)]
    assert [run.text for run in in_order(runs)] == ["姓名：王二 电话：5511"]


def test_latin_letters_set_apart_are_drawn_together_with_short_words():
    words = ["The", "mill", "is", "on", "North", "Street."]
    lefts = [50 + 10 * (sum(map(len, words[:n])) + n) for n in range(len(words))]
    apart = [(lefts[n] + 10 * i, 700, 10, f"{c} ") for n, word in enumerate(words) for i, c in enumerate(word)]
    assert text(*apart) == "The mill is on North Street."


def test_a_space_between_letters_and_more_between_words():
    assert (
        text((50, 700, 10, "T h e   m i l l   i s   o n   N o r t h   S t r e e t .")) == "The mill is on North Street."
    )
    assert text((50, 700, 10, "A B C D E")) == "A B C D E"


def test_a_pronunciation_wider_than_its_characters():
    base = [(50, 700, 12, "この町は"), (122, 700, 12, "1961 "), (170, 700, 12, "年に開かれた。")]
    assert text(
        *base, (98, 712, 6, "せんきゅうひゃくろくじゅういち"), column(50, 660, ["蔵書は三万冊。"])[0]
    ).split() == [
        *("この町は", "1961", "年に開かれた。", "蔵書は三万冊。"),
    ]


def test_a_table_below_columns_is_no_part_of_them():
    table = [(left, 640, 10, word) for left, word in ((50, "站点"), (200, "首班"), (350, "末班"))]
    table += [(left, 624, 10, word) for left, word in ((50, "东门"), (200, "6:10"), (350, "21:30"))]
    read = paragraphs(*beside(LAKE, HILL, lefts=(50, 300)), *table)
    assert read == [whole(LAKE), whole(HILL), "东门，首班：6:10。\t东门，末班：21:30。"]


def test_a_second_line_of_cells_of_which_the_first_has_one_too():
    rows = [(700, "Office", "Hours", "Remark"), (680, "Land", "8-12", "closed on"), (668, "registry", "", "Mondays")]
    rows += [(648, "Water", "9-17", "open"), (628, "Forest", "7-11", "open")]
    cells = [(left, y, 10, f"{word} ") for y, *words in rows for left, word in zip((50, 150, 250), words, strict=True)]
    assert text(*(cell for cell in cells if cell[3].strip())).split("\n\n") == [
        "Land registry, Hours: 8-12.\tLand registry, Remark: closed on Mondays.",
        "Water, Hours: 9-17.\tWater, Remark: open.",
        "Forest, Hours: 7-11.\tForest, Remark: open.",
    ]
