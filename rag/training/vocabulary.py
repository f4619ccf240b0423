"""The student's pieces, its tokenizer, and the input vectors it starts from.

English pieces come from the teacher's WordPiece vocabulary, Chinese words from CC-CEDICT with jieba's frequencies.
A Chinese word starts at the weighted mean of the teacher's vectors of its glosses:
WECHSEL (Minixhofer et al. 2022) with a dictionary in place of aligned vectors.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.training.corpora import Entry
from rag.training.traditional import is_ideograph

FloatArray = npt.NDArray[np.float32]
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MARK = "▁"
#: Kana with their length and repetition marks, and the repeated ideograph 々.
KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC, 0x309D, 0x3005)))
#: East Asian punctuation that NFKC leaves alone, and the English mark whose vector it starts from.
PUNCTUATION = (
    {"。": ".", "、": ",", "・": ",", "•": ",", "‧": ",", "〜": "-", "―": "-", "─": "-", "⋯": ".", "○": "0", "〇": "0"}
    | dict.fromkeys("《》〈〉「」『』", '"')
    | dict.fromkeys("【〔", "[")
    | dict.fromkeys("】〕", "]")
)
SKIPPED_GLOSS = re.compile(
    r"(surname |variant of|old variant|CL:|used in|see |also written|abbr\. for|Japanese variant|erhua variant"
    r"|archaic variant|\(bound form\)$)"
)
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
FUNCTION_WORDS = frozenset(
    [
        "to",
        "the",
        "of",
        "a",
        "an",
        "in",
        "on",
        "and",
        "or",
        "for",
        "by",
        "with",
        "etc",
        "esp",
        "be",
        "is",
        "as",
        "from",
        "at",
        "it",
        "sth",
        "sb",
        "(",
        ")",
        ",",
        ".",
        ";",
        ":",
        "/",
        '"',
        "'",
        "-",
    ]
)
LONGEST_WORD = 6
CYRILLIC_END = "\u0530"


@dataclass(frozen=True, slots=True)
class Piece:
    """One row of the embedding table: its log probability, and the vector it starts from."""

    text: str
    score: float
    vector: FloatArray


def clean_gloss(gloss: str) -> str:
    """The words of a gloss worth averaging; empty when it only points elsewhere.

    >>> clean_gloss("(coll.) most prominent position (e.g. in a photo)")
    'most prominent position'
    >>> clean_gloss("variant of 甲")
    ''
    """
    if SKIPPED_GLOSS.match(gloss):
        return ""
    kept = ASIDE.sub(" ", gloss)
    kept = "".join(" " if is_ideograph(char) or char in "|·" else char for char in kept)
    return " ".join(kept.split()).strip(" ,;")


def glosses(entries: Iterable[Entry], simplify: Callable[[str], str]) -> dict[str, list[str]]:
    """Cleaned glosses by word in simplified characters, in the dictionary's order, without repeats."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        gloss, word = clean_gloss(entry.gloss), simplify(entry.word)
        if gloss and gloss not in found[word]:
            found[word].append(gloss)
    return dict(found)


def jieba_frequencies(simplify: Callable[[str], str]) -> Counter[str]:
    import jieba

    counts: Counter[str] = Counter()
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count = line.split(" ")[:2]
            counts[simplify(word)] += int(count)
    return counts


class GlossVectors:
    """Mean teacher vectors of glosses; earlier glosses weigh more, function words are dropped."""

    def __init__(self, table: FloatArray, wordpiece: Any) -> None:
        self._table = table
        self._wordpiece = wordpiece
        self._dropped = {wordpiece.token_to_id(word) for word in FUNCTION_WORDS}

    def vector(self, found: Sequence[str]) -> FloatArray | None:
        """The start vector of a word with these glosses; None without any."""
        weighted = [(1 / (rank + 1.5), self._ids(gloss)) for rank, gloss in enumerate(found[:5])]
        weighted = [(weight, ids) for weight, ids in weighted if ids]
        if not weighted:
            return None
        total = sum(weight * self._table[ids].mean(0) for weight, ids in weighted)
        return np.asarray(total / sum(weight for weight, _ in weighted), dtype=np.float32)

    def _ids(self, gloss: str) -> list[int]:
        ids = self._wordpiece.encode(gloss, add_special_tokens=False).ids
        return [i for i in ids if i not in self._dropped] or ids


