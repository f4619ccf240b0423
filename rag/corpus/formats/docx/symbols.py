"""Map the codes of symbol fonts to Unicode: in Word's Symbol font, B1 is ±.

For Symbol this is Unicode's mapping of Adobe's font. For Wingdings it covers the characters that are common in texts.
"""

from __future__ import annotations

import re

#: Stands for an unknown character.
UNKNOWN = "\ufffd"
_SYMBOL = (
    "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
)
_FONTS: dict[str, dict[int, str]] = {
    "symbol": dict(enumerate(_SYMBOL[0], 0x21)) | dict(enumerate(_SYMBOL[1], 0xA0)),
    "wingdings": {
        **dict(enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿", 0x80)),
        **dict(enumerate("←→↑↓↖↗↙↘", 0xDF)),
        **dict(enumerate("⇦⇨⇧⇩⬄⇳", 0xEF)),
        **dict(enumerate("✗✓☒☑", 0xFB)),
        **dict(zip(b"\x22\x28\x2a\x36\x45\x46\x47\x48\x4a\x4c", "✂☎✉⌛☜☞☝☟☺☹", strict=True)),
        **dict(zip(b"\x6c\x6d\x6e\x6f\x70\x71\x72\x75\x76\x77", "●○■□□□□◆❖◆", strict=True)),
        **dict(zip(b"\x9e\x9f\xa1\xa7\xa8\xab\xd8\xe8", "·•○▪□★➢➔", strict=True)),
    },
    "wingdings 2": {
        **dict(enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿", 0x69)),
        **dict(zip(b"\x4f\x50\x51\x52\x53\x54\x98\xa2\xa3", "✗✓☒☑☒☒●■□", strict=True)),
    },
}
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_PRIVATE_OR_ASCII = re.compile("[!-~\uf020-\uf0ff]")


def symbol(font: str, code: int) -> str:
    """The character that ``code`` stands for in ``font``, or ``UNKNOWN``.

    >>> symbol("Symbol", 0xF0B1), symbol("Wingdings", 0xFE), symbol("MS Gothic", 0x2612), symbol("Acme", 0xF041)
    ('±', '☑', '☒', '\\ufffd')
    """
    table = _FONTS.get(font.lower())
    if 0xF000 <= code <= 0xF0FF or (table and code < 0x100):
        return " " if code & 0xFF == 0x20 else (table or {}).get(code & 0xFF, UNKNOWN)
    return chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code < 0x110000 else UNKNOWN


def without_private(text: str, font: str = "") -> str:
    """``text`` with the codes of symbol fonts replaced by characters; the font is Symbol if ``font`` is no other one.

    In a symbol font letters are such codes, too.

    >>> without_private("120\\uf0b15"), without_private("5 m", "Symbol"), without_private("5 m", "Arial")
    ('120±5', '5 μ', '5 m')
    """
    if font.lower() in _FONTS:
        return _PRIVATE_OR_ASCII.sub(lambda match: symbol(font, ord(match[0])), text)
    return _PRIVATE.sub(lambda match: symbol("symbol", ord(match[0])), text)
