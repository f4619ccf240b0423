"""Questions over small corpora as the reader sees them, to fit its ranking and its confidence on.

Each question is seen four times: as it is; with its gold paragraph taken out of what was retrieved; with only the
answering sentences taken out; and asked of another corpus. The last three have no answer, so their right confidence is
low. The paragraphs are grouped into small corpora, because that is what an index over a few newspaper pages is.

No openly licensed set has questions in one language over text in another. There are two stand-ins, as neither is real:
of Chinese questions most words are swapped for their translations in a dictionary, and what is left Chinese is dropped;
and English paragraphs are put into Chinese word by word, their questions staying what they are. Since the retriever
translates words with the same dictionary, which would find nearly all of them, half of them are hidden from it: of the
words of English news sentences an earlier dictionary found .41 in their Chinese translations, of Wikipedia sentences
.48; the present one finds more, and hiding half was left as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding import BUNDLED, Embedder, FloatArray
from rag.errors import InputError
from rag.evaluation.answers import likeness
from rag.evaluation.pool import pool_documents, pool_key, pool_sources
from rag.index import Index, build
from rag.reader.features import CONFIDENCE_FEATURES, RANK_FEATURES, Asked, Candidate, rank_features
from rag.reader.pointers import Pointed, bundled_reader
from rag.reader.question import analyse
from rag.reader.sentence_reader import Pointers, SentenceReader, Weights, unseen_share
from rag.reader.store import IndexSentences
from rag.retriever import Retriever
from rag.text import is_cjk, language, simplify, squeeze
from rag.training.corpora import Question, Reading, read_entries
from rag.training.reader_data import REWORDED
from rag.training.reworded import reworded
from rag.types import Hit, Span

HITS = 10
SWAPPED = 0.9
HIDDEN = 0.5
#: Of a question that asks across languages, at most so much may be left in the first one.
TOLD = 0.4
#: In front of a word that the dictionary shall not know.
_HIDDEN = "qx"
_LATIN = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Example:
    """One question as seen once: rank features (n, f), which candidates answer (n,), and all for the confidence.

    ``near`` (n,) is the F1 of what the pointers mark in a candidate that answers, 0 for all others.
    """

    pool: int
    kind: str
    asked: Asked
    candidates: Sequence[Candidate]
    features: FloatArray
    right: np.ndarray[Any, np.dtype[np.bool_]]
    near: FloatArray


@dataclass(frozen=True, slots=True)
class Pool:
    """A small corpus with questions: (question, the paragraph that answers, the answer)."""

    name: str
    paragraphs: tuple[str, ...]
    questions: tuple[tuple[str, str, str], ...]


def make_pools(name: str, reading: Reading, *, size: int, most: int, questions: int, seed: int) -> list[Pool]:
    """Consecutive paragraphs, so that those of one article stay together, in at most ``most`` pools."""
    rng = random.Random(seed)
    starts = list(range(0, len(reading.paragraphs), size))
    pools = []
    for start in sorted(rng.sample(starts, min(most, len(starts)))):
        inside = range(start, min(start + size, len(reading.paragraphs)))
        asked = [q for q in reading.questions if q.paragraph in inside]
        rows = [
            (q.text, reading.paragraphs[q.paragraph], reading.paragraphs[q.paragraph][q.start : q.end])
            for q in rng.sample(asked, min(questions, len(asked)))
        ]
        pools.append(Pool(f"{name} {start}", tuple(reading.paragraphs[i] for i in inside), tuple(rows)))
    return pools


def in_chinese(reading: Reading, rng: random.Random) -> Reading:
    """An English set with its paragraphs put into Chinese; questions whose answer has no counterpart are left out."""
    put = [reworded(text, REWORDED, rng) for text in reading.paragraphs]
    placed = [Question(q.text, q.paragraph, *put[q.paragraph].span(q.start, q.end)) for q in reading.questions]
    return Reading(tuple(each.text for each in put), tuple(q for q in placed if q.start < q.end))


@dataclass(frozen=True, slots=True)
class Asking:
    """A question put to a pool, and what answers it (nothing: elsewhere).

    ``embedded`` is what it is embedded and read as, ``worded`` the same with marks before words that the dictionary
    shall not know.
    """

    text: str
    embedded: str
    worded: str
    gold: str
    answer: str


class _Told:
    """An embedder that embeds for a text of words what belongs to it, and any other without its hiding marks."""

    def __init__(self, embedder: Embedder, meant: dict[str, str]) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self._embedder, self._meant = embedder, meant

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._embedder.encode_queries([self._meant.get(text, text.replace(_HIDDEN, "")) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._embedder.encode_passages(texts)


class _Remembers:
    """What was read last, for the views of a question share most passages; the marks of hidden words are left out."""

    def __init__(self, pointers: Pointers) -> None:
        self._pointers = pointers
        self._seen: dict[str, dict[str, Pointed]] = {}

    def read(self, question: str, texts: Sequence[str]) -> list[Pointed]:
        asked = question.replace(_HIDDEN, "")
        seen = self._seen.pop(asked, {})
        new = [text for text in dict.fromkeys(texts) if text not in seen]
        seen |= zip(new, self._pointers.read(asked, new), strict=True)
        # An English question is read in two wordings.
        self._seen = dict([*self._seen.items(), (asked, seen)][-2:])
        return [seen[text] for text in texts]


def pool_examples(
    number: int, pool: Pool, strangers: Pool, swap: Callable[[str], str], embedder: Embedder, work: Path
) -> Iterator[tuple[str, Example]]:
    """All examples of a pool, each with its regime: ``"within"`` or ``"across"``."""
    sources = pool_sources(pool.paragraphs)
    folder = work / pool_key(sources, embedder.name)
    build(folder, pool_documents(sources), embedder)
    rows = [(text, sources[gold], squeeze(answer)) for text, gold, answer in pool.questions]
    rows += [(text, "", "") for text, _, _ in strangers.questions]
    asked = [Asking(text, text, text, gold, answer) for text, gold, answer in rows]
    is_chinese = language(pool.paragraphs[0]) == "zh"
    foreign = [asking for asking in asked if is_chinese and language(asking.text) == "en"]
    within = [asking for asking in asked if asking not in foreign]
    rng = random.Random(number)
    across = [replace(asking, worded=_partly_hidden(asking.text, rng)) for asking in foreign]
    in_english = ((asking, swap(asking.text)) for asking in within if language(asking.text) == "zh")
    across += [_swapped(asking, text, rng) for asking, text in in_english if _is_told(asking.text, text)]
    with Index.open(folder) as index:
        yield from (("within", e) for e in _examples(number, index, within, embedder))
        if is_chinese:
            yield from (("across", e) for e in _examples(number, index, across, embedder))


def _is_told(text: str, swapped: str) -> bool:
    """Whether the dictionary swapped enough of a question for it to be understood."""
    return sum(map(is_cjk, swapped)) <= TOLD * sum(map(is_cjk, text))


def _swapped(asking: Asking, swapped: str, rng: random.Random) -> Asking:
    """What is left Chinese is dropped, as an English question has none; ``worded`` has gibberish for hidden words."""
    english = " ".join("".join(" " if is_cjk(c) else c for c in swapped).split())
    return replace(asking, embedded=f"what {english}", worded=f"what {_partly_hidden(english, rng)}")


def _partly_hidden(english: str, rng: random.Random) -> str:
    return _LATIN.sub(lambda m: _HIDDEN + m[0] if rng.random() < HIDDEN else m[0], english)


def _examples(number: int, index: Index, rows: Sequence[Asking], embedder: Embedder) -> Iterator[Example]:
    told = _Told(embedder, {row.worded: row.embedded for row in rows})
    retriever = Retriever(index, told)
    reader = SentenceReader(IndexSentences(index), retriever.embedder, _Remembers(bundled_reader()), _no_weights())
    texts = [row.worded for row in rows]
    found = retriever.retrieve(texts, 2 * HITS)
    for row, vector, hits in zip(rows, retriever.embedder.encode_queries(texts), found, strict=True):
        terms = index.terms(analyse(row.worded).content)
        asked = Asked(analyse(row.text), vector, terms, unseen_share(terms, index.unseen_weight))
        for kind, candidates in _views(reader, row, hits):
            yield _example(number, kind, asked, candidates, row.gold, row.answer)


def _no_weights() -> dict[str, Weights]:
    zero = Weights(np.zeros(len(RANK_FEATURES), np.float32), np.zeros(len(CONFIDENCE_FEATURES), np.float32))
    return {"within": zero, "across": zero}


def _views(reader: SentenceReader, row: Asking, hits: Sequence[Hit]) -> Iterator[tuple[str, Sequence[Candidate]]]:
    if not row.gold:
        yield "elsewhere", reader.candidates(row.worded, hits)
        return
    whole = reader.candidates(row.worded, hits)
    yield "whole", whole
    yield "no paragraph", reader.candidates(row.worded, [hit for hit in hits if hit.passage.source != row.gold])
    by_passage = groupby(whole, key=lambda c: c.hit.passage.passage_id)
    yield "no sentence", [c for _, own in by_passage for c in _without(reader, row, list(own))]


def _without(reader: SentenceReader, row: Asking, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """A passage's sentences that do not hold the answer, as if it had no others."""
    kept = [c for c in candidates if row.answer not in squeeze(c.text)]
    if len(kept) == len(candidates) or not kept:
        return kept
    hit = candidates[0].hit
    passage = replace(hit.passage, text="".join(c.text for c in kept))
    found, at = [], 0
    for c in kept:
        found.append((Span(at, at + len(c.text)), c.vector))
        at += len(c.text)
    return reader.pointed(row.worded, [(Hit(passage, hit.scores), found)])


