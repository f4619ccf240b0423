"""A SQuAD file put into traditional characters, to see that the script of a text does not matter.

The table of characters is Wenbao's own, turned round. Where it has several traditional characters for a simplified one
(發 and 髮 of 发; 98 of 2874 are such) the first is taken, so 头发 becomes 頭發, which nobody writes; and a simplified
character that is a traditional one, too (后), becomes its other form (後) everywhere. What is measured is therefore
that any of these spellings is understood, not the spelling of a text from Taiwan or Hong Kong; DRCD is such text.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from rag.training.traditional import read_table

TABLE = Path(__file__).parents[2] / "rag" / "text" / "traditional.txt"


def turned(path: Path = TABLE) -> dict[int, str]:
    """From each simplified character to the first of its traditional ones, for ``str.translate``."""
    found: dict[int, str] = {}
    for traditional, simplified in read_table(path).items():
        found.setdefault(ord(simplified), chr(traditional))
    return found


def write_traditional(source: Path, target: Path) -> Path:
    """``target``: the file with paragraphs, questions and answers rewritten, character by character, so that the
    offsets of answers stay."""
    with gzip.open(source, "rt", encoding="utf-8") as stream:
        content = json.load(stream)
    with gzip.open(target, "wt", encoding="utf-8") as stream:
        json.dump(_rewritten(content, turned()), stream, ensure_ascii=False)
    return target


def _rewritten(value: Any, table: dict[int, str]) -> Any:
    """All strings but ids."""
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_rewritten(each, table) for each in value]
    if isinstance(value, dict):
        return {key: each if key == "id" else _rewritten(each, table) for key, each in value.items()}
    return value
