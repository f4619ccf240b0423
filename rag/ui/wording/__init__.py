"""Every word of the interface, in Chinese and in English."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rag.text import is_traditional
from rag.types import Answer
from rag.ui.wording.chinese import ZH
from rag.ui.wording.english import EN
from rag.ui.wording.strings import Lang, Strings, level

__all__ = ["EN", "ZH", "Lang", "Strings", "level", "strings", "words_of_asker"]

#: What is said in the language of the question, if that is written in traditional characters.
_TRADITIONAL = replace(
    ZH,
    html_lang="zh-Hant",
    abstained="報上沒有找到可靠的答案。",
    abstained_hint="換個說法，或問得更具體些，也許能找到。",
    tentative="不確定，可能是這句：",
)


def strings(lang: Any) -> Strings:
    """The strings of an interface or answer language: Chinese for ``"zh"``, English for everything else."""
    return ZH if lang == "zh" else EN


def words_of_asker(answer: Answer) -> Strings:
    """The strings in the language of the question; for a Chinese one, in its kind of characters."""
    words = strings(answer.lang)
    return _TRADITIONAL if words is ZH and is_traditional(answer.question) else words
