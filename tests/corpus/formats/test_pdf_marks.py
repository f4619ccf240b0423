"""Lines that a page draws through its text, and between the two parts of a fraction."""

import pytest

from rag.corpus.formats.pdf.document import document

from ..made import column, made_pdf, ruled


def text(*lines, drawn=""):
    return document(made_pdf([list(lines)], drawn=drawn)).removesuffix("\n\f\n")


def line(left, right, y):
    return f"{left} {y} m {right} {y} l S"


FARE = (50, 700, 10, "船票五元四元，老人免票。")


def test_what_a_line_goes_through_is_left_out():
    assert "".join(text(FARE, drawn=line(70, 90, 703.5)).split()) == "船票四元，老人免票。"


@pytest.mark.parametrize(
    "drawn",
    [
        line(70, 90, 698.5),  # an underline
        line(70, 90, 712),  # a line above
        line(20, 400, 703.5),  # a line across the page
        "",
    ],
)
def test_other_lines_strike_nothing_out(drawn):
    assert text(FARE, drawn=drawn) == "船票五元四元，老人免票。"


@pytest.mark.parametrize(
    ("before", "above", "below", "shown"),
    [
        ("坡降为", "1", "2500", "坡降为1/2500 。"),
        ("用水2", "1", "2", "用水2 1/2 。"),
        ("平均为", "a+b", "2", "平均为(a+b)/2 。"),
    ],
)
def test_a_fraction_is_read_on_one_line(before, above, below, shown):
    left = 50 + 10 * len(before) - 5 * sum(map(str.isascii, before))
    width = 4 * max(len(above), len(below))
    parts = [(left + 3, 706, 8, f"{above} "), (left + 3, 696, 8, f"{below} "), (left + width + 6, 700, 10, "。 ")]
    assert text((50, 700, 10, before), *parts, drawn=line(left + 2, left + width + 4, 703.5)) == shown


def test_an_underlined_word_above_another_line_is_no_fraction():
    lines = column(50, 700, ["The old mill was built here", "and it burnt down in 1931."])
    assert text(*lines, drawn=line(70, 85, 698.5)) == "The old mill was built here\nand it burnt down in 1931."


def test_lines_of_a_table_change_nothing():
    lines = [(60, 684, 10, "东门"), (160, 684, 10, "6:10"), (60, 664, 10, "西门"), (160, 664, 10, "6:20")]
    assert text(*lines, drawn=ruled((50, 150, 250), (700, 680, 660))).split() == ["东门", "6:10", "西门", "6:20"]
