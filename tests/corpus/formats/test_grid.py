import pytest

from rag.corpus.formats.grid import Cell, table_lines


def told(rows, heads=None):
    return [line.split("\t") for line in table_lines([[Cell(text) for text in row] for row in rows], heads)]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            [["渡口", "头班", "末班"], ["上湾", "5:50", "20:10"], ["下湾", "6:20", ""]],
            [["上湾，头班：5:50。", "上湾，末班：20:10。"], ["下湾，头班：6:20。"]],
        ),
        ([["Pier", "Boat"], ["Upper Bay", "Heron"]], [["Upper Bay, Boat: Heron."]]),
        (
            [["年份", "客运量"], ["2021年", "300"], ["2022年", "410"]],
            [["2021年，客运量：300。"], ["2022年，客运量：410。"]],
        ),
        ([["房号", "人数"], ["301", "4"]], [["房号：301，人数：4。"]]),
        (
            [["序号", "姓名", "职务"], ["1", "李四", "船长"], ["2", "王五", "轮机长。"]],
            [["李四，序号：1。", "李四，职务：船长。"], ["王五，序号：2。", "王五，职务：轮机长。"]],
        ),
        (
            [["班级", "课程", "课时"], ["一班", "语文", "7"], ["一班", "数学", "5"]],
            [["一班，语文，课时：7。"], ["一班，数学，课时：5。"]],
        ),
        ([["渡口", "末班"], ["上湾", ""]], [["上湾"]]),
        ([["", "上湾"], ["末班", "20:10"]], [["末班，上湾：20:10。"]]),
    ],
)
def test_each_value_is_told_with_its_row_and_column(rows, lines):
    assert told(rows, 1) == lines


def test_without_a_header_rows_stay_as_they_are():
    assert told([["姓名", "李四"], ["籍贯", "上湾"]], 0) == [["姓名", "李四"], ["籍贯", "上湾"]]