def _example(number: int, kind: str, asked: Asked, candidates: Sequence[Candidate], gold: str, answer: str) -> Example:
    right = np.asarray(
        [bool(gold) and c.hit.passage.source == gold and answer in squeeze(c.text) for c in candidates], dtype=np.bool_
    )
    near = [_near(c, answer) if is_right else 0.0 for c, is_right in zip(candidates, right, strict=True)]
    return Example(
        number, kind, asked, candidates, rank_features(asked, candidates), right, np.asarray(near, np.float32)
    )


def _near(candidate: Candidate, answer: str) -> float:
    marked = candidate.answer.span
    return likeness(squeeze(candidate.hit.passage.text[marked.start : marked.end]), answer)


def strangers(pools: Sequence[Pool], number: int) -> Pool:
    """A pool whose questions, in the language of this one's, are not answered here: of another set if there is one.

    Raises ``InputError`` where there is no other pool.
    """
    own = pools[number]
    lang = language(own.questions[0][0])
    others = [pool for pool in [*pools[number:], *pools[:number]] if language(pool.questions[0][0]) == lang]
    of_sets = [pool for pool in others if pool.name.split()[0] != own.name.split()[0]]
    elsewhere = [pool for pool in others if pool.name.split()[1] != own.name.split()[1]]
    if not of_sets and not elsewhere:
        raise InputError(f"only one pool has questions in the language of {own.name}: raise --pools or name more sets")
    return [*of_sets, *elsewhere][0]


def swapper(dictionary: Path) -> Callable[[str], str]:
    from tokenizers import Tokenizer

    from rag.training.student import simplifier
    from rag.training.switch import Switch
    from rag.training.vocabulary import glosses

    tokenizer = Tokenizer.from_file(str(Path(__file__).parents[1] / "models" / BUNDLED / "tokenizer.json"))
    switch = Switch(glosses(read_entries(dictionary), simplifier()), tokenizer, SWAPPED)
    rng = random.Random(0)
    return lambda text: switch(simplify(text), rng)
