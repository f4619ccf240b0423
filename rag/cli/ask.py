"""``rag ask`` and ``rag search``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.lines import one_line, visible
from rag.cli.options import DEFAULT_INDEX, ConfidenceOption, IndexOption, JsonOption, LegOption, ModelOption
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.types import Answer, Hit

_AT_ONCE = 64
_NEAREST = 3


def ask(
    questions: Annotated[list[str] | None, typer.Argument(help="Questions, each in quotation marks")] = None,
    *,
    file: Annotated[
        str | None, typer.Option("--file", help="One question a line, or JSON Lines with a `question`; - for stdin.")
    ] = None,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    min_confidence: ConfidenceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer questions with quotes; says so when the corpus does not tell."""
    from rag.chatbot import Chatbot

    if bool(questions) == bool(file):
        raise InputError("give questions as arguments, or a file of them with --file")
    with Chatbot.open(at, model=model, min_confidence=min_confidence) as bot:
        if questions:
            for answer in bot.ask_all(questions):
                _print_answer(answer, as_json=as_json)
        elif not _ask_lines(bot, _lines(str(file)), as_json=as_json):
            raise typer.Exit(2)


def search(
    question: Annotated[str, typer.Argument(help="A question or any words")],
    *,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    leg: LegOption = "fused",
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest to a question, with all their scores."""
    from rag.chatbot import Chatbot

    with Chatbot.open(at, model=model) as bot:
        hits = bot.search(question, k=k, leg=leg)
    for rank, hit in enumerate(hits, 1):
        typer.echo(json.dumps(hit.to_dict(), ensure_ascii=False) if as_json else _hit_text(rank, hit))
    if not hits and not as_json:
        typer.echo("nothing found")


def _ask_lines(bot: Chatbot, lines: Iterable[tuple[int, bytes]], *, as_json: bool) -> bool:
    """Answer line by line, in order; a line that cannot be asked is told and passed over. Whether all could be."""
    sound = True
    numbered = iter(lines)
    while batch := list(islice(numbered, _AT_ONCE)):
        for number, result in zip((n for n, _ in batch), _answers(bot, [line for _, line in batch]), strict=True):
            if isinstance(result, InputError):
                sound = False
                typer.echo(f"rag: line {number}: {result}", err=True)
                if as_json:
                    typer.echo(json.dumps({"version": 1, "line": number, "error": str(result)}, ensure_ascii=False))
            else:
                _print_answer(result, as_json=as_json)
    return sound


def _answers(bot: Chatbot, lines: list[bytes]) -> list[Answer | InputError]:
    from rag.chatbot import clean_question

    results: list[Answer | InputError | None] = []
    asked: list[str] = []
    for line in lines:
        try:
            asked.append(clean_question(_question_of(line)))
            results.append(None)
        except InputError as error:
            results.append(error)
    answers = iter(bot.ask_all(asked))
    return [next(answers) if result is None else result for result in results]


def _question_of(line: bytes) -> str:
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise InputError("it is not UTF-8 text: save it as UTF-8") from error
    if not text.startswith("{"):
        return text
    try:
        record: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"it begins like JSON but is not ({error}): mend the line") from error
    question = record.get("question")
    if not isinstance(question, str):
        raise InputError('it has no "question": write {"question": "…"}')
    return question


def _lines(name: str) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank."""
    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror}): name a file of questions") from error


def _print_answer(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer.to_dict(), ensure_ascii=False))
    else:
        typer.echo(_answer_text(answer))


def _answer_text(answer: Answer) -> str:
    if answer.abstained:
        nearest = (f"  {h.passage.passage_id}  {one_line(h.passage.text, 60)}" for h in answer.passages[:_NEAREST])
        told = f"No answer found (confidence {int(100 * answer.confidence)}%). The nearest passages:"
        return "\n".join([typer.style(told, bold=True), *nearest])
    head = typer.style(visible(answer.answer or ""), bold=True) + f"  (confidence {int(100 * answer.confidence)}%)"
    quotes = []
    for c in answer.citations:
        start, end = c.answer_start, c.answer_end
        marked = visible(c.quote[:start]) + typer.style(visible(c.quote[start:end]), underline=True)
        marked += visible(c.quote[end:])
        place = f"{c.source}, article {c.article_number}, paragraph {c.paragraph}, characters {c.start}–{c.end}"
        stale = "; the file has changed since it was indexed" if c.stale else ""
        quotes.append(f"  [{c.n}] {marked}\n      {visible(c.article)} · {place}{stale}")
    return "\n".join([head, *quotes])


def _hit_text(rank: int, hit: Hit) -> str:
    scores = hit.scores
    dense = "-" if scores.dense is None else f"{scores.dense:.3f}"
    lexical = "-" if scores.lexical is None else f"{scores.lexical:.2f}"
    head = f"{rank:>2}. fused {scores.fused:.3f}  dense {dense}  lexical {lexical}  {hit.passage.passage_id}"
    return f"{head}  {visible(hit.passage.article)}\n    {one_line(hit.passage.text, 110)}"
