"""BM25 (k1 1.2, b 0.75) over our own tokens, by tantivy.

A row is the number that a text was given when it was built in. An index is made of folders, each built once and never
changed: searched together they weigh a term by how many texts of all of them have it.
"""

from __future__ import annotations

import itertools
import json
import math
import shutil
import weakref
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, TypeVar

from rag.lexical.dictionary import FUNCTION_STEMS, translations
from rag.lexical.names import name_in_characters
from rag.lexical.tokenizer import tokens
from rag.text import language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

# tantivy's own, and not to be set: they are needed to know what a question could reach at most.
K1 = 1.2
# A question has some 10 to 40 terms. Beyond this many only the rarest count, so that a pasted page stays cheap.
MAX_TERMS = 128
# Among more than so many rows fewer of the rarest count, and a term that more than this share of the rows have is not
# looked for: it says next to nothing, and looking for it is most of the work. What that costs and gains is in
# docs/results/README.md.
MANY = 100_000
MANY_TERMS, COMMON = 16, 0.1
# English words have several translations each, and a passage that means the same mostly uses another word: of the words
# of English news sentences the dictionary finds .41 in their Chinese translations.
DOUBT = 4
# Sums of the same float32 terms in another order differ in the sixth digit; what is equal here is a tie.
_DIGITS = 4
_HEAP_BYTES = 128_000_000
_META = "meta.json"
# Up to so many rows tantivy looks for them alone; beyond, what it finds is sifted.
_FEW = 2000
# Questions whose terms are kept, as matching, fusing and reading ask for them one after another; and tokens.
_REMEMBERED = 8192


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
    """Folders written by ``build``; safe to share between threads. The folders may go once it is open."""

    def __init__(self, *folders: Path) -> None:
        """``ValueError`` if one of the folders holds no whole index."""
        import tantivy

        if not folders:
            self._hold(tantivy.Index(_schema()))
            return
        place = Path(mkdtemp(prefix="wenbao-"))
        # tantivy's own thread may make a lock file there while the folder is being removed; then it goes with this.
        weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
        try:
            _link_together(folders, place)
            self._hold(tantivy.Index.open(str(place)))
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _hold(self, index: Any) -> None:
        index.config_reader("manual")
        self._schema = index.schema
        self._searcher = index.searcher()
        self._seen: dict[str, list[Term]] = {}
        self._frequencies: dict[str, int] = {}
        self._parts: dict[str, Any] = {}

    @staticmethod
    def build(folder: Path, texts: Iterable[str], rows: Iterable[int] | None = None) -> None:
        """Index ``texts`` into an empty folder, under the numbers ``rows`` or 0, 1, …; one thread, one order."""
        import tantivy

        folder.mkdir(parents=True)
        writer = tantivy.Index(_schema(), str(folder)).writer(_HEAP_BYTES, num_threads=1)
        for row, text in zip(itertools.count() if rows is None else rows, texts, strict=False):
            writer.add_document(tantivy.Document(tokens=" ".join(tokens(text)), row=row))
        writer.commit()
        writer.wait_merging_threads()

    @cached_property
    def size(self) -> int:
        return int(self._searcher.num_docs)

    def rows(self) -> list[int]:
        """All rows in order."""
        from tantivy import Query

        if not self.size:
            return []
        hits = self._searcher.search(Query.all_query(), limit=self.size, count=False).hits
        return sorted(self._searcher.fast_field_values("row", [address for _, address in hits]))

    def holds(self, row: int, text: str) -> bool:
        """Whether a row was built of a text with all tokens of ``text``."""
        from tantivy import Occur, Query

        parts = [self._part(token) for token in dict.fromkeys(tokens(text))]
        query = Query.boolean_query([(Occur.Must, part) for part in parts]) if parts else Query.all_query()
        return bool(self._searcher.search(self._only(query, [row]), limit=1, count=False).hits)

    def search(self, question: str, k: int) -> list[Match]:
        """The ``k`` best rows, best first; ties go to the lower row, also at the edge."""
        import numpy as np

        rows, scores = self.matches(question, k)
        order = np.lexsort((rows, -scores))[:k]
        return list(map(Match, rows[order].tolist(), scores[order].tolist()))

    def matches(self, question: str, k: int, among: Ints | None = None) -> tuple[Ints, Floats]:
        """The ``k`` best rows and all that tie with the last of them, and their scores, best first.

        Only rows of ``among``, if given.
        """
        import numpy as np

        terms = self._searched(question)
        if not terms or not self.size or k < 1 or (among is not None and not len(among)):
            return np.empty(0, np.int64), np.empty(0)
        query = self._any_of(terms)
        if among is not None and len(among) <= _FEW:
            query, among = self._only(query, among.tolist()), None
        share = 1.0 if among is None else len(among) / self.size
        limit = int((k + 8) / share)
        while True:
            wanted = min(limit, self.size)
            rows, scores = self._best(query, wanted)
            found, last = len(rows), scores[-1:]
            if among is not None:
                kept = np.isin(rows, among)
                rows, scores = rows[kept], scores[kept]
            if found < wanted or wanted == self.size or (len(rows) > k and scores[k - 1] > last[0]):
                return _down_to(rows, scores, k)
            limit *= 4

    def ceiling(self, question: str) -> float:
        """What a passage would score that repeats every term of the question without end.

        A translated term counts ``DOUBT`` times: it takes that much more of them to be as sure.
        """
        return (1 + K1) * sum(t.weight * (DOUBT if t.translated else 1) for t in self._searched(question))

    def terms(self, question: str) -> list[Term]:
        """What the question looks for: its words, and their translations that occur here; the rarest of many."""
        found = self._seen.get(question)
        if found is None:
            found = _kept(self._seen, question, self._terms(question))
        return found

    def _terms(self, question: str) -> list[Term]:
        translated, known = self._translated(question)
        words = [
            Term(self._idf(token), ((token,),))
            for token in dict.fromkeys(tokens(question))
            if not (token in known and self._frequency(token) == 0)
        ]
        return _at_most(MAX_TERMS, words + translated)

    def _searched(self, question: str) -> list[Term]:
        """The terms that rows are searched for: all, or in a large index the rarest of those that are not common."""
        terms = self.terms(question)
        if self.size <= MANY:
            return terms
        least = self._weight(int(COMMON * self.size))
        return _at_most(MANY_TERMS, [term for term in terms if term.weight >= least] or terms)

    def named(self, question: str) -> str:
        """An English question with the names in pinyin put into the characters that the rows have for them."""
        return name_in_characters(question, self._frequency) if language(question) == "en" else question

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
        found = self._frequencies.get(token)
        return _kept(self._frequencies, token, self._searcher.doc_freq("tokens", token)) if found is None else found

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

        parts = [self._part(token) for token in form]
        own = sum(map(self._idf, form))
        query = parts[0] if len(parts) == 1 else Query.boolean_query([(Occur.Must, part) for part in parts])
        return query if math.isclose(own, weight) else Query.boost_query(query, weight / own)

    def _part(self, token: str) -> Any:
        from tantivy import Query

        found = self._parts.get(token)
        if found is None:
            found = _kept(self._parts, token, Query.term_query(self._schema, "tokens", token, "freq"))
        return found

    def _only(self, query: Any, rows: Iterable[int]) -> Any:
        """What ``query`` finds among a few rows, with the same scores."""
        from tantivy import Occur, Query

        among = Query.const_score_query(Query.term_set_query(self._schema, "row", list(rows)), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, among)])

    def _best(self, query: Any, limit: int) -> tuple[Ints, Floats]:
        import numpy as np

        hits = self._searcher.search(query, limit=limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        scores = np.array([score for score, _ in hits], np.float64)
        return np.array(rows, np.int64), np.round(scores, _DIGITS)


_Made = TypeVar("_Made")


def _kept(memory: dict[str, _Made], key: str, made: _Made) -> _Made:
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = made
    return made


def _at_most(most: int, terms: list[Term]) -> list[Term]:
    """The rarest of them."""
    return terms if len(terms) <= most else sorted(terms, key=lambda term: (-term.weight, term.forms))[:most]


def _down_to(rows: Ints, scores: Floats, k: int) -> tuple[Ints, Floats]:
    """The first ``k`` and what ties with the last of them."""
    import numpy as np

    many = len(rows) if len(rows) <= k else int(np.searchsorted(-scores, -scores[k - 1], side="right"))
    return rows[:many], scores[:many]


def _link_together(folders: Sequence[Path], place: Path) -> None:
    """Make ``place`` a folder of links to the files of all ``folders`` that tantivy takes for one index.

    tantivy makes lock files where it opens anything, and so leaves none beside what was built.
    """
    whole: dict[str, Any] = {}
    for folder in folders:
        own = _segments(folder)
        whole = {**own, "segments": [*whole.get("segments", []), *own["segments"]]}
        for file in folder.iterdir():
            if file.name != _META and not file.name.startswith("."):
                _link(file.resolve(), place / file.name)
    (place / _META).write_text(json.dumps(whole), encoding="utf-8")


def _segments(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / _META).read_text(encoding="utf-8"))
        return {"segments": [], **found}
    except FileNotFoundError as error:
        if folder.is_dir():
            raise ValueError(f"{folder} lacks {_META}") from error
        raise


def _link(file: Path, place: Path) -> None:
    try:
        place.symlink_to(file)
    except OSError:  # Windows asks for a privilege
        shutil.copyfile(file, place)


def _form(word: str) -> tuple[str, ...]:
    """A Chinese word as the index holds it: its pairs of characters."""
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("row", fast=True, indexed=True)
    return builder.build()
