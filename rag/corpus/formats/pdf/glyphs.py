"""Read the characters of a PDF page with their places."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

from rag.text.script import UNSPACED_OR_PUNCTUATION

#: pdfium's codes for a hyphen that breaks a word at the end of a line.
_HYPHENS = (0x02, 0xFFFE)
#: Stands for a character whose font does not say which one it is.
UNKNOWN = "\ufffd"
#: Pronunciation (ruby) is not higher than this share of the characters that it explains.
RUBY_HEIGHT = 0.75
#: Punctuation in the form that only vertical lines use.
_UPRIGHT = str.maketrans(
    "︐︑︒︓︔︕︖︙︰︱︲︳︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
    "，、。：；！？…‥—–_（）｛｝〔〕【】《》〈〉「」『』［］",
)
_QUARTER_TURN = 1.5708
_BELOW_BASE_LINE = 0.2
_LEFT_OUT = ("\0", "\xad", "\ufeff", "\u200b")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A visible character and its place in points; y grows upwards.

    ``bottom`` and ``top`` depend on the font size and not on the character; a fifth of the height is below the base
    line.
    ``line``: the number of the line, as pdfium counts lines.
    ``gap``: the white space before the character, with a tab for a jump without any.
    ``broken``: a hyphen behind the character breaks a word.
    ``angle``: how many quarter turns it is rotated counterclockwise.
    ``order``: its position in the file.
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
        return self.bottom + _BELOW_BASE_LINE * self.height

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def glyphs(text_page: Any) -> list[Glyph]:
    """The visible characters of a page, in the order of the file."""
    from pypdfium2 import raw

    handle = text_page.raw
    result: list[Glyph] = []
    boxes = _Boxes(handle)
    gap, line, high = "", 0, 0
    for i in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, i)
        if code in _HYPHENS and result:
            result[-1] = replace(result[-1], broken=True)
            continue
        if code in (0xA, 0xD):
            line, gap = line + 1, ""
            continue
        if 0xD800 <= code < 0xDC00:  # the first half of a surrogate pair
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
        angle = -round(raw.FPDFText_GetCharAngle(handle, i) / _QUARTER_TURN) % 4  # pdfium counts clockwise
        result.append(Glyph(text, *boxes.box(i, text, upright=not angle), line, gap, angle=angle, order=i))
        gap = ""
    return result


class _Boxes:
    """Computes the left, right, bottom and top of characters from their size and base line.

    The boxes that fonts give are often wrong. The variables that pdfium writes to are created only once, because a page
    has thousands of characters.
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
        x, base = self._x.value, self._y.value - _BELOW_BASE_LINE * size
        if not (size > 0 and base < top and bottom < base + size):
            return left, right, bottom, top
        if left - size < x < right and UNSPACED_OR_PUNCTUATION.match(text):
            # These are as wide as they are high; some fonts give only the width of the ink.
            return x, x + font * hypot(matrix.a, matrix.b), base, base + size
        return left, right, base, base + size
