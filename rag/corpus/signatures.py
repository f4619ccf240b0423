"""Recognise a file's format by its bytes, for files whose suffix is wrong."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|div|table)\b", re.I | re.S
)
_MHTML = re.compile(rb"mime-version:|[^\0]*\ncontent-type: multipart/related", re.I)
_WORD_XML = re.compile(rb"[^\0]*(?:http://schemas\.microsoft\.com/office/word/2003/wordml|<pkg:package)")
_PICTURE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "it is locked with a password: save it without one"
_OLD_KINDS = (
    ("EncryptedPackage", _LOCKED),
    ("WordDocument", "it is an old Word file (.doc) by its contents: open it in Word and save it as .docx"),
    ("Workbook", "it is an old Excel file (.xls) by its contents: save it as .csv"),
    ("", "it is locked with a password, or an old Word file: save it as .docx without a password"),
)
#: What a ZIP archive is: by the names of its files, or by the content of its file "mimetype".
_PACKAGES = (
    ("xl/", ".xlsx", "it is an Excel file by its contents: save it as .csv"),
    ("ppt/", ".pptx", "it is a PowerPoint file by its contents: save its text as .docx or .txt"),
    ("application/vnd.oasis", ".odt", "it is an OpenDocument file by its contents: save it as .docx"),
    ("application/epub", ".epub", "it is an e-book (EPUB) by its contents: save its text as .html or .docx"),
    ("word/", ".docx", "it is a Word file by its contents: name it .docx"),
    ("[Content_Types].xml", ".docx", "it is an Office file by its contents: save it as .docx or .csv"),
    ("", ".zip", "it is a ZIP archive by its contents: unpack it, and index the files in it"),
)


def other_format(data: bytes, wanted: str) -> str | None:
    """What is wrong and what to do, if ``data`` has a known format other than that of the suffix ``wanted``."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    for suffix, fits, reason in _KINDS:
        if fits(head):
            return None if suffix == wanted else reason
    if data.startswith(_OLD_OFFICE):
        return next(reason for name, reason in _OLD_KINDS if name.encode("utf-16-le") in data)
    return _package(data, wanted) if data.startswith(b"PK\x03\x04") else None


_KINDS: Sequence[tuple[str, Callable[[bytes], object], str]] = (
    (".pdf", lambda head: b"%PDF-" in head[:1024], "it is a PDF by its contents: name it .pdf"),
    (
        ".rtf",
        lambda head: head.startswith(b"{\\rtf"),
        "it is RTF by its contents: open it in Word and save it as .docx",
    ),
    (".html", _HTML.match, "it is a web page by its contents: name it .html"),
    (".mht", _MHTML.match, "it is a web archive (MHTML) by its contents: open it in Word and save it as .docx"),
    (".xml", _WORD_XML.match, "it is a Word file saved as XML: open it in Word and save it as .docx"),
    (".png", _PICTURE.match, "it is a picture by its contents: have its text recognised (OCR)"),
)


def _package(data: bytes, wanted: str) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            names += [archive.read("mimetype")[:100].decode("ascii", "replace")] if "mimetype" in names else []
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        return None  # damaged, or packed in a way that zipfile does not know
    for beginning, suffix, reason in _PACKAGES:
        if any(name.startswith(beginning) for name in names):
            return None if suffix == wanted else reason
    return None
