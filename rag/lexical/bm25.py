"""BM25 (k1 1.2, b 0.75) over our own tokens, by tantivy.

A row is the position of a text in the sequence the index was built from.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.lexical.dictionary import FUNCTION_STEMS, translations
from rag.lexical.tokenizer import tokens
from rag.text import language

# tantivy's own, and not to be set: they are needed to know what a question could reach at most.
K1 = 1.2
# A question has some 10 to 40 terms. Beyond this many only the rarest count, so that a pasted page stays cheap.
MAX_TERMS = 128
# English words have several translations each, and a passage that means the same mostly uses another word: of the words
# of English news sentences the dictionary finds .41 in their Chinese translations.
DOUBT = 4
# Sums of the same float32 terms in another order differ in the sixth digit; what is equal here is a tie.
_DIGITS = 4
_HEAP_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Term:
    """Something a question looks for. A text has it that holds all tokens of one of its forms.

    ``weight`` is its inverse document frequency. A word of the question is its only form; a translated one has a form
    for each translation.
    """

    weight: float
    forms: tuple[tuple[str, ...], ...]
    translated: bool = False

    def in_(self, held: Set[str]) -> bool:
        return any(held >= set(form) for form in self.forms)


@dataclass(frozen=True, slots=True)
class Match:
    """A row and its BM25 score."""

    row: int
    score: float


class LexicalIndex:
    """A folder written by ``build``; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """``ValueError`` if the folder holds no whole index."""
        import tantivy

        with _writable(folder) as place:
            index = tantivy.Index.open(str(place))
            index.config_reader("manual")
            self._schema = index.schema
            self._searcher = index.searcher()

    @staticmethod
    def build(folder: Path, texts: Iterable[str]) -> None:
        """Index ``texts`` into an empty folder; one thread, so that equal texts give equal files."""
        import tantivy

        folder.mkdir(parents=True)
        writer = tantivy.Index(_schema(), str(folder)).writer(_HEAP_BYTES, num_threads=1)
        for row, text in enumerate(texts):
            writer.add_document(tantivy.Document(tokens=" ".join(tokens(text)), row=row))
        writer.commit()
        writer.wait_merging_threads()

    @cached_property
    def size(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, question: str, k: int) -> list[Match]:
        """The ``k`` best rows, best first; ties go to the lower row, also at the edge."""
        terms = self.terms(question)
        if not terms or not self.size or k < 1:
            return []
        query = self._any_of(terms)
        limit = k + 8
        while True:
            matches = self._matches(query, min(limit, self.size))
            if len(matches) < limit or matches[-1].score < matches[k - 1].score:
                return matches[:k]
            limit *= 4

    def ceiling(self, question: str) -> float:
        """What a passage would score that repeats every term of the question without end.

        A translated term counts ``DOUBT`` times: it takes that much more of them to be as sure.
        """
        return (1 + K1) * sum(t.weight * (DOUBT if t.translated else 1) for t in self.terms(question))

    def terms(self, question: str) -> list[Term]:
        """What the question looks for, at most ``MAX_TERMS``: its words, and their translations that occur here."""
        translated, known = self._translated(question)
        words = [
            Term(self._idf(token), ((token,),))
            for token in dict.fromkeys(tokens(question))
            if not (token in known and self._frequency(token) == 0)
        ]
        found = words + translated
        if len(found) <= MAX_TERMS:
            return found
        return sorted(found, key=lambda term: (-term.weight, term.forms))[:MAX_TERMS]

    @cached_property
    def unseen_weight(self) -> float:
        """The inverse document frequency of a term that no row has."""
        return self._weight(0)

    def _translated(self, question: str) -> tuple[list[Term], set[str]]:
        """The English words of a question as Chinese ones, and the stems that this explains."""
        if language(question) != "en":
            return [], set()
        terms: dict[tuple[tuple[str, ...], ...], Term] = {}
        known: set[str] = set()
        for key, words in translations(question):
            found = {form: self._rarest(form) for form in map(_form, words)}
            forms = tuple(form for form, frequency in found.items() if frequency)
            if forms:
                together = min(self.size, sum(found.values()))
                terms[forms] = Term(self._weight(together), forms, translated=True)
                known.update(key.split())
        return list(terms.values()), known | FUNCTION_STEMS if terms else set()

    def _rarest(self, form: Sequence[str]) -> int:
        """How many rows can have all tokens of a form, at most."""
        return min(map(self._frequency, form))

    def _frequency(self, token: str) -> int:
        return int(self._searcher.doc_freq("tokens", token))

    def _idf(self, token: str) -> float:
        return self._weight(self._frequency(token))

    def _weight(self, frequency: int) -> float:
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def _any_of(self, terms: Sequence[Term]) -> Any:
        """A disjunction made term by term: a question is never parsed as a query."""
        from tantivy import Occur, Query

        return Query.boolean_query([(Occur.Should, self._query(term)) for term in terms])

    def _query(self, term: Term) -> Any:
        """Synonyms count once, and each as much as all of them together are worth."""
        from tantivy import Query

        forms = [self._all_of(form, term.weight) for form in term.forms]
        return forms[0] if len(forms) == 1 else Query.disjunction_max_query(forms)

    def _all_of(self, form: Sequence[str], weight: float) -> Any:
        from tantivy import Occur, Query

        parts = [Query.term_query(self._schema, "tokens", token, "freq") for token in form]
        own = sum(map(self._idf, form))
        query = parts[0] if len(parts) == 1 else Query.boolean_query([(Occur.Must, part) for part in parts])
        return query if math.isclose(own, weight) else Query.boost_query(query, weight / own)

    def _matches(self, query: Any, limit: int) -> list[Match]:
        hits = self._searcher.search(query, limit=limit, count=False).hits
        rows: Any = self._searcher.fast_field_values("row", [address for _, address in hits])
        matches = [Match(row, round(score, _DIGITS)) for (score, _), row in zip(hits, rows, strict=True)]
        return sorted(matches, key=lambda match: (-match.score, match.row))


@contextmanager
def _writable(folder: Path) -> Iterator[Path]:
    """``folder``, or links to its files where it is read-only: tantivy makes a lock file before it opens anything."""
    if os.access(folder, os.W_OK):
        yield folder
        return
    with TemporaryDirectory() as place:
        for file in folder.iterdir():
            if file.suffix != ".lock":
                (Path(place) / file.name).symlink_to(file.resolve())
        yield Path(place)


def _form(word: str) -> tuple[str, ...]:
    """A Chinese word as the index holds it: its pairs of characters."""
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("row", fast=True)
    return builder.build()
