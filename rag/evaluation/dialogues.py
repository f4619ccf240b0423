"""Ask whole conversations: are follow-up questions understood, and other questions left as they are?

JSON Lines; one dialogue a line: ``{"id", "turns": [{"question", "answers", "source", "evidence", "alone"}]}``.
``alone`` is the follow-up question as a person would ask it by itself, null for one that already stands alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.chatbot import Chatbot
from rag.errors import EvaluationError
from rag.evaluation.answers import contains
from rag.evaluation.checks import parse_json, refuse_twice
from rag.evaluation.gold import Finder
from rag.evaluation.questions import Question
from rag.evaluation.scores import as_shown
from rag.lexical import tokens
from rag.text import language
from rag.types import Answer

if TYPE_CHECKING:
    from rich.console import Console

#: In the order of the report; all are means over the turns that have them, the first turn of a dialogue left out.
SCORES = ("noticed", "wording", "left_alone", "contains", "contains_as_typed", "contains_written_out", "precision")


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """A question of a dialogue. ``alone`` is how it would be asked by itself, ``None`` if just like that."""

    gold: Question
    alone: str | None


@dataclass(frozen=True, slots=True)
class Dialogue:
    id: str
    turns: tuple[DialogueTurn, ...]


@dataclass(frozen=True, slots=True)
class DialogueRow:
    """A turn after the first: what was really asked, and its scores."""

    turn: DialogueTurn
    answer: Answer
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DialogueReport:
    rows: tuple[DialogueRow, ...]
    scores: Mapping[str, float | None] = field(default_factory=dict)
    by_lang: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[DialogueRow]) -> DialogueReport:
        langs = sorted({row.turn.gold.lang for row in rows})
        by_lang = {lang: _means([row for row in rows if row.turn.gold.lang == lang]) for lang in langs}
        return cls(tuple(rows), _means(rows), by_lang)

    def to_dict(self) -> dict[str, Any]:
        return {
            "turns": len(self.rows),
            "scores": dict(self.scores),
            "by_lang": {lang: dict(table) for lang, table in self.by_lang.items()},
            "rows": [
                {
                    "id": row.turn.gold.id,
                    "question": row.turn.gold.question,
                    "alone": row.turn.alone,
                    "answers": list(row.turn.gold.answers),
                    "answer": row.answer.to_dict(),
                    "scores": dict(row.scores),
                }
                for row in self.rows
            ],
        }

    def print(self, console: Console) -> None:
        """Print the scores with a column for each language, then how each follow-up question was understood."""
        from rich.table import Table

        shown = Table(title=f"{len(self.rows)} turns after the first", title_justify="left")
        columns = {"all": self.scores, **self.by_lang}
        for name in ("score", *columns):
            shown.add_column(name, justify="left" if name == "score" else "right")
        for score in SCORES:
            values = [column[score] for column in columns.values()]
            shown.add_row(score, *("–" if value is None else f"{value:.3f}" for value in values))
        console.print(shown)
        for row in self.rows:
            right = "right" if row.scores["contains"] else "wrong"
            meant = row.answer.interpreted_as or "as it is"
            console.print(f"{right}: {row.turn.gold.question} → {meant}", highlight=False, markup=False)


def hold_dialogues(path: Path, index: Path, *, model: str | None = None, limit: int | None = None) -> DialogueReport:
    """Hold the dialogues of a file over an index. Raises ``RagError``."""
    dialogues = load_dialogues(path)[:limit]
    with Chatbot.open(index, model=model) as bot:
        return evaluate_dialogues(bot, dialogues)


def is_dialogues(path: Path) -> bool:
    """Whether a file holds dialogues; one that cannot be read holds none, and its reader says so."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = json.loads(file.readline())
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and "turns" in first


