"""What a file is by its bytes, to say so where its name says something else."""

from __future__ import annotations

import io
import re
import zipfile

_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|div|table)\b", re.I | re.S)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD, _SHEET, _SLIDES = b"word/", b"xl/", b"ppt/"


def other_kind(data: bytes, wanted: str) -> str | None:
    """What is wrong and what to do if ``data`` is no file of the ``wanted`` suffix but another known one."""
    kind = _kind(data)
    return None if kind is None or kind[0] == wanted else kind[1]


def _kind(data: bytes) -> tuple[str, str] | None:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if b"%PDF-" in data[:1024]:
        return ".pdf", "it is a PDF by its contents: name it .pdf"
    if data.startswith(_OLD_OFFICE):
        return _old_office(data)
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if head.startswith(b"{\\rtf"):
        return ".rtf", "it is RTF by its contents: open it in Word and save it as .docx"
    if _HTML.match(head):
        return ".html", "it is a web page by its contents: name it .html"
    if head.lower().startswith(b"mime-version:") or b"\ncontent-type: multipart/related" in head.lower():
        return ".mht", "it is a web archive (MHTML) by its contents: open it in Word and save it as .docx"
    if b"http://schemas.microsoft.com/office/word/2003/wordml" in head or b"<pkg:package" in head:
        return ".xml", "it is a Word file saved as XML: open it in Word and save it as .docx"
    if data.startswith(_PICTURES):
        return ".png", "it is a picture by its contents: have its text recognised (OCR)"
    return None


def _old_office(data: bytes) -> tuple[str, str]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return ".locked", "it is locked with a password: save it without one"
    if "WordDocument".encode("utf-16-le") in data:
        return ".doc", "it is an old Word file (.doc) by its contents: open it in Word and save it as .docx"
    if "Workbook".encode("utf-16-le") in data:
        return ".xls", "it is an old Excel file (.xls) by its contents: save it as .csv"
    return ".doc", "it is locked with a password, or an old Word file: save it as .docx without a password"


def _package(data: bytes) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.encode() for name in archive.namelist()]
            told = archive.read("mimetype")[:100] if b"mimetype" in names else b""
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        return None
    if any(name.startswith(_SHEET) for name in names):
        return ".xlsx", "it is an Excel file by its contents: save it as .csv"
    if any(name.startswith(_SLIDES) for name in names):
        return ".pptx", "it is a PowerPoint file by its contents: save its text as .docx or .txt"
    if told.startswith(b"application/vnd.oasis"):
        return ".odt", "it is an OpenDocument file by its contents: save it as .docx"
    if told.startswith(b"application/epub"):
        return ".epub", "it is an e-book (EPUB) by its contents: save its text as .html or .docx"
    if any(name.startswith(_WORD) for name in names):
        return ".docx", "it is a Word file by its contents: name it .docx"
    return ".zip", "it is a ZIP archive by its contents: unpack it, and index the files in it"
