import io
import zipfile

import pytest

from rag.corpus import articles, make_document
from rag.corpus.formats.docx import package as word_module
from rag.corpus.formats.docx import read_docx
from rag.errors import ReadError

from ..made import edited_docx, made_docx

MEETING = made_docx(
    ("Heading 1", "区政府召开会议"),
    "本报讯(记者 张三)昨天,区政府召开会议,部署工作。",
    ("Heading 2", "稳中向好"),
    "今年产值达到1858.3亿元。",
    [["企业", "数量"], ["小巨人", "18家"]],
    ("Heading 1", "新能源汽车展启动"),
    "2018年,首次出现。",
)


def reason(data):
    with pytest.raises(ReadError) as caught:
        read_docx(data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_headings_paragraphs_and_tables_in_order():
    text, how = read_docx(MEETING)
    assert how == "docx"
    assert text.split("\n\n") == [
        *(
            "",
            "## 区政府召开会议",
            "本报讯(记者 张三)昨天,区政府召开会议,部署工作。",
            "### 稳中向好",
            "今年产值达到1858.3亿元。",
        ),
        *("企业\t数量", "小巨人\t18家", "## 新能源汽车展启动", "2018年,首次出现。"),
    ]


def test_articles_go_by_the_headings():
    first, second = articles(make_document(MEETING, "20250801.docx"))
    assert (first.title, second.title) == ("区政府召开会议", "新能源汽车展启动")
    assert [p.text for p in first.paragraphs] == [
        "昨天,区政府召开会议,部署工作。",
        "稳中向好\n今年产值达到1858.3亿元。\n企业 数量\n小巨人 18家",
    ]
    assert (first.date, second.date) == ("2025-08-01", "2025-08-01")


def test_pages_are_those_that_word_laid_out():
    broken = "<w:t>会议强调</w:t><w:lastRenderedPageBreak/><w:t>，要抓好落实。</w:t>"
    data = edited_docx(made_docx("会议召开。", "会议强调，要抓好落实。"), "<w:t>会议强调，要抓好落实。</w:t>", broken)
    document = make_document(data, "a.docx")
    assert document.text == "\n\n会议召开。\n\n会议强调\f，要抓好落实。\n\f\n"
    assert [p.text for p in articles(document)[0].paragraphs] == ["会议召开。\n会议强调，要抓好落实。"]
    assert [document.page_at(document.text.index(c)) for c in ("会议召", "强调", "落实")] == [1, 1, 2]


def test_a_page_that_begins_with_a_heading():
    data = made_docx("会议召开。", ("Heading 1", "第二页"), "会议结束。")
    data = edited_docx(data, "<w:t>第二页</w:t>", "<w:lastRenderedPageBreak/><w:t>第二页</w:t>")
    assert read_docx(data)[0] == "\n\n会议召开。\f\n\n## 第二页\n\n会议结束。\n\f\n"


def test_a_file_that_was_never_laid_out_has_no_pages():
    document = make_document(MEETING, "a.docx")
    assert document.page_at(document.text.index("2018")) is None


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (
            "<w:ins><w:r><w:t>加上的</w:t></w:r></w:ins><w:del><w:r><w:delText>删掉的</w:delText></w:r></w:del>",
            "加上的",
        ),
        ("<w:sdt><w:sdtContent><w:r><w:t>表单里的</w:t></w:r></w:sdtContent></w:sdt>", "表单里的"),
        ("<w:moveFrom><w:r><w:t>搬走的</w:t></w:r></w:moveFrom><w:r><w:t>留下的</w:t></w:r>", "留下的"),
        ("<w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t></w:r>", "一\t二\n三"),
        (
            "<w:r><w:t>外面</w:t><w:pict><v:textbox xmlns:v='urn:schemas-microsoft-com:vml'><w:txbxContent><w:p><w:r>"
            "<w:t>框里</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>",
            "外面\n\n框里",
        ),
    ],
)
def test_changes_forms_and_text_boxes(xml, text):
    data = edited_docx(made_docx("此处。"), "<w:r><w:t>此处。</w:t></w:r>", xml)
    assert read_docx(data)[0].strip() == text


def test_a_heading_in_a_word_of_another_language():
    data = edited_docx(made_docx(("Heading 1", "题")), 'w:val="heading 1"', 'w:val="标题 1"', part="word/styles.xml")
    assert read_docx(data)[0] == "\n\n## 题"


def broken(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(MEETING)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
            elif content is not None:
                target.writestr(part, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"PK\x03\x04 and nothing more",
        MEETING[: len(MEETING) // 2],
        broken("word/document.xml", None),
        broken("word/document.xml", "<w:document"),
        broken("word/document.xml", "<html/>"),
        broken("[Content_Types].xml", None),
        broken("_rels/.rels", None),
        broken("word/styles.xml", "<"),
    ],
)
def test_a_broken_file_is_said_to_be_so(data):
    assert reason(data) == "it is no Word file, or a damaged one: open and save it anew"


def test_every_flipped_byte_is_read_or_refused():
    for at in range(0, len(MEETING), 97):
        data = bytearray(MEETING)
        data[at] ^= 0xFF
        try:
            text, _ = read_docx(bytes(data))
        except ReadError:
            continue
        assert "会议" in text


def test_a_locked_file():
    assert "locked with a password, or an old Word file" in reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = broken("word/document.xml", b" " * (word_module.MAX_XML + 1))
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bomb)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert len(packed.getvalue()) < 200_000
    assert "it unpacks to more than 200 MB, or 50 MB of text: split it" in reason(packed.getvalue())


def test_entities_do_not_grow():
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY e0 "ha">{declared}]>'
    data = edited_docx(made_docx("此处。"), "<w:t>此处。</w:t>", "<w:t>此处。&e9;</w:t>")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode().partition("?>")[2]
    hostile = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            target.writestr(name, head + xml if name == "word/document.xml" else source.read(name))
    try:
        text, _ = read_docx(hostile.getvalue())
    except ReadError:
        return
    assert len(text) < 100
