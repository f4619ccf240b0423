"""Decode the bytes of a text file and name their encoding."""

from __future__ import annotations

import codecs
import re
from functools import cache

from rag.errors import ReadError

#: A surrogate that is not half of a pair: no UTF-8 can hold it.
HALF_CHARACTER = re.compile("[\ud800-\udfff]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = "it is binary, not text"
_GUESSES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
#: The first bytes of the frequently used characters, which both standards put first (level 1), and of symbols.
_FREQUENT = {"gb2312": (*range(0xA1, 0xA4), *range(0xB0, 0xD8)), "big5": tuple(range(0xA1, 0xC7))}
_AFTER_HEBREW = "\u0600"  # Latin, Greek, Cyrillic, Armenian and Hebrew letters come before
#: An encoding is accepted if at least this share of the characters is frequent in it.
_MIN_USUAL_SHARE = 0.5
_MIN_CHARACTERS = 5
#: With this many valid characters for each invalid one, the encoding is right and the file is damaged.
_VALID_PER_INVALID = 10
_NAMES = {"gb18030": "GB18030", "big5hkscs": "Big5"}
#: English text, even with a few accents and curly quotes, has a larger share of ASCII than this.
_ENGLISH = 0.9
_CONTROL_SHARE = 0.01
#: A text is Korean if more of its characters beyond ASCII than this share, and this number, are Hangul.
_HANGUL = 0.9
_MIN_HANGUL = 10
_WITHIN_WORD = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[a-z])")
#: English has none of these within words. In other encodings some of their bytes are letters, such as ł.
_SYMBOL_IN_WORD = re.compile(r"(?<=[A-Za-z])[¡¢£¤¥¦¨©ª«¬®¯±²³´¶¸¹º»¼½¾¿×÷](?=[a-z])")
#: The encoding is guessed from this many bytes.
_SAMPLE = 200_000


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file; returns ``(text, encoding)``. Raises ``ReadError`` with the reason."""
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
        return _decode_chinese(data) or _decode_by_statistics(data)


def _damage(name: str, error: UnicodeDecodeError) -> str:
    return f"it reads as {name} up to byte {error.start}, which does not fit: save it as UTF-8 anew"


def _is_damaged(data: bytes, error: UnicodeDecodeError) -> bool:
    """Whether the text is UTF-8 with a few damaged bytes.

    Text in another encoding does not hold several characters beyond ASCII that are valid UTF-8.
    """
    before = data[: error.start].decode("utf-8")
    if sum(c > "\x7f" for c in before[-_SAMPLE:]) >= _MIN_CHARACTERS:
        return True
    return _is_mostly_valid(data, "utf-8", above="\u07ff")  # characters of at least three bytes


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"it begins as {encoding} but byte {error.start} does not fit: save it as UTF-8") from error


def _with_nul(data: bytes) -> tuple[str, str]:
    """Decode UTF-16 without a byte order mark: it has NUL bytes where it has ASCII. Other text has hardly any."""
    shares = {encoding: _usual_share(data, encoding, ascii_counts=True) for encoding in ("utf-8", *_GUESSES[2:])}
    best = max(shares, key=lambda encoding: shares[encoding])
    if shares[best] < _MIN_USUAL_SHARE:
        raise ReadError(_BINARY)
    try:
        text = data.decode(best)
    except UnicodeDecodeError as error:
        raise ReadError(_BINARY) from error
    return text, best


def _decode_chinese(data: bytes) -> tuple[str, str] | None:
    """Decode by the Chinese encoding in which most characters are frequent ones.

    Validity decides little, because nearly all Big5 bytes are valid GB18030. Statistical detectors fail on short texts.
    """
    if korean := _decode_korean(data):
        return korean
    shares = {encoding: _usual_share(data, encoding, ascii_counts=False) for encoding in _GUESSES}
    damage = None
    for encoding in sorted(shares, key=lambda name: -shares[name]):
        if shares[encoding] < _MIN_USUAL_SHARE:
            break
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            damage = damage or error
            continue
        if _is_accented_latin(text):
            continue
        _refuse_mixed(data, encoding)
        return text, encoding
    if damage is not None and damage.encoding in _NAMES and _is_mostly_valid(data, damage.encoding, above="\x7f"):
        _refuse_mixed(data, damage.encoding)
        raise ReadError(_damage(_NAMES[damage.encoding], damage)) from damage
    return None


def _decode_korean(data: bytes) -> tuple[str, str] | None:
    """Decode Korean text, which would also be valid and frequent characters of GB18030.

    Chinese text decoded as Korean is valid, too, but only half of it is Hangul.
    """
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    beyond = [c for c in text[:_SAMPLE] if c > "\x7f"]
    hangul = sum("가" <= c <= "힣" for c in beyond)
    return (text, "cp949") if hangul > max(_MIN_HANGUL, _HANGUL * len(beyond)) else None


def _is_accented_latin(text: str) -> bool:
    """Whether Chinese characters stand singly within Latin words: each is an accented letter and the one behind it.

    >>> _is_accented_latin("Br點ke"), _is_accented_latin("用Python写的，OK")
    (True, False)
    """
    beyond = sum(c > "\x7f" for c in text[:_SAMPLE])
    return 2 * len(_WITHIN_WORD.findall(text[:_SAMPLE])) > beyond


def _is_mostly_valid(data: bytes, encoding: str, *, above: str) -> bool:
    """Whether invalid bytes are rare among the characters beyond ``above``."""
    beyond = [c for c in data[:_SAMPLE].decode(encoding, "replace") if c > above]
    invalid = beyond.count("\ufffd")
    return len(beyond) - invalid >= max(_MIN_CHARACTERS, _VALID_PER_INVALID * invalid)


def _refuse_mixed(data: bytes, encoding: str) -> None:
    """Raise ``ReadError`` if a line of the file is UTF-8, which does not happen by chance.

    A file in two encodings would be read wrong in either.
    """
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
        return sum(c > "\u07ff" for c in line.decode("utf-8")) >= _MIN_CHARACTERS
    except UnicodeDecodeError:
        return False


def _usual_share(data: bytes, encoding: str, *, ascii_counts: bool) -> float:
    """The share of frequently used characters among those beyond ASCII, or among all; invalid bytes count as rare."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(data[:_SAMPLE], final=len(data) <= _SAMPLE)
    counted = [c for c in text if ascii_counts or not " " <= c <= "~"]
    usual = sum(_is_usual(c) or (ascii_counts and c < _AFTER_HEBREW and c.isalpha()) for c in counted)
    return usual / max(1, len(counted))


@cache
def _is_usual(character: str) -> bool:
    if character < "\x7f":
        return character >= " " or character in "\t\n\r\f"
    return any(_is_frequent(character, standard) for standard in _FREQUENT)


def _is_frequent(character: str, standard: str) -> bool:
    try:
        return character.encode(standard)[0] in _FREQUENT[standard]
    except UnicodeEncodeError:
        return False


def _decode_by_statistics(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    if sum(byte < 128 for byte in data[:_SAMPLE]) > _ENGLISH * len(data[:_SAMPLE]):
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = ""  # one of the five bytes that cp1252 does not use
        if text and not _SYMBOL_IN_WORD.search(text):
            return text, "cp1252"
    best = from_bytes(data).best()
    if best is None:
        raise ReadError("it is binary, or in an encoding that could not be recognised: save it as UTF-8")
    return str(best), best.encoding
