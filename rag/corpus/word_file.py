"""The parts of a Word file: opened by python-docx, read by ``word_text``. Runs in a process of its own."""

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
from rag.corpus.kinds import other_kind
from rag.corpus.records import split
from rag.corpus.web import read_html
from rag.corpus.word_numbers import Numbers
from rag.corpus.word_styles import Styles
from rag.corpus.word_text import Parts, W, WordText
from rag.errors import ReadError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import Part

#: What a file may unpack to: more than any article, less than any memory.
MAX_UNPACKED = 200_000_000
MAX_XML = 50_000_000
_IS_DAMAGED = "it is no Word file, or a damaged one: open and save it anew"
#: What zipfile and python-docx raise for what is no archive, is locked, or lacks a part.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, KeyError, ValueError, AttributeError)
_STRICT = b"http://purl.oclc.org/ooxml/"
#: The names of strict files and those that everybody else uses, longer ones first.
_NAMESPACES = (
    (b"officeDocument/relationships", b"officeDocument/2006/relationships"),
    (b"officeDocument/math", b"officeDocument/2006/math"),
    (b"officeDocument/", b"officeDocument/2006/"),
    (b"wordprocessingml/main", b"wordprocessingml/2006/main"),
    (b"drawingml/wordprocessingDrawing", b"drawingml/2006/wordprocessingDrawing"),
    (b"drawingml/", b"drawingml/2006/"),
)
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: Templates and files with macros have the same text.
_OTHER_MAIN = (
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
#: What [Content_Types].xml says of each part, and of those that are Word files themselves.
_TYPE = re.compile(rb"<(?:Default|Override)\b[^>]*>")
_WORD_FILE = re.compile(rb"""(?:\bExtension=|\.)["']?doc[xm]["']""")
#: Files that a file holds as parts of its text may hold others.
_MAX_CHUNKS_DEEP = 3


def read(data: bytes) -> tuple[str, str]:
    """The text of the document. Raises ``ReadError`` with the reason."""
    text = _text(data, 0)
    return (f"{text}\n\f\n" if "\f" in text else text), "docx"


def _text(data: bytes, depth: int) -> str:
    if reason := other_kind(data, ".docx"):
        raise ReadError(reason)
    word = _opened(data)
    rels = word.part.rels
    parts = Parts(
        styles=Styles(_root(word, "styles")),
        numbers=Numbers(_root(word, "numbering")),
        notes={(kind, note.get(f"{W}id", "")): note for kind in ("footnote", "endnote") for note in _notes(word, kind)},
        chunk=lambda name: _chunk(rels[name].target_part if name in rels else None, depth),
    )
    return WordText(parts).text(word.element.body)


def _opened(data: bytes) -> WordDocument:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.oxml.document import CT_Document
    from lxml import etree

    try:
        _check_size(data)
        word = docx.Document(io.BytesIO(_usual(data)))
    except (*_DAMAGED, etree.XMLSyntaxError, PackageNotFoundError) as error:
        raise ReadError(_IS_DAMAGED) from error
    if not isinstance(word.element, CT_Document) or word.element.body is None:
        raise ReadError(_IS_DAMAGED)
    return word


def _check_size(data: bytes) -> None:
    """A file says in its contents what each part unpacks to, and zipfile reads no more than that."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    xml = max((size for name, size in sizes.items() if name.endswith((".xml", ".rels"))), default=0)
    if sum(sizes.values()) > MAX_UNPACKED or xml > MAX_XML:
        raise ReadError(
            f"it unpacks to more than {MAX_UNPACKED // 10**6} MB, or {MAX_XML // 10**6} MB of text: split it"
        )


def _usual(data: bytes) -> bytes:
    """A strict file, one with macros or one that holds Word files, in the names that python-docx knows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types, rels = archive.read("[Content_Types].xml"), archive.read("_rels/.rels")
        plain = _TYPE.sub(_as_file, types)
        if _STRICT not in rels and not any(main in types for main in _OTHER_MAIN) and plain == types:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as usual:
            for name in archive.namelist():
                content = plain if name == "[Content_Types].xml" else archive.read(name)
                usual.writestr(name, _renamed(content) if name.endswith((".xml", ".rels")) else content)
    return out.getvalue()


def _as_file(tag: re.Match[bytes]) -> bytes:
    """python-docx reads each part that is called a main document as XML; a Word file within the file is none."""
    return tag[0].replace(b".main+xml", b"") if _WORD_FILE.search(tag[0]) else tag[0]


def _renamed(content: bytes) -> bytes:
    for strict, usual in _NAMESPACES:
        content = content.replace(_STRICT + strict, b"http://schemas.openxmlformats.org/" + usual)
    for main in _OTHER_MAIN:
        content = content.replace(main, _MAIN)
    return content


def _part(word: WordDocument, kind: str) -> Part | None:
    found = (rel for rel in word.part.rels.values() if rel.reltype.endswith(f"/{kind}") and not rel.is_external)
    rel = next(found, None)
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


def _chunk(part: Part | None, depth: int) -> str:
    """The text of a file that this one holds as a part of its text (``w:altChunk``)."""
    if part is None:
        raise ReadError("a part of its text is missing: open it in Word and save it anew")
    if depth >= _MAX_CHUNKS_DEEP:
        raise ReadError("it holds files within files: open it in Word and save it anew")
    data, kind = part.blob, part.content_type.lower()
    if data.startswith(b"PK"):
        return _text(data, depth + 1)
    if "html" in kind:
        return _of_html(data)
    if "rfc822" in kind or "mht" in kind or "related" in kind:
        message = email.message_from_bytes(data, policy=email.policy.default)
        page = message.get_body(("html", "plain"))
        content = page.get_content() if page is not None else ""
        return _of_html(content.encode()) if page and page.get_content_type() == "text/html" else str(content)
    if kind.startswith("text/plain"):
        return decode(data)[0]
    raise ReadError(f"it holds a part of another kind ({kind}): open it in Word and save it anew")


def _of_html(data: bytes) -> str:
    text = read_html(data).text
    pieces = []
    for part in split(text):
        title = " ".join(text[part.title.start : part.title.end].split())
        pieces += [f"# {title}" if title else "", text[part.text.start : part.text.end].replace("\f", " ")]
    return "\n\n".join(filter(None, pieces))
