"""Which script a character or a text is written in."""

from __future__ import annotations

import re

# Ideographs with their extensions, kana, hangul, and the punctuation that is set with them.
_HAN_AND_KANA = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
)
_CJK = f"{_HAN_AND_KANA}\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_CJK_PUNCTUATION = "\u3001-\u3003\u3008-\u3020\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"

CJK = re.compile(f"[{_CJK}]")
CJK_OR_PUNCTUATION = re.compile(f"[{_CJK}{_CJK_PUNCTUATION}]")
#: Scripts written without spaces between words; Korean has them.
UNSPACED = re.compile(f"[{_HAN_AND_KANA}]")
UNSPACED_OR_PUNCTUATION = re.compile(f"[{_HAN_AND_KANA}{_CJK_PUNCTUATION}]")
_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
# Japanese is never without kana for long; a borrowed の is no Japanese.
_SHARE = 0.2
_ENGLISH = re.compile(
    r"\b(?:what|who|whom|whose|when|where|which|why|how|is|are|was|were|do|does|did)\b", re.IGNORECASE
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")


def is_cjk(character: str) -> bool:
    """Whether a single character is a Chinese, Japanese or Korean letter (punctuation is not).

    >>> [is_cjk(c) for c in "武aカ한，1"]
    [True, False, True, True, False, False]
    """
    return CJK.match(character) is not None


def cjk_letters(text: str) -> int:
    """How many characters of a text ``is_cjk`` is true of.

    >>> cjk_letters("武进, a カ")
    3
    """
    return len(CJK.findall(text))


def language(text: str) -> str:
    """``"zh"``, ``"ja"``, ``"ko"`` or ``"en"``, by script; foreign names and terms in a sentence do not change it.

    A text without any letter counts as Chinese, the language of the corpus.

    >>> [language(t) for t in ("武进有多少家企业?", "How many firms?", "GDP增长了多少", "東京タワーの高さは?", "2024?")]
    ['zh', 'en', 'zh', 'ja', 'zh']
    >>> [language(t) for t in ("Who is 乔俊杰?", "iPhone 15 Pro Max 多少钱", "中国の是什么")]
    ['en', 'zh', 'zh']
    """
    cjk, latin = len(CJK.findall(text)), len(_LATIN.findall(text))
    if latin > cjk or (latin > 1 and _ENGLISH.search(text)):
        return "en"
    if len(_HANGUL.findall(text)) > _SHARE * cjk:
        return "ko"
    return "ja" if len(_KANA.findall(text)) > _SHARE * cjk else "zh"
