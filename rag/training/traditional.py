"""The one-to-one table of traditional characters, from the spellings in CC-CEDICT.

``python -m rag.training.traditional`` makes rag/text/traditional.txt.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from rag.training.corpora import read_entries

#: The unified ideographs and their extensions; anything else (Latin, ○, ·) is left alone.
IDEOGRAPHS = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))


def is_ideograph(char: str) -> bool:
    return any(low <= char <= high for low, high in IDEOGRAPHS)


def counterparts(spellings: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each traditional character's most common simplified one, where the two differ.

    A character that is written both ways is kept as it is on a tie.
    A simplified counterpart (么 of 麼) is never mapped on (么 to 幺): mapping twice equals mapping once.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for traditional, simplified in spellings:
        if len(traditional) == len(simplified):
            for old, new in zip(traditional, simplified, strict=True):
                if is_ideograph(old) and is_ideograph(new):
                    counts[old][new] += 1
    best = {old: max(news, key=lambda new: (news[new], new == old, new)) for old, news in counts.items()}
    table = {old: new for old, new in best.items() if new != old}
    return {old: new for old, new in sorted(table.items()) if old not in table.values()}


def write_table(table: dict[str, str], path: Path) -> None:
    """Two lines of equal length: traditional characters, and below each its simplified counterpart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(table) + "\n" + "".join(table.values()) + "\n", encoding="utf-8")


def read_table(path: Path) -> dict[int, str]:
    """For ``str.translate``."""
    traditional, simplified = path.read_text(encoding="utf-8").split("\n")[:2]
    return dict(zip(map(ord, traditional), simplified, strict=True))


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("dictionary", type=Path, help="word, gloss and traditional spelling")
    made.add_argument("--out", type=Path, required=True, help="the table to write")
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the dictionary and write the table."""
    options = parser().parse_args(arguments)
    entries = read_entries(options.dictionary)
    write_table(counterparts((entry.traditional, entry.word) for entry in entries), options.out)


if __name__ == "__main__":
    main()
