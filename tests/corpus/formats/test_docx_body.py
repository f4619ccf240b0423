"""What a Word file prints and what it does not."""

import io
import time
import zipfile

import pytest

from rag.corpus.formats.docx.package import read
from rag.errors import ReadError

from ..made import body_docx, edited_docx, made_docx, made_pdf, with_part


def paragraph(*runs, style="", properties=""):
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{''.join(runs)}</w:p>"


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def text(*xml, **parts):
    return read(body_docx("".join(xml), **parts))[0].strip("\n")


def reason(data):
    with pytest.raises(ReadError) as caught:
        read(data)
    assert "\n" not in str(caught.value)
    return str(caught.value)


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="character" w:styleId="Draft"><w:name w:val="Draft"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Inner"><w:name w:val="Inner"/><w:basedOn w:val="Draft"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Old"><w:name w:val="Old"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
    '<w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
)


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish/>",
        '<w:vanish w:val="true"/>',
        "<w:strike/>",
        "<w:dstrike/>",
        '<w:rStyle w:val="Draft"/>',
        '<w:rStyle w:val="Inner"/>',
    ],
)
def test_hidden_and_struck_out_text_is_left_out(properties):
    assert (
        text(paragraph(run("票价两元，"), run("草稿三元，", properties), run("老人免费。")), styles=STYLES)
        == "票价两元，老人免费。"
    )


@pytest.mark.parametrize(
    "properties",
    [
        '<w:vanish w:val="0"/>',
        '<w:strike w:val="false"/>',
        '<w:rStyle w:val="Draft"/><w:vanish w:val="off"/>',
        "<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>",
        "<w:webHidden/>",
    ],
)
def test_text_that_is_shown_stays(properties):
    assert text(paragraph(run("票价两元。", properties)), styles=STYLES) == "票价两元。"


def test_a_style_of_paragraphs_may_strike_out_and_a_run_may_take_it_back():
    xml = paragraph(run("旧价三元。"), run("新价两元。", '<w:strike w:val="0"/>'), style="Old")
    assert text(xml, styles=STYLES) == "新价两元。"


UP, DOWN = ('<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>')


@pytest.mark.parametrize(
    ("before", "moved", "properties", "shown"),
    [
        ("日供水10", "4", UP, "日供水10⁴"),
        ("每平方米m", "-2", UP, "每平方米m⁻²"),
        ("CO", "2", DOWN, "CO₂"),
        ("x", "a+b", UP, "x^(a+b)"),
        ("the 1", "st", UP, "the 1st"),
        ("见文献", "[3]", UP, "见文献[3]"),
        ("10", "6", '<w:position w:val="8"/>', "10⁶"),
        ("10", "6", '<w:vertAlign w:val="baseline"/>', "106"),
    ],
)
def test_raised_and_lowered_text(before, moved, properties, shown):
    assert text(paragraph(run(before), run(moved, properties))) == shown


@pytest.mark.parametrize(
    ("symbol", "shown"),
    [
        ('<w:sym w:font="Symbol" w:char="F0B1"/>', "120±5"),
        ('<w:sym w:font="Symbol" w:char="00A3"/>', "120≤5"),
        ('<w:sym w:font="Wingdings" w:char="F0E0"/>', "120→5"),
        ('<w:sym w:font="MS Gothic" w:char="2248"/>', "120≈5"),
        ('<w:sym w:font="Acme Marks" w:char="F041"/>', "120\ufffd5"),
        ("<w:t>\uf0b4</w:t>", "120×5"),
    ],
)
def test_symbols(symbol, shown):
    assert (
        text(paragraph(run("120"), f'<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>{symbol}</w:r>', run("5")))
        == shown
    )


def test_letters_of_a_symbol_font_are_what_it_shows():
    assert (
        text(paragraph(run("5"), '<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>m</w:t></w:r>', run("m")))
        == "5μm"
    )


