"""Bytes of a text file to text and the name of its encoding."""

from __future__ import annotations

import codecs
import re
from functools import cache

from rag.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = "it is binary, not text"
_GUESSES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
# The standards put their frequently used characters first: GB 2312 level 1 and Big5 level 1, each with its symbols.
_FREQUENT = {"gb2312": (*range(0xA1, 0xA4), *range(0xB0, 0xD8)), "big5": tuple(range(0xA1, 0xC7))}
_AFTER_HEBREW = "\u0600"  # Latin, Greek, Cyrillic, Armenian and Hebrew letters come before
_SURE = 0.5
_SURE_CHARACTERS = 5
#: So many characters that fit for one that does not: the file is damaged, and no other encoding.
_GOOD_FOR_BAD = 10
_NAMES = {"gb18030": "GB18030", "big5hkscs": "Big5"}
#: English with a few accents and curly quotes has more ASCII than this.
_ENGLISH = 0.9
_CONTROL_SHARE = 0.01
_HANGUL = 0.9
_WITHIN_WORD = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[a-z])")
#: No text in English has these within words; ł of other encodings is one of them.
_SYMBOL_IN_WORD = re.compile(r"(?<=[A-Za-z])[¡¢£¤¥¦¨©ª«¬®¯±²³´¶¸¹º»¼½¾¿×÷](?=[a-z])")
#: So many bytes decide which encoding it is.
_SAMPLE = 200_000


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file; returns ``(text, encoding)``. Raises ``ReadError`` with the reason alone."""
    text, encoding = _decode(data)
    controls = sum(c < " " and c not in "\t\n\r\f\v\x1a" for c in text)
    if controls > _CONTROL_SHARE * len(text):
        raise ReadError(_BINARY)
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data, encoding), encoding
    if b"\0" in data:
        return _with_nul(data)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _is_damaged(data, error):
            raise ReadError(_damage("UTF-8", error)) from error
        return _chinese(data) or _any(data)


def _damage(name: str, error: UnicodeDecodeError) -> str:
    return f"it reads as {name} up to byte {error.start}, which does not fit: save it as UTF-8 anew"


def _is_damaged(data: bytes, error: UnicodeDecodeError) -> bool:
    """So many characters beyond ASCII are valid UTF-8 in no other encoding: only a few bytes are damaged."""
    before = data[: error.start].decode("utf-8")
    if sum(c > "\x7f" for c in before[-_SAMPLE:]) >= _SURE_CHARACTERS:
        return True
    beyond = [c for c in data[:_SAMPLE].decode("utf-8", "replace") if c > "\u07ff"]  # of three bytes at least
    bad = beyond.count("\ufffd")
    return len(beyond) - bad >= max(_SURE_CHARACTERS, _GOOD_FOR_BAD * bad)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"it begins as {encoding} but byte {error.start} does not fit: save it as UTF-8") from error


def _with_nul(data: bytes) -> tuple[str, str]:
    """UTF-16 without its mark has NUL bytes where it has ASCII; other text has none to speak of."""
    shares = {encoding: _usual_share(data, encoding, ascii_counts=True) for encoding in ("utf-8", *_GUESSES[2:])}
    best = max(shares, key=lambda encoding: shares[encoding])
    if shares[best] < _SURE:
        raise ReadError(_BINARY)
    try:
        text = data.decode(best)
    except UnicodeDecodeError as error:
        raise ReadError(_BINARY) from error
    return text, best


def _chinese(data: bytes) -> tuple[str, str] | None:
    """The Chinese encoding in which most characters are frequent ones.

    Nearly all Big5 bytes are valid GB18030, so validity says little; statistical detectors err on short texts.
    """
    if korean := _korean(data):
        return korean
    shares = {encoding: _usual_share(data, encoding, ascii_counts=False) for encoding in _GUESSES}
    damage = None
    for encoding in sorted(shares, key=lambda name: -shares[name]):
        if shares[encoding] < _SURE:
            break
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            damage = damage or error
            continue
        if _is_accented(text):
            continue
        _refuse_mixed(data, encoding)
        return text, encoding
    if damage is not None and damage.encoding in _NAMES and _is_mostly(data, damage.encoding):
        _refuse_mixed(data, damage.encoding)
        raise ReadError(_damage(_NAMES[damage.encoding], damage)) from damage
    return None


def _korean(data: bytes) -> tuple[str, str] | None:
    """Nearly all Korean bytes are frequent characters of GB18030; as Korean, half of a Chinese text is no Hangul."""
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    beyond = [c for c in text[:_SAMPLE] if c > "\x7f"]
    hangul = sum("가" <= c <= "힣" for c in beyond)
    return (text, "cp949") if hangul > max(_GOOD_FOR_BAD, _HANGUL * len(beyond)) else None


def _is_accented(text: str) -> bool:
    """Whether Chinese characters stand singly within Latin words: each is an accented letter and the one behind it.

    >>> _is_accented("Br點ke"), _is_accented("用Python写的，OK")
    (True, False)
    """
    beyond = sum(c > "\x7f" for c in text[:_SAMPLE])
    return 2 * len(_WITHIN_WORD.findall(text[:_SAMPLE])) > beyond


def _is_mostly(data: bytes, encoding: str) -> bool:
    """Whether bytes that do not fit are rare among characters beyond ASCII."""
    beyond = [c for c in data[:_SAMPLE].decode(encoding, "replace") if c > "\x7f"]
    bad = beyond.count("\ufffd")
    return len(beyond) - bad >= max(_SURE_CHARACTERS, _GOOD_FOR_BAD * bad)


def _refuse_mixed(data: bytes, encoding: str) -> None:
    """A file of two encodings is read wrong in either; no line of one is UTF-8 by chance."""
    if encoding not in _NAMES:
        return
    at = 0
    for line in data[:_SAMPLE].splitlines(keepends=True):
        if not line.isascii() and _is_utf8(line):
            raise ReadError(
                f"it reads as {_NAMES[encoding]} but is UTF-8 from byte {at} on: save all of it in one encoding, UTF-8"
            )
        at += len(line)


def _is_utf8(line: bytes) -> bool:
    try:
        return sum(c > "\u07ff" for c in line.decode("utf-8")) >= _SURE_CHARACTERS
    except UnicodeDecodeError:
        return False


def _usual_share(data: bytes, encoding: str, *, ascii_counts: bool) -> float:
    """The share of frequently used characters, among those beyond ASCII or among all; what does not fit is none."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(data[:_SAMPLE], final=len(data) <= _SAMPLE)
    seen = [c for c in text if ascii_counts or not " " <= c <= "~"]
    return sum(_is_usual(c) or (ascii_counts and c < _AFTER_HEBREW and c.isalpha()) for c in seen) / max(1, len(seen))


@cache
def _is_usual(character: str) -> bool:
    if character < "\x7f":
        return character >= " " or character in "\t\n\r\f"
    return any(_leads(character, standard) for standard in _FREQUENT)


def _leads(character: str, standard: str) -> bool:
    try:
        return character.encode(standard)[0] in _FREQUENT[standard]
    except UnicodeEncodeError:
        return False


def _any(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    if sum(byte < 128 for byte in data[:_SAMPLE]) > _ENGLISH * len(data[:_SAMPLE]):
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = ""  # one of its five unused bytes: leave it to statistics
        if text and not _SYMBOL_IN_WORD.search(text):
            return text, "cp1252"
    best = from_bytes(data).best()
    if best is None:
        raise ReadError("it is binary, or in an encoding that could not be recognised: save it as UTF-8")
    return str(best), best.encoding