def english_pieces(table: FloatArray, wordpiece: Any, counts: Mapping[int, int], size: int) -> list[Piece]:
    """The teacher's ``size`` most used pieces: ``word`` becomes ``▁word``, ``##ing`` becomes ``ing``.

    Single characters are among them whether used or not, so that any word can be spelt.
    Scores follow Zipf's law on the teacher's ids, which go by frequency.
    """
    vocabulary = {i: token for token, i in wordpiece.get_vocab().items()}
    usable = [i for i, token in sorted(vocabulary.items()) if i >= 999 and not _foreign(token)]
    single = [i for i in usable if _needed(vocabulary[i])]
    frequent = sorted(set(usable) - set(single), key=lambda i: (-counts.get(i, 0), i))
    pieces = []
    for i in sorted([*single, *frequent[: size - len(single)]]):
        token = vocabulary[i]
        inner = token.startswith("##")
        score = -math.log(max(i - 990, 1) + 10) - math.log(12) - inner
        pieces.append(Piece(token.removeprefix("##") if inner else MARK + token, score, table[i]))
    return pieces


def _needed(token: str) -> bool:
    """One character inside a word, of any script, or at its start, of the scripts up to Cyrillic."""
    inner = token.startswith("##")
    return len(token.removeprefix("##")) == 1 and (inner or token < CYRILLIC_END)


def _foreign(token: str) -> bool:
    bare = token.removeprefix("##")
    return token.startswith("[") or (len(bare) == 1 and bare >= "\u2e80")


def chinese_words(
    found: Mapping[str, list[str]], frequency: Mapping[str, int], vectors: GlossVectors, size: int
) -> list[Piece]:
    """The ``size`` most frequent words of two characters and more that have a gloss."""
    words = [w for w in found if 1 < len(w) <= LONGEST_WORD and all(map(is_ideograph, w)) and frequency.get(w, 0) > 0]
    words.sort(key=lambda word: (-frequency[word], word))
    pieces = []
    total = sum(frequency.values())
    for word in words[:size]:
        vector = vectors.vector(found[word])
        if vector is not None:
            pieces.append(Piece(word, math.log(frequency[word] / total), vector))
    return pieces


def characters(
    found: Mapping[str, list[str]], frequency: Mapping[str, int], vectors: GlossVectors, texts: Iterable[str]
) -> list[Piece]:
    """Every ideograph of the word list and of ``texts``, so that nothing common is unknown, and the kana.

    A character without a gloss starts from the glosses of words that it begins or ends.
    """
    around: dict[str, list[str]] = defaultdict(list)
    for word, senses in found.items():
        for char in {word[0], word[-1]}:
            around[char] += senses[:1]
    wanted = {char for text in texts for char in text if is_ideograph(char)}
    wanted |= {word for word in found if len(word) == 1 and is_ideograph(word) and frequency.get(word, 0) > 0}
    total = sum(frequency.values())
    unknown = vectors.vector(["name", "thing", "word"])
    assert unknown is not None
    pieces = []
    for char in sorted(wanted | set(KANA)):
        vector = vectors.vector(found.get(char) or around.get(char, []))
        score = math.log((frequency.get(char, 0) + 1) / total) - 0.5
        pieces.append(Piece(char, score, unknown if vector is None else vector))
    return pieces


def assemble(
    table: FloatArray, wordpiece: Any, english: Sequence[Piece], chinese: Sequence[Piece]
) -> tuple[list[Piece], FloatArray]:
    """All pieces in the order of their ids, and the matrix of start vectors (pieces, d)."""
    special = [Piece(token, 0.0, table[wordpiece.token_to_id(token)]) for token in SPECIAL]
    marks = [Piece(MARK, -2.0, np.zeros_like(table[0]))]
    marks += [Piece(MARK + own, -7.0, table[wordpiece.token_to_id(like)]) for own, like in PUNCTUATION.items()]
    unique = {piece.text: piece for piece in reversed([*special, *marks, *english, *chinese])}
    pieces = list(reversed(unique.values()))
    return pieces, np.stack([piece.vector for piece in pieces]).astype(np.float32)


def build_tokenizer(pieces: Sequence[Piece]) -> Any:
    """A Unigram ``tokenizers.Tokenizer``.

    Runs of digits, punctuation marks and stretches of CJK are cut apart first, and only Latin words, numbers and
    marks carry ``▁``: a number or a name has the same pieces in 在2024年 as in "in 2024".
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, processors
    from tokenizers import pre_tokenizers as pre

    cjk = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
    tokenizer = Tokenizer(models.Unigram([(p.text, p.score) for p in pieces], unk_id=1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            # Latin accents go, as in the teacher; the voicing marks of kana stay.
            normalizers.Replace(Regex("[\u0300-\u036f]"), ""),
            normalizers.NFC(),
            normalizers.BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=True),
        ]
    )
    tokenizer.pre_tokenizer = pre.Sequence(
        [
            pre.WhitespaceSplit(),
            pre.Split(Regex("[0-9]+"), "isolated"),
            pre.Split(Regex(cjk + "+"), "isolated"),
            pre.Punctuation("isolated"),
            pre.Metaspace(prepend_scheme="always", split=False),
            pre.Split(Regex(f"{MARK}(?={cjk})"), "removed"),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer
