import pytest

from rag.corpus.decode import decode
from rag.errors import ReadError

SIMPLIFIED = "区委常委会召开会议\r\n\r\n本报讯(记者 张可馨)昨天,区委常委会召开会议,认真学习“四敢”精神,GDP增长5.2%。\n"
TRADITIONAL = (
    "捷運新線明年通車\n\n記者陳怡君／台北報導\n\n捷運局昨天表示，新線土建工程已完成九成五，「預計」明年六月通車。\n"
)
ENGLISH = "The café reopened.\n\nBy Jane Doe\n\n“It’s fine,” she said – at last.\n"


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, ENGLISH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_back_exactly(text, encoding):
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("text", ["한국어 텍스트\n", "𠮷野家😀\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_rare_characters_are_read_back_exactly(text, encoding):
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_with_a_mark_in_both_byte_orders(mark):
    encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert decode(mark + SIMPLIFIED.encode(encoding)) == (SIMPLIFIED, "utf-16")


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (SIMPLIFIED, "gb2312", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "big5hkscs", "big5hkscs"),
        ("香港特別行政區政府今日公布新措施，市民反應熱烈。", "big5", "big5hkscs"),
        ("台北市長昨天宣布，公車票價不漲。", "big5", "big5hkscs"),
        ("今年以来，全区经济运行总体平稳。", "gb18030", "gb18030"),
        ("会议召开", "gb18030", "gb18030"),
        ("會議召開", "big5", "big5hkscs"),
        ("全区经济运行，全区经济运行", "utf-16-le", "utf-16-le"),
        (ENGLISH, "cp1252", "cp1252"),
        ("Die Brücke kostete 3 Millionen. Öffnung um fünf.\n", "latin-1", "cp1252"),
        ("Most został otwarty w 1931 roku. Kosztował trzy miliony złotych.\n", "cp1250", "cp1250"),
        ("이 마을 도서관은 1961년에 문을 열었다.\n", "euc-kr", "cp949"),
        ("GDP增长，A股B股。X光机\n", "gbk", "gb18030"),
        ("Мост открылся после ремонта.\n", "utf-16-le", "utf-16-le"),
        ("One stray\0 NUL in " + "a long plain text " * 10, "utf-8", "utf-8"),
    ],
)
def test_encodings_without_a_mark(text, encoding, name):
    assert decode(text.encode(encoding)) == (text, name)


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 8,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\6\0\0\0\x5c\x72\xa8\x66" + bytes(200),
        b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(range(7, 200)) * 3,
        b"\x7fELF\2\1\1" + bytes(500),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(1, 32)) * 40,
    ],
    ids=["bytes", "png", "zip", "elf", "pdf"],
)
def test_binary(data):
    with pytest.raises(ReadError, match="binary"):
        decode(data)


def test_damaged_utf8_is_not_taken_for_another_encoding():
    data = SIMPLIFIED[:30].encode() + b"\xe6\xff"
    with pytest.raises(ReadError, match=f"UTF-8 up to byte {len(data) - 2}"):
        decode(data)


def test_damaged_utf16():
    with pytest.raises(ReadError, match="begins as utf-16 but byte"):
        decode(b"\xff\xfe" + "会议".encode("utf-16-le") + b"\x00\xd8")


LONGER = SIMPLIFIED + "会议指出,要抓住机遇,迎难而上,全力以赴完成全年目标任务,为建设现代化城区作出新的贡献。\n"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [(LONGER, "gbk", "GB18030"), (TRADITIONAL, "big5", "Big5"), (LONGER, "utf-8", "UTF-8")],
)
@pytest.mark.parametrize("place", [0.02, 0.5, 0.9])
def test_one_bad_byte_is_named_with_its_place(text, encoding, name, place):
    data = text.encode(encoding)
    start = len(text[: int(place * len(text))].encode(encoding))
    with pytest.raises(ReadError) as caught:
        decode(data[:start] + b"\xff" + data[start:])
    assert str(caught.value) == f"it reads as {name} up to byte {start}, which does not fit: save it as UTF-8 anew"


def test_a_character_cut_at_the_end_is_named_too():
    data = LONGER.rstrip("。\n").encode("gbk")
    with pytest.raises(ReadError, match=f"GB18030 up to byte {len(data) - 2}"):
        decode(data[:-1])


def test_two_encodings_in_one_file_are_told_of():
    first = LONGER.encode("gb18030")
    with pytest.raises(ReadError, match=f"reads as GB18030 but is UTF-8 from byte {len(first)} on"):
        decode(first + "水库的库容为一百二十万立方米。\n".encode())