def test_what_is_raised_in_several_runs_is_raised_as_one():
    raised = "".join(f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{c}</w:t></w:r>' for c in ("a", "b"))
    assert text(paragraph(run("x"), raised, run("。"))) == "x^(ab)。"


def math(content):
    return f'<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">{content}</m:oMath>'


def m(name, content):
    return f"<m:{name}>{content}</m:{name}>"


def r(words):
    return f"<m:r><m:t>{words}</m:t></m:r>"


FRACTION = m("f", m("num", r("1")) + m("den", r("2500")))
SUM = m("f", m("num", r("a+b")) + m("den", r("2")))


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (r("Q=3.6"), "Q=3.6"),
        (FRACTION, "1/2500"),
        (SUM, "(a+b)/2"),
        (r("2") + FRACTION, "2 1/2500"),
        (m("sSup", m("e", r("10")) + m("sup", r("4"))), "10⁴"),
        (m("sSub", m("e", r("v")) + m("sub", r("0"))), "v₀"),
        (m("sSubSup", m("e", r("x")) + m("sub", r("1")) + m("sup", r("2"))), "x₁²"),
        (m("rad", m("deg", "") + m("e", r("2gh"))), "√(2gh)"),
        (m("rad", m("deg", r("3")) + m("e", r("8"))), "∛(8)"),
        (m("d", m("dPr", '<m:begChr m:val="["/><m:endChr m:val="]"/>') + m("e", r("0,1"))), "[0,1]"),
        (
            m("nary", m("naryPr", '<m:chr m:val="∑"/>') + m("sub", r("i=1")) + m("sup", r("n")) + m("e", r("x"))),
            "∑_(i=1)^n x",
        ),
        (m("func", m("fName", r("sin")) + m("e", r("x"))), "sin x"),
        (m("m", m("mr", m("e", r("1")) + m("e", r("0"))) + m("mr", m("e", r("0")) + m("e", r("1")))), "[1, 0; 0, 1]"),
        (m("acc", m("accPr", '<m:chr m:val="&#x304;"/>') + m("e", r("x"))), "x\u0304"),
    ],
)
def test_formulas_are_kept_as_text(content, shown):
    assert text(paragraph(run("得"), math(content), run("。"))) == f"得{shown}。"


@pytest.mark.parametrize(
    ("code", "shown"),
    [(r"EQ \f(1,2500)", "1/2500"), (r"eq \o\ac(○,3)", "③"), (r"EQ \i(0,1,x)", "\ufffc"), ("PAGE", "")],
)
def test_formulas_of_older_files_are_kept_or_marked(code, shown):
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end")]
    field = f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{marks[1]}"
    assert text(paragraph(run("坡降"), field, run("。"))) == f"坡降{shown}。"


def test_a_formula_on_a_line_of_its_own_and_one_that_is_an_object():
    own = paragraph(
        f'<m:oMathPara xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">{math(r("a=b"))}</m:oMathPara>'
    )
    picture = '<w:r><w:object><o:OLEObject xmlns:o="urn:o" ProgID="Equation.DSMT4"/></w:object></w:r>'
    assert text(own, paragraph(run("坡降为"), picture, run("。"))) == "a=b\n\n坡降为\ufffc。"


def numbered(words, level=0, number=7):
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(run(words), properties=place)


def level(number, form, shown, more=""):
    made = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{shown}"/>'
    return f'<w:lvl w:ilvl="{number}">{made}</w:lvl>'


NUMBERS = (
    f'<w:abstractNum w:abstractNumId="1">{level(0, "chineseCountingThousand", "第%1条")}'
    f"{level(1, 'decimal', '%1.%2', '<w:isLgl/>')}{level(2, 'lowerLetter', '(%3)')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="2">{level(0, "bullet", "&#xf0b7;")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="3">{level(0, "upperRoman", "%1.")}</w:abstractNum>'
    '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="8"><w:abstractNumId w:val="1"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride></w:num>'
    '<w:num w:numId="6"><w:abstractNumId w:val="2"/></w:num>'
    '<w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>'
)


def test_automatic_numbers_are_read_as_they_are_printed():
    body = [
        numbered("开市。"),
        numbered("登记。", 1),
        numbered("收费。", 1),
        numbered("现金。", 2),
        numbered("闭市。"),
        numbered("清扫。", 1),
    ]
    assert text(*body, numbering=NUMBERS).split("\n\n") == [
        *("第一条 开市。", "1.1 登记。", "1.2 收费。", "(a) 现金。", "第二条 闭市。", "2.1 清扫。"),
    ]


def test_a_list_may_start_elsewhere_and_have_no_number():
    body = [numbered("开市。"), numbered("闭市。", number=8), numbered("清扫。", number=6), numbered("散。", number=0)]
    assert text(*body, numbering=NUMBERS).split("\n\n") == ["第一条 开市。", "第九条 闭市。", "• 清扫。", "散。"]


