"""Every word of the interface, in Chinese and in English."""

from __future__ import annotations

from typing import Any

from rag.ui.chinese import ZH
from rag.ui.english import EN
from rag.ui.wording import Lang, Strings, level

__all__ = ["EN", "ZH", "Lang", "Strings", "level", "strings"]


def strings(lang: Any) -> Strings:
    """The strings of an interface or answer language: Chinese for ``"zh"``, English for everything else."""
    return ZH if lang == "zh" else EN
