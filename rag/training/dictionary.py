"""Turn Chinese-English dictionaries round: ``python -m rag.training.dictionary`` makes rag/lexical/english.tsv.gz."""

from __future__ import annotations

import argparse
import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rag.lexical.dictionary import DATA, stems
from rag.text import fold
from rag.training.corpora import Entry, read_entries
from rag.training.student import simplifier
from rag.training.vocabulary import clean_gloss, jieba_frequencies

FORMS = 8
SENSES = 4
LONGEST_KEY = 3
LONGEST_FORM = 8
_PLACE_WORTH = 9.0
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# "Wujin district of Changzhou city": a question says the name alone, with or without the kind of place.
_PLACE = re.compile(
    r"([A-Z][a-z]+(?:'[a-z]+)?)(?: (?:prefecture-level|county-level|sub-provincial|autonomous|municipality|province|"
    r"county|district|city|town|township|prefecture|region)\b.*|)$"
)
_PLACE_SUFFIX = re.compile(r"(?<=[\u4e00-\u9fff]{2})[市省县区镇乡]$")


def turn_round(entries: Iterable[Entry], frequencies: Mapping[str, int]) -> dict[str, list[str]]:
    """English stems, joined by spaces, to the Chinese words they gloss: common words and first senses first."""
    senses: Counter[str] = Counter()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        word = fold(entry.word)
        if not _CHINESE.fullmatch(word) or len(word) > LONGEST_FORM:
            continue
        for part in re.split(r"[;,/]", clean_gloss(entry.gloss)):
            senses[word] += 1
            if place := _PLACE.match(part.strip()):
                found[" ".join(stems(place[1]))][_PLACE_SUFFIX.sub("", word)] = _PLACE_WORTH  # type: ignore[assignment]
                continue
            key = " ".join(stems(part))
            if 0 < len(key.split()) <= LONGEST_KEY and senses[word] <= SENSES:
                worth = math.log(frequencies.get(word, 0) + 2) / senses[word]
                found[key][word] = max(found[key][word], worth)  # type: ignore[assignment]
    return {key: _best(words) for key, words in sorted(found.items())}


def _best(words: Mapping[str, float]) -> list[str]:
    """Longer than one character where there is a choice: a single character is part of too many words."""
    ranked = sorted(words, key=lambda word: (-words[word], word))
    return ([word for word in ranked if len(word) > 1] or ranked)[:FORMS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read dictionaries (word, gloss), most trusted first, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dictionaries", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "lexical" / DATA)
    options = parser.parse_args(arguments)
    entries = [entry for path in options.dictionaries for entry in read_entries(path)]
    table = turn_round(entries, jieba_frequencies(simplifier()))
    text = "".join(f"{key}\t{' '.join(words)}\n" for key, words in table.items())
    # No time stamp: the same dictionaries give the same file.
    options.out.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    print(f"{options.out}: {len(table)} keys, {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
