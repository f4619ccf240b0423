"""The characters of a page of a PDF with their places, and what is filled into its forms."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

from rag.text.script import UNSPACED_OR_PUNCTUATION

#: What pdfium gives for a hyphen at the end of a line that breaks a word.
_HYPHENS = (0x02, 0xFFFE)
#: What stands for a character that a font does not tell.
UNKNOWN = "\ufffd"
#: Forms of marks that are only set in vertical lines.
_UPRIGHT = str.maketrans(
    "︐︑︒︓︔︕︖︙︰︱︲︳︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
    "，、。：；！？…‥—–_（）｛｝〔〕【】《》〈〉「」『』［］",
)
_QUARTER = 1.5708
_BELOW = 0.2
_LEFT_OUT = ("\0", "\xad", "\ufeff", "\u200b")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A visible character and its place, in points, y upwards.

    ``bottom`` and ``top`` are those of its size, whatever the character: a fifth of it lies below the base line.
    ``gap`` is white space, or a tab for a jump, before it; ``line`` counts pdfium's lines; ``broken``: a hyphen behind
    it breaks a word; ``angle``: how many quarters it is turned against the clock; ``order``: its place in the file.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    line: int
    gap: str = ""
    broken: bool = False
    angle: int = 0
    order: int = 0

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def base(self) -> float:
        return self.bottom + _BELOW * self.height

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of a form shows, and where."""

    text: str
    left: float
    right: float
    bottom: float
    top: float


def glyphs(text_page: Any) -> list[Glyph]:
    """The visible characters of a page in the order of the file.

    ``gap`` is the file's own white space, or a tab for a jump without any.
    """
    from pypdfium2 import raw

    handle = text_page.raw
    found: list[Glyph] = []
    boxes = _Boxes(handle)
    gap, line, high = "", 0, 0
    for i in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, i)
        if code in _HYPHENS and found:
            found[-1] = replace(found[-1], broken=True)
            continue
        if code in (0xA, 0xD):
            line, gap = line + 1, ""
            continue
        if 0xD800 <= code < 0xDC00:  # half of a character beyond the basic plane
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
        high = 0
        text = chr(code).translate(_UPRIGHT)
        if text.isspace() or text in _LEFT_OUT:
            if text.isspace():
                gap = (gap + ("\t" if raw.FPDFText_IsGenerated(handle, i) else text.replace("\f", " ")))[:4]
            continue
        if raw.FPDFText_HasUnicodeMapError(handle, i) == 1 or code < 0x20:
            text = UNKNOWN
        angle = -round(raw.FPDFText_GetCharAngle(handle, i) / _QUARTER) % 4  # pdfium counts with the clock
        found.append(Glyph(text, *boxes.box(i, text, upright=not angle), line, gap, angle=angle, order=i))
        gap = ""
    return found


class _Boxes:
    """Left, right, bottom and top of characters. Fonts err in these, so the size and the base line tell.

    The variables that pdfium writes to are made once, because a page has thousands of characters.
    """

    def __init__(self, handle: Any) -> None:
        from pypdfium2 import raw

        self._raw, self._handle = raw, handle
        self._box, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def box(self, i: int, text: str, *, upright: bool) -> tuple[float, float, float, float]:
        raw, handle, box, matrix = self._raw, self._handle, self._box, self._matrix
        raw.FPDFText_GetLooseCharBox(handle, i, box)
        left, right, bottom, top = box.left, box.right, box.bottom, box.top
        if not upright:
            return left, right, bottom, top
        raw.FPDFText_GetMatrix(handle, i, matrix)
        raw.FPDFText_GetCharOrigin(handle, i, self._x, self._y)
        font = raw.FPDFText_GetFontSize(handle, i)
        size = font * hypot(matrix.c, matrix.d)
        x, base = self._x.value, self._y.value - _BELOW * size
        if not (size > 0 and base < top and bottom < base + size):
            return left, right, bottom, top
        if left - size < x < right and UNSPACED_OR_PUNCTUATION.match(text):
            # As wide as it is high; some fonts give the ink alone.
            return x, x + font * hypot(matrix.a, matrix.b), base, base + size
        return left, right, base, base + size


def fields(page: Any, form: Any) -> Iterator[Field]:
    """The fields of a form that are filled in, choices that are taken and boxes that are ticked or not."""
    from pypdfium2 import raw

    for i in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, i)
        if not annotation:
            continue
        try:
            text = _field_text(annotation, form)
            place = raw.FS_RECTF()
            if text and raw.FPDFAnnot_GetRect(annotation, ctypes.byref(place)):
                yield Field(text, place.left, place.right, place.bottom, place.top)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _field_text(annotation: Any, form: Any) -> str:
    from pypdfium2 import raw

    hidden = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
    if raw.FPDFAnnot_GetFlags(annotation) & hidden:
        return ""
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        return "☑" if raw.FPDFAnnot_IsChecked(form, annotation) else "☐"
    if kind in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        count = raw.FPDFAnnot_GetOptionCount(form, annotation)
        chosen = [n for n in range(count) if raw.FPDFAnnot_IsOptionSelected(form, annotation, n)]
        labels = [_string(raw.FPDFAnnot_GetOptionLabel, form, annotation, n) for n in chosen]
        return ", ".join(labels) or _string(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    if kind == raw.FPDF_FORMFIELD_TEXTFIELD:
        secret = raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & raw.FPDF_FORMFLAG_TEXT_PASSWORD
        return "" if secret else _string(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    return ""


def _string(function: Any, *arguments: Any) -> str:
    """What a function of pdfium writes into a buffer as UTF-16, on one line."""
    from pypdfium2 import raw

    size = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(size)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return " ".join(buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace").split())
