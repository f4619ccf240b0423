"""Files made for the tests, so small that what is to be read from them can be checked by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate

import docx

#: (left, baseline, size, text), in points from the lower left corner.
Line = tuple[float, float, float, str]


def made_pdf(
    pages: Sequence[Sequence[Line]],
    *,
    mapped: bool | str = True,
    extra: str = "",
    drawn: str = "",
    fields: Sequence[str] = (),
) -> bytes:
    """A PDF of lines of text. Its font is named, not held; ``mapped`` says whether its codes tell characters, or which.

    A code is the place of a character among all; full-width characters are as wide as the size, others half of that.
    pdfium passes over a line of one character, as this font has no shapes: a space behind it helps.
    ``drawn`` are operators on each page; ``fields`` are the entries of a form on the first one.
    """
    characters = sorted({c for page in pages for *_, text in page for c in text})
    codes = {c: n for n, c in enumerate(characters, 1)}
    half = " ".join(f"{n} [500]" for c, n in codes.items() if c.isascii())
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R{_form(len(pages), len(fields))} >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{6 + 2 * n} 0 R' for n in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Made /Encoding /Identity-H /DescendantFonts [4 0 R]"
        f"{' /ToUnicode 5 0 R' if mapped else ''} >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Made /DW 1000 "
        f"/W [{half}] /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        "/FontDescriptor << /Type /FontDescriptor /FontName /Made /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
        "/Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >> >>",
        _stream(_to_unicode({c: n for c, n in codes.items() if mapped is True or c in str(mapped)})),
    ]
    for n, page in enumerate(pages):
        bodies += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {7 + 2 * n} 0 R{_annotations(len(pages), len(fields)) if n == 0 else ''} >>",
            _stream("\n".join([drawn, *(_shown(line, codes) for line in page)])),
        ]
    bodies += [f"<< /Type /Annot /Subtype /Widget /F 4 {field} >>" for field in fields]
    objects = [f"{n} 0 obj\n{body}\nendobj\n" for n, body in enumerate(bodies, 1)]
    head = "%PDF-1.4\n"
    places = accumulate((len(o) for o in objects[:-1]), initial=len(head))
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    body = head + "".join(objects)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {extra}>>\n"
    return f"{body}{end}startxref\n{len(body)}\n%%EOF\n".encode("ascii")


def _form(pages: int, fields: int) -> str:
    return f" /AcroForm << /Fields [{_references(pages, fields)}] /DA (/F 10 Tf) >>" if fields else ""


def _annotations(pages: int, fields: int) -> str:
    return f" /Annots [{_references(pages, fields)}]" if fields else ""


def _references(pages: int, fields: int) -> str:
    return " ".join(f"{6 + 2 * pages + n} 0 R" for n in range(fields))


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _shown(line: Line, codes: Mapping[str, int]) -> str:
    left, bottom, size, text = line
    shown = "".join(f"{codes[c]:04x}" for c in text)
    return f"BT /F {size} Tf {left} {bottom} Td <{shown}> Tj ET"


def _to_unicode(codes: Mapping[str, int]) -> str:
    rows = [f"<{n:04x}> <{c.encode('utf-16-be').hex()}>" for c, n in codes.items()]
    blocks = [rows[i : i + 100] for i in range(0, len(rows), 100)]
    listed = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Made def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{listed}\nendcmap end end"
    )


def column(left: float, top: float, lines: Sequence[str], *, size: float = 10, step: float = 14) -> list[Line]:
    """Lines below one another; full-width spaces in front of a line set it in."""
    return [(left, top - n * step, size, line) for n, line in enumerate(lines)]


def beside(*columns: Sequence[str], lefts: Sequence[float], top: float = 700, step: float = 14) -> list[Line]:
    """Columns as some programs write them: row by row."""
    return [
        (left, top - n * step, 10, lines[n])
        for n in range(max(map(len, columns)))
        for left, lines in zip(lefts, columns, strict=True)
        if n < len(lines) and lines[n]
    ]


def upright(columns: Sequence[str], *, right: float = 500, top: float = 700) -> list[Line]:
    """Vertical lines from the right, character by character."""
    return [
        (right - 20 * k, top - 11 * n, 10, f"{character} ")
        for k, column in enumerate(columns)
        for n, character in enumerate(column)
    ]


def ruled(lefts: Sequence[float], tops: Sequence[float]) -> str:
    """Operators that draw a grid."""
    level = [f"{lefts[0]} {y} m {lefts[-1]} {y} l S" for y in tops]
    return "\n".join([*level, *(f"{x} {tops[0]} m {x} {tops[-1]} l S" for x in lefts)])


def made_docx(*paragraphs: str | tuple[str, str] | list[list[str]]) -> bytes:
    """A Word file: text, (style, text), or the rows of a table."""
    word = docx.Document()
    for paragraph in paragraphs:
        if isinstance(paragraph, list):
            table = word.add_table(len(paragraph), len(paragraph[0]))
            for r, row in enumerate(paragraph):
                for c, text in enumerate(row):
                    table.cell(r, c).text = text
        elif isinstance(paragraph, tuple):
            word.add_paragraph(paragraph[1], style=paragraph[0])
        else:
            word.add_paragraph(paragraph)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def edited_docx(data: bytes, old: str, new: str, *, part: str = "word/document.xml") -> bytes:
    """``data`` with a piece of the XML of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content.decode()
                content = content.decode().replace(old, new).encode()
            target.writestr(name, content)
    return out.getvalue()


def body_docx(xml: str, **parts: str) -> bytes:
    """A Word file with this body; ``parts`` are further parts ("numbering", "footnotes", "styles") by name.

    The prefixes w, m and r are declared in all of them.
    """
    data = edited_docx(_place(), "<w:p><w:r><w:t>此处。</w:t></w:r></w:p>", xml)
    for name, content in parts.items():
        data = _with_part(data, name, f"<w:{name} {_NAMESPACES}>{content}</w:{name}>")
    return data


@cache
def _place() -> bytes:
    return made_docx("此处。")


_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _with_part(data: bytes, name: str, content: str) -> bytes:
    kind = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml"
    return with_part(data, f"{name}.xml", content.encode(), kind, f"{_OFFICE}/{name}")


def with_part(data: bytes, name: str, content: bytes, kind: str, relation: str, *, number: str = "rIdMade") -> bytes:
    """``data`` with a part in place of the one of this name, or with one more; ``number`` is its relation's id."""
    out = io.BytesIO()
    path = f"word/{name}"
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        is_new = path not in source.namelist()
        for part in source.namelist():
            old = source.read(part)
            if is_new and part == "[Content_Types].xml":
                old = old.replace(b"</Types>", f'<Override PartName="/{path}" ContentType="{kind}"/></Types>'.encode())
            if is_new and part == "word/_rels/document.xml.rels":
                link = f'<Relationship Id="{number}{name}" Type="{relation}" Target="{name}"/></Relationships>'
                old = old.replace(b"</Relationships>", link.encode())
            if part != path:
                target.writestr(part, old)
        target.writestr(path, content)
    return out.getvalue()
