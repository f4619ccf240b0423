"""Bytes of a text file to text and the name of its encoding."""

from __future__ import annotations

import codecs

from rag.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Lead bytes of the frequently used characters and the symbols, by standard: GB 2312 level 1 and Big5 level 1.
_FREQUENT = {"gb18030": ("gb2312", ((0xA1, 0xA3), (0xB0, 0xD7))), "big5hkscs": ("big5", ((0xA1, 0xC6),))}
_SURE = 0.5
_CONTROL_SHARE = 0.01


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file; returns ``(text, encoding)``. Raises ``ReadError`` with the reason alone."""
    text, encoding = _decode(data)
    controls = sum(c < " " and c not in "\t\n\r\f\v\x1a" for c in text)
    if controls > _CONTROL_SHARE * len(text):
        raise ReadError("it is binary, not text")
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data, encoding), encoding
    if b"\0" in data:
        return _without_bom(data)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _chinese(data) or _any(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"it begins as {encoding} but byte {error.start} does not fit") from error


def _without_bom(data: bytes) -> tuple[str, str]:
    """UTF-16 without its mark: one of the two byte columns holds few different values (the high bytes)."""
    even, odd = set(data[0:4000:2]), set(data[1:4000:2])
    encoding = "utf-16-le" if len(odd) < len(even) else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError("it is binary, not text") from error
    if not text.isprintable() and sum(c.isprintable() or c.isspace() for c in text) < 0.95 * len(text):
        raise ReadError("it is binary, not text")
    return text, encoding


def _chinese(data: bytes) -> tuple[str, str] | None:
    """GB18030 or Big5, told apart by how many characters are frequent ones in each.

    Nearly all Big5 bytes are valid GB18030, so validity says little; statistical detectors err on short texts.
    """
    scores = {encoding: _frequent_share(data, encoding) for encoding in _FREQUENT}
    best = max(scores, key=lambda encoding: scores[encoding])
    return (data.decode(best), best) if scores[best] >= _SURE else None


def _frequent_share(data: bytes, encoding: str) -> float:
    try:
        letters = [c for c in data.decode(encoding) if ord(c) > 127]
    except UnicodeDecodeError:
        return 0.0
    base, ranges = _FREQUENT[encoding]
    return sum(_leads(c, base, ranges) for c in letters) / max(1, len(letters))


def _leads(character: str, encoding: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    try:
        lead = character.encode(encoding)[0]
    except UnicodeEncodeError:
        return False
    return any(low <= lead <= high for low, high in ranges)


def _any(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise ReadError("it is binary, or in an encoding that could not be recognised: save it as UTF-8")
    return str(best), best.encoding