def load_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """Read dialogues. Raises ``EvaluationError`` naming the line that is wrong."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    numbers: dict[str, int] = {}
    dialogues = []
    for n, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path} line {n}"
            dialogue = _dialogue(where, line)
            if dialogue.id in numbers:
                taken = f"id {dialogue.id!r} is taken by line {numbers[dialogue.id]}"
                raise EvaluationError(f"{where}: {taken}: give it its own")
            numbers[dialogue.id] = n
            dialogues.append(dialogue)
    return tuple(dialogues)


def _dialogue(where: str, line: str) -> Dialogue:
    try:
        row, twice = parse_json(line)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{where} is not JSON ({error}): one dialogue a line is expected") from error
    refuse_twice(where, twice)
    turns = row.get("turns") if isinstance(row, dict) else None
    if not isinstance(turns, list) or not turns:
        raise EvaluationError(f'{where} has no turns: {{"id": "…", "turns": [{{"question": "…", …}}]}} is expected')
    name = str(row.get("id", where))
    return Dialogue(name, tuple(_turn(f"{where}, turn {n}", f"{name}-{n}", turn) for n, turn in enumerate(turns, 1)))


def _turn(where: str, name: str, turn: Any) -> DialogueTurn:
    if not isinstance(turn, dict) or not isinstance(turn.get("question"), str):
        raise EvaluationError(f'{where} has no "question": give it one')
    answers = turn.get("answers")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise EvaluationError(f'{where} needs "answers", a list of texts (empty: the question has no answer)')
    question = turn["question"]
    gold = Question(
        id=name,
        question=question,
        lang=language(question),
        type=None,
        answers=tuple(answers),
        source=turn.get("source"),
        evidence=turn.get("evidence"),
    )
    return DialogueTurn(gold, turn.get("alone"))


def evaluate_dialogues(bot: Chatbot, dialogues: Sequence[Dialogue]) -> DialogueReport:
    """Ask the turns of every dialogue in order, with what the bot answered to the earlier turns as history."""
    finder = Finder({article.source for article in bot.articles()}, bot.document)
    return DialogueReport.of([row for dialogue in dialogues for row in _held(bot, dialogue, finder)])


def _held(bot: Chatbot, dialogue: Dialogue, finder: Finder) -> Iterator[DialogueRow]:
    history: list[Answer] = []
    for number, turn in enumerate(dialogue.turns):
        forced = bot.ask(turn.gold.question, min_confidence=0.0, history=tuple(history), candidates=True)
        shown = as_shown(forced, bot.threshold, bot.tentative_threshold)
        if number:
            yield DialogueRow(turn, shown, _scores(bot, turn, forced, shown, finder))
        history.append(shown)


def _scores(bot: Chatbot, turn: DialogueTurn, forced: Answer, shown: Answer, finder: Finder) -> dict[str, float]:
    gold = finder.gold(turn.gold)

    def right(answer: Answer) -> float:
        first = answer.citations[0] if answer.citations else None
        return float(first is not None and gold.names(first.source) and contains(first.quote, turn.gold.answers))

    asked = turn.gold.question
    scores = {
        "contains": right(forced),
        "contains_as_typed": right(bot.ask(asked, min_confidence=0.0)),
        "contains_written_out": right(bot.ask(turn.alone or asked, min_confidence=0.0)),
    }
    meant = forced.interpreted_as
    if turn.alone is None:
        scores["left_alone"] = float(meant is None)
    else:
        scores |= {"noticed": float(meant is not None), "wording": wording(meant or asked, turn.alone)}
    if not shown.abstained:
        scores["precision"] = right(shown)
    return scores


def wording(meant: str, alone: str) -> float:
    """F1 of the terms of two questions, as search counts them.

    >>> wording("分析会什么时候召开的?", "分析会什么时候召开?") > .9
    True
    """
    one, other = Counter(tokens(meant)), Counter(tokens(alone))
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _means(rows: Sequence[DialogueRow]) -> dict[str, float | None]:
    values = {name: [row.scores[name] for row in rows if name in row.scores] for name in SCORES}
    return {name: sum(column) / len(column) if column else None for name, column in values.items()}
