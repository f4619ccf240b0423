"""Open the parts of a Word file with python-docx and read its text. Runs in a separate process (see ``sandbox``)."""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rag.corpus.decode import decode
from rag.corpus.formats.docx.body import BodyReader, Parts
from rag.corpus.formats.docx.numbering import Numbering
from rag.corpus.formats.docx.styles import Styles
from rag.corpus.formats.docx.xml import W
from rag.corpus.formats.html import read_html
from rag.corpus.rows import split_rows
from rag.corpus.signatures import other_format
from rag.errors import ReadError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import Part

#: The largest size to which a file may unpack: more than any article needs, less than the memory of the process.
MAX_UNPACKED = 200_000_000
MAX_XML = 50_000_000
_IS_DAMAGED = "it is no Word file, or a damaged one: open and save it anew"
#: What zipfile and python-docx raise for a file that is no archive, is encrypted, or lacks a part.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, KeyError, ValueError, AttributeError)
_STRICT = b"http://purl.oclc.org/ooxml/"
#: XML names in files of the strict variant, and the usual names; longer ones first.
_NAMESPACES = (
    (b"officeDocument/relationships", b"officeDocument/2006/relationships"),
    (b"officeDocument/math", b"officeDocument/2006/math"),
    (b"officeDocument/", b"officeDocument/2006/"),
    (b"wordprocessingml/main", b"wordprocessingml/2006/main"),
    (b"drawingml/wordprocessingDrawing", b"drawingml/2006/wordprocessingDrawing"),
    (b"drawingml/", b"drawingml/2006/"),
)
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: The types of templates and of files with macros, which have the same text.
_OTHER_MAIN = (
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
#: The entries of [Content_Types].xml, and what tells those of Word files that are embedded.
_TYPE = re.compile(rb"<(?:Default|Override)\b[^>]*>")
_WORD_FILE = re.compile(rb"""(?:\bExtension=|\.)["']?doc[xm]["']""")
#: A file may embed other files as parts of its text, and these may embed others.
_MAX_DEPTH = 3


def read(data: bytes) -> tuple[str, str]:
    """The text of a Word file and its format. Raises ``ReadError`` with the reason."""
    text = _text(data, 0)
    return (f"{text}\n\f\n" if "\f" in text else text), "docx"


def _text(data: bytes, depth: int) -> str:
    if reason := other_format(data, ".docx"):
        raise ReadError(reason)
    word = _open(data)
    rels = word.part.rels
    parts = Parts(
        styles=Styles(_root(word, "styles")),
        numbering=Numbering(_root(word, "numbering")),
        notes={(kind, note.get(f"{W}id", "")): note for kind in ("footnote", "endnote") for note in _notes(word, kind)},
        read_embedded=lambda name: _embedded_text(rels[name].target_part if name in rels else None, depth),
    )
    return BodyReader(parts).text(word.element.body)


def _open(data: bytes) -> WordDocument:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.oxml.document import CT_Document
    from lxml import etree

    try:
        _check_size(data)
        word = docx.Document(io.BytesIO(_with_usual_names(data)))
    except (*_DAMAGED, etree.XMLSyntaxError, PackageNotFoundError) as error:
        raise ReadError(_IS_DAMAGED) from error
    if not isinstance(word.element, CT_Document) or word.element.body is None:
        raise ReadError(_IS_DAMAGED)
    return word


def _check_size(data: bytes) -> None:
    """Raise ``ReadError`` if the file would unpack to too much.

    The archive states the size of each part, and zipfile never reads more than that.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    xml = max((size for name, size in sizes.items() if name.endswith((".xml", ".rels"))), default=0)
    if sum(sizes.values()) > MAX_UNPACKED or xml > MAX_XML:
        raise ReadError(
            f"it unpacks to more than {MAX_UNPACKED // 10**6} MB, or {MAX_XML // 10**6} MB of text: split it"
        )


def _with_usual_names(data: bytes) -> bytes:
    """The file with the names that python-docx knows, if it is strict, a template, has macros or embeds Word files."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types, rels = archive.read("[Content_Types].xml"), archive.read("_rels/.rels")
        plain = _TYPE.sub(_embedded_as_file, types)
        if _STRICT not in rels and not any(main in types for main in _OTHER_MAIN) and plain == types:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as usual:
            for name in archive.namelist():
                content = plain if name == "[Content_Types].xml" else archive.read(name)
                usual.writestr(name, _renamed(content) if name.endswith((".xml", ".rels")) else content)
    return out.getvalue()


def _embedded_as_file(tag: re.Match[bytes]) -> bytes:
    """An entry without the type of a main document if it is for embedded Word files: python-docx would parse those."""
    return tag[0].replace(b".main+xml", b"") if _WORD_FILE.search(tag[0]) else tag[0]


def _renamed(content: bytes) -> bytes:
    for strict, usual in _NAMESPACES:
        content = content.replace(_STRICT + strict, b"http://schemas.openxmlformats.org/" + usual)
    for main in _OTHER_MAIN:
        content = content.replace(main, _MAIN)
    return content


def _part(word: WordDocument, kind: str) -> Part | None:
    rels = (rel for rel in word.part.rels.values() if rel.reltype.endswith(f"/{kind}") and not rel.is_external)
    rel = next(rels, None)
    return None if rel is None else rel.target_part


def _root(word: WordDocument, kind: str) -> Any | None:
    from docx.oxml.parser import parse_xml
    from lxml import etree

    part = _part(word, kind)
    if part is None:
        return None
    try:
        return parse_xml(part.blob)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(_IS_DAMAGED) from error


def _notes(word: WordDocument, kind: str) -> Iterator[Any]:
    root = _root(word, f"{kind}s")
    return iter(()) if root is None else root.iter(f"{W}{kind}")


def _embedded_text(part: Part | None, depth: int) -> str:
    """The text of a file that is embedded as a part of the text (``w:altChunk``)."""
    if part is None:
        raise ReadError("a part of its text is missing: open it in Word and save it anew")
    if depth >= _MAX_DEPTH:
        raise ReadError("it holds files within files: open it in Word and save it anew")
    data, kind = part.blob, part.content_type.lower()
    if data.startswith(b"PK"):
        return _text(data, depth + 1)
    if "html" in kind:
        return _html_text(data)
    if "rfc822" in kind or "mht" in kind or "related" in kind:
        message = email.message_from_bytes(data, policy=email.policy.default)
        page = message.get_body(("html", "plain"))
        content = page.get_content() if page is not None else ""
        return _html_text(content.encode()) if page and page.get_content_type() == "text/html" else str(content)
    if kind.startswith("text/plain"):
        return decode(data)[0]
    raise ReadError(f"it holds a part of another kind ({kind}): open it in Word and save it anew")


def _html_text(data: bytes) -> str:
    text = read_html(data).text
    pieces = []
    for row in split_rows(text):
        title = " ".join(text[row.title.start : row.title.end].split())
        pieces += [f"# {title}" if title else "", text[row.text.start : row.text.end].replace("\f", " ")]
    return "\n\n".join(filter(None, pieces))
