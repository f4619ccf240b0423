"""Write rankings in the form of trec_eval, so that other tools can score the same run by other judgements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rag.evaluation.ranking import Unit, unit_of
from rag.evaluation.scores import Row
from rag.types import Hit

TAG = "wenbao"
_STEP = 1e-6


def ranking_of(hits: Sequence[Hit], names: Mapping[str, str] | None) -> tuple[tuple[str, float], ...]:
    """The names of the retrieved paragraphs, best first; with ``names`` those of their documents."""
    best: dict[Unit, float] = {}
    for hit in hits:
        best.setdefault(unit_of(hit), hit.scores.fused)
    return tuple((_name(unit, names), score) for unit, score in best.items())


def _name(unit: Unit, names: Mapping[str, str] | None) -> str:
    source, article, paragraph = unit
    return f"{source}#{article}.{paragraph}" if names is None else names.get(source, source)


def run_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The lines ``query Q0 document rank score tag``. Scores fall strictly, because trec_eval sorts by score alone."""
    for row in rows:
        last = float("inf")
        for rank, (name, score) in enumerate(row.ranking, start=1):
            last = min(round(score, 6), last - _STEP)
            yield f"{_word(row.question.id)} Q0 {_word(name)} {rank} {last:.6f} {TAG}"


def _word(text: str) -> str:
    """The name without white space, which separates the columns."""
    return "_".join(text.split())