def test_what_is_empty_or_struck_out_has_a_number_and_what_is_hidden_has_none():
    struck = numbered("登记。").replace("<w:rPr>", "<w:rPr><w:strike/>")
    hidden = numbered("").replace("</w:pPr>", "<w:rPr><w:vanish/></w:rPr></w:pPr>")
    body = [numbered("开市。"), numbered(""), struck, hidden, numbered("闭市。")]
    assert text(*body, numbering=NUMBERS).split("\n\n") == ["第一条 开市。", "第四条 闭市。"]


def test_rows_of_a_table_are_numbered():
    cells = [("<w:p><w:r><w:t>序号</w:t></w:r></w:p>", "品名", "价格")]
    cells += [(numbered("", number=8), name, price) for name, price in (("茶叶", "8元"), ("蚕丝", "20元"))]
    rows = [
        f"<w:tc>{first}</w:tc>" + "".join(f"<w:tc>{paragraph(run(t))}</w:tc>" for t in rest) for first, *rest in cells
    ]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert "茶叶，序号：第九条。\t茶叶，价格：8元。" in text(f"<w:tbl>{table}</w:tbl>", numbering=NUMBERS)


def test_headings_are_numbered_by_their_style():
    body = [paragraph(run("总则"), style="Heading1"), paragraph(run("附则"), style="Heading1")]
    assert text(*body, numbering=NUMBERS, styles=STYLES) == "## I. 总则\n\n## II. 附则"


def test_changes_count_as_accepted():
    gone = '<w:rPr><w:del w:id="1" w:author="x"/></w:rPr>'
    assert (
        text(
            paragraph(run("会期"), properties=gone),
            paragraph("<w:ins>", run("三"), "</w:ins><w:del>", run("两"), "</w:del>", run("天。")),
            "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>旧</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        )
        == "会期三天。"
    )


def test_notes_stand_behind_their_paragraph():
    notes = f'<w:footnote w:id="0"><w:p/></w:footnote><w:footnote w:id="4">{paragraph(run("据县志。"))}</w:footnote>'
    ends = '<w:endnote w:id="4"><w:p><w:r><w:t>据族谱。</w:t></w:r></w:p></w:endnote>'
    body = [
        paragraph(run("桥建于一八二一年"), '<w:r><w:footnoteReference w:id="4"/></w:r>', run("。")),
        paragraph(run("塔建于一七四四年"), '<w:r><w:endnoteReference w:id="4"/></w:r>', run("。")),
    ]
    assert text(*body, footnotes=notes, endnotes=ends).split("\n\n") == [
        *("桥建于一八二一年。", "据县志。", "塔建于一七四四年。", "据族谱。"),
    ]


def test_pronunciation_and_prompts_are_left_out():
    ruby = f"<w:r><w:ruby><w:rt>{run('tao')}</w:rt><w:rubyBase>{run('饕')}</w:rubyBase></w:ruby></w:r>"
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击输入')}</w:sdtContent></w:sdt>"
    assert text(paragraph(ruby, run("餮。"), prompt)) == "饕餮。"


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>', "☑"),
        ('<w:checkBox><w:default w:val="0"/></w:checkBox>', "☐"),
        ('<w:ddList><w:result w:val="1"/><w:listEntry w:val="早"/><w:listEntry w:val="晚"/></w:ddList>', "晚"),
    ],
)
def test_fields_of_older_forms(field, shown):
    assert (
        text(
            paragraph(
                run("值班："), f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{field}</w:ffData></w:fldChar></w:r>'
            )
        )
        == f"值班：{shown}"
    )


def cell(*words, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(paragraph(run(part)) for part in words)}</w:tc>"


def table(*rows):
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_rows_of_a_table_name_their_columns():
    rows = [
        cell("日期") + cell("白班") + cell("夜班"),
        cell("周一") + cell("水务站", "派两人") + cell("派出所"),
        cell("周二") + cell("卫生院") + cell(""),
        cell("周三") + cell("停", properties='<w:gridSpan w:val="2"/>'),
    ]
    assert text(table(*rows)).split("\n\n") == [
        "周一，白班：水务站 派两人。\t周一，夜班：派出所。",
        "周二，白班：卫生院。",
        "周三，白班、夜班：停。",
    ]


def test_a_cell_that_is_merged_downwards_belongs_to_each_row():
    rows = [
        cell("年级") + cell("科目") + cell("课时"),
        cell("一年级", properties='<w:vMerge w:val="restart"/>') + cell("语文") + cell("8"),
        cell("", properties="<w:vMerge/>") + cell("数学") + cell("5"),
    ]
    assert text(table(*rows)).split("\n\n") == ["一年级，语文，课时：8。", "一年级，数学，课时：5。"]


