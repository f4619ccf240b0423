"""Turn Chinese-English dictionaries round: ``python -m rag.training.dictionary`` makes rag/lexical/english.tsv.gz.

A dictionary says what a Chinese word means, not which of the words that mean the same is the usual one. Where there is
parallel text, the words that stand in the translations of sentences with the English word come first.
"""

from __future__ import annotations

import argparse
import gzip
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import jieba

from rag.lexical.dictionary import DATA, stems
from rag.text import fold, simplify
from rag.training.corpora import Entry, Pair, read_entries, read_pairs
from rag.training.traditional import is_ideograph

FORMS = 8
SENSES = 4
LONGEST_KEY = 3
LONGEST_FORM = 8
_PLACE_WORTH = 9.0
#: So many sentence pairs weigh as much as the dictionary's own order.
_PRIOR = 5.0
#: In so many pairs, with this coefficient and this share of its best one, a word is taken for a translation.
_SEEN, _DICE, _CLOSE = 4, 0.25, 0.6
# Glosses that only point elsewhere, and what stands in brackets.
_SKIPPED = re.compile(
    r"(surname |variant of|old variant|CL:|used in|see |also written|abbr\. for|Japanese variant|erhua variant"
    r"|archaic variant|\(bound form\)$)"
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# "Wujin district of Changzhou city": a question says the name alone, with or without the kind of place.
_PLACE = re.compile(
    r"([A-Z][a-z]+(?:'[a-z]+)?)(?: (?i:prefecture-level|county-level|sub-provincial|autonomous|municipality|"
    r"province|county|district|city|town|township|prefecture|region)\b.*|)$"
)
_PLACE_SUFFIX = re.compile(r"(?<=[\u4e00-\u9fff]{2})[市省县区镇乡]$")


def clean_gloss(gloss: str) -> str:
    """The English words of a gloss; empty when it only points elsewhere.

    >>> clean_gloss("(coll.) most prominent position (e.g. in a photo)")
    'most prominent position'
    >>> clean_gloss("variant of 甲")
    ''
    """
    if _SKIPPED.match(gloss):
        return ""
    kept = _ASIDE.sub(" ", gloss)
    kept = "".join(" " if is_ideograph(char) or char in "|·" else char for char in kept)
    return " ".join(kept.split()).strip(" ,;")


def jieba_frequencies() -> Counter[str]:
    """How often jieba's corpus has each word, in simplified characters."""
    counts: Counter[str] = Counter()
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count = line.split(" ")[:2]
            counts[simplify(word)] += int(count)
    return counts


def turn_round(
    entries: Iterable[Entry], frequencies: Mapping[str, int], pairs: Sequence[Pair] = ()
) -> dict[str, list[str]]:
    """English stems, joined by spaces, to the Chinese words they gloss, the likeliest first.

    Common words and first senses are likely, and those that translate the stems in ``pairs`` (simplified characters).
    """
    senses: Counter[str] = Counter()
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in entries:
        word = fold(entry.word)
        if not _CHINESE.fullmatch(word) or len(word) > LONGEST_FORM:
            continue
        for sense in re.split(r"[;/]", clean_gloss(entry.gloss)):
            for part in _parts(sense):
                senses[word] += 1
                place = _PLACE.match(part)
                key = " ".join(stems(place[1] if place else part))
                written = _PLACE_SUFFIX.sub("", word) if place else word
                if 0 < len(key.split()) <= LONGEST_KEY and senses[word] <= SENSES:
                    common = math.log(max(frequencies.get(word, 0), frequencies.get(written, 0)) + 2)
                    worth = (common + (_PLACE_WORTH if place else 0)) / senses[word]
                    found[key][written] = max(found[key][written], worth)
    for key, words in aligned(pairs, jieba.cut).items():
        for word in words:
            found[key].setdefault(word, 0.0)
    seen = _seen_together(found, pairs)
    return {key: _best(words, *seen.get(key, (0, {}))) for key, words in sorted(found.items())}


def _seen_together(
    found: Mapping[str, Mapping[str, float]], pairs: Iterable[Pair]
) -> dict[str, tuple[int, Counter[str]]]:
    """How many English sentences have a key, and in how many of their translations each of its words stands."""
    sentences: Counter[str] = Counter()
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        for key in _runs(stems(pair.en)) & found.keys():
            sentences[key] += 1
            together[key].update(word for word in found[key] if word in pair.zh)
    return {key: (count, together[key]) for key, count in sentences.items()}


def _runs(words: Sequence[str]) -> set[str]:
    return {" ".join(words[at : at + n]) for at in range(len(words)) for n in range(1, LONGEST_KEY + 1)}


def aligned(pairs: Iterable[Pair], cut: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """Stems to the Chinese words that are about as close to them as to any other stem, by Dice's coefficient.

    After Melamed 2000, "Models of translational equivalence among words", much shortened: what a dictionary leaves
    out is seldom rare ("British" 英国).
    """
    english: Counter[str] = Counter()
    chinese: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        keys = set(stems(pair.en))
        words = {word for word in cut(pair.zh) if len(word) > 1 and _CHINESE.fullmatch(word)}
        english.update(keys)
        chinese.update(words)
        both.update((word, key) for word in words for key in keys)
    dice = {
        (word, key): 2 * seen / (english[key] + chinese[word]) for (word, key), seen in both.items() if seen >= _SEEN
    }
    closest: dict[str, float] = defaultdict(float)
    for (word, _), value in dice.items():
        closest[word] = max(closest[word], value)
    found: dict[str, list[str]] = defaultdict(list)
    for (word, key), value in dice.items():
        if value >= max(_DICE, _CLOSE * closest[word]):
            found[key].append(word)
    return found


def _parts(sense: str) -> list[str]:
    """What a sense says between its commas; behind a name, other names only say where that is.

    >>> _parts("Changzhou city, Jiangsu"), _parts("car, automobile")
    (['Changzhou city'], ['car', 'automobile'])
    """
    first, *others = (part.strip() for part in sense.split(","))
    return [first, *(part for part in others if not (first[:1].isupper() and part[:1].isupper()))]


def _best(words: Mapping[str, float], sentences: int, together: Mapping[str, int]) -> list[str]:
    """Longer than one character where there is a choice: a single character is part of too many words."""
    total = sum(words.values()) or 1.0

    def likely(word: str) -> float:
        return (together.get(word, 0) + _PRIOR * words[word] / total) / (sentences + _PRIOR)

    ranked = sorted(words, key=lambda word: (-likely(word), word))
    return ([word for word in ranked if len(word) > 1] or ranked)[:FORMS]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("dictionaries", nargs="+", type=Path, help="word and gloss; the most trusted file first")
    made.add_argument("--pairs", nargs="*", default=[], type=Path, help="parallel text, Chinese and English")
    made.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "lexical" / DATA)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the dictionaries and write the table."""
    options = parser().parse_args(arguments)
    entries = [entry for path in options.dictionaries for entry in read_entries(path)]
    pairs = [Pair(simplify(pair.zh), pair.en) for path in options.pairs for pair in read_pairs(path)]
    table = turn_round(entries, jieba_frequencies(), pairs)
    text = "".join(f"{key}\t{' '.join(words)}\n" for key, words in table.items())
    # No time stamp: the same dictionaries give the same file.
    options.out.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    print(f"{options.out}: {len(table)} keys, {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