def test_a_form_of_names_and_values_has_no_header_unless_it_is_marked():
    rows = [cell("姓名") + cell("王二"), cell("年龄") + cell("三十"), cell("住址") + cell("湖边")]
    assert text(table(*rows)).split("\n\n") == ["姓名\t王二", "年龄\t三十", "住址\t湖边"]
    marked = "<w:trPr><w:tblHeader/></w:trPr>" + rows[0]
    assert text(table(marked, *rows[1:])).split("\n\n") == ["年龄，王二：三十。", "住址，王二：湖边。"]


def test_a_table_that_lays_out_a_page_holds_paragraphs():
    long = "南湖村有渔船四十条，去年捕鱼九十吨。" * 20
    assert text(table(cell("渔村", long) + cell("冰厂", "每天制冰。"))).split("\n\n") == [
        "渔村",
        long,
        "冰厂",
        "每天制冰。",
    ]


def strict(data):
    out = io.BytesIO()
    names = {
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            for usual, other in names.items():
                content = content.replace(usual, other)
            target.writestr(name, content)
    return out.getvalue()


def test_a_strict_file_and_one_with_macros_are_read():
    plain = made_docx(("Heading 1", "渔村"), "湖面封冻。")
    assert read(strict(plain)) == read(plain)
    kinds = ("openxmlformats-officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main")
    assert read(edited_docx(plain, *kinds, part="[Content_Types].xml")) == read(plain)


#: What Microsoft's own library calls a Word file within a file.
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CHUNK = (
    '<w:p/><w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rIdMade{}"/>'
)
MHTML = 'MIME-Version: 1.0\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n<p>湖面封冻。</p>'.encode()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.html", "<html><body><p>湖面封冻。</p></body></html>".encode(), "text/html"),
        ("a.mht", MHTML, "message/rfc822"),
        ("a.txt", "湖面封冻。".encode(), "text/plain"),
        ("a.docx", made_docx("湖面封冻。"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("b.docx", made_docx("湖面封冻。"), MAIN),
    ],
)
def test_a_file_within_the_file_is_read(name, content, kind):
    assert read(with_part(body_docx(CHUNK.format(name)), name, content, kind, "aFChunk"))[0].strip() == "湖面封冻。"


def test_a_file_within_the_file_that_cannot_be_read_is_named():
    data = with_part(body_docx(CHUNK.format("a.rtf")), "a.rtf", b"{\\rtf1}", "application/rtf", "aFChunk")
    assert reason(data) == "it holds a part of another kind (application/rtf): open it in Word and save it anew"
    assert reason(body_docx(CHUNK.format("gone"))) == "a part of its text is missing: open it in Word and save it anew"


def package(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLD + "EncryptedPackage".encode("utf-16-le"), "it is locked with a password: save it without one"),
        (OLD + "WordDocument".encode("utf-16-le"), "it is an old Word file (.doc) by its contents"),
        (b"{\\rtf1\\ansi x}", "it is RTF by its contents"),
        (b"<html><body>x</body></html>", "it is a web page by its contents: name it .html"),
        (made_pdf([[(50, 50, 10, "x")]]), "it is a PDF by its contents: name it .pdf"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "it is an Excel file by its contents: save it as .csv"),
        (package("[Content_Types].xml", "ppt/presentation.xml"), "it is a PowerPoint file by its contents"),
        (package("a.txt"), "it is a ZIP archive by its contents: unpack it"),
        (b"MIME-Version: 1.0\r\n", "it is a web archive (MHTML) by its contents"),
    ],
)
def test_a_file_of_another_kind_is_named(data, said):
    assert said in reason(data)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<w:p><w:r><w:t>甲</w:t></w:r>", "</w:p>"),
        ("<w:p><w:r><w:t>甲</w:t><w:txbxContent>", "</w:txbxContent></w:r></w:p>"),
        ("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p>", "</w:tc></w:tr></w:tbl>"),
        ("<w:p><w:ins>", "</w:ins></w:p>"),
    ],
)
def test_nested_elements_take_no_time(start, end):
    begun = time.process_time()
    for depth in (50, 220):
        data = body_docx(start * depth + end * depth)
        try:
            read(data)
        except ReadError as error:
            assert "nested too deep" in str(error) or "damaged" in str(error)  # noqa: PT017 - either is fine
    assert time.process_time() - begun < 5
