"""``rag ask`` and ``rag search``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.batch import Asked, answer_file
from rag.cli.lines import escaped, one_line, visible
from rag.cli.options import (
    DEFAULT_INDEX,
    ArticleOption,
    CandidatesOption,
    ConfidenceOption,
    IndexOption,
    JsonOption,
    LegOption,
    ModelOption,
    SinceOption,
    SourceOption,
    UntilOption,
)
from rag.errors import IndexMissingError, InputError
from rag.types import Filter

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.types import Answer, Citation, Hit

_NEAREST, _SNIPPET = 3, 60
#: A snippet with ``…`` on either side.
_LINE = _SNIPPET + 2
_CAN_ASK = "Ask about what the articles tell (who, when, where, how many), what an article is about, or what is new."


def ask(
    questions: Annotated[list[str] | None, typer.Argument(help="Questions, each in quotation marks")] = None,
    *,
    file: Annotated[
        str | None, typer.Option("--file", help="One question a line, or JSON Lines with a `question`; - for stdin.")
    ] = None,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    min_confidence: ConfidenceOption = None,
    candidates: CandidatesOption = False,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="With --file: append the answers to this file, as JSON Lines.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a file of --out that is not finished.")] = False,
) -> None:
    """Answer questions with quotes; says so when the corpus does not tell."""
    from rag.chatbot import Chatbot

    if bool(questions) == bool(file):
        raise InputError("give questions as arguments, or a file of them with --file")
    if (out and not file) or (resume and not out):
        raise InputError("--out goes with --file, and --resume with --out: add what is missing")
    with Chatbot.open(at, model=model, min_confidence=min_confidence) as bot:
        _require_passages(bot, at)
        if questions:
            sound = _answer_arguments(bot, questions, as_json=as_json, candidates=candidates)
        else:
            asked = Asked(bot, candidates)
            sound = answer_file(asked, str(file), _print_with_question, as_json=as_json, out=out, resume=resume)
    if not sound:
        raise typer.Exit(2)


def search(
    question: Annotated[str, typer.Argument(help="A question or any words")],
    *,
    k: Annotated[int, typer.Option("-k", envvar="RAG_K", min=1, help="How many passages.")] = 10,
    leg: LegOption = "fused",
    sources: SourceOption = None,
    articles: ArticleOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    at: IndexOption = DEFAULT_INDEX,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest to a question, with all their scores."""
    from rag.chatbot import Chatbot

    where = Filter(tuple(sources or ()), tuple(articles or ()), since, until)
    with Chatbot.open(at, model=model) as bot:
        _require_passages(bot, at)
        bot.require_sources(where.sources)
        hits = bot.search(question, k=k, leg=leg, where=where if where != Filter() else None)
        places = [bot.page_and_date(hit.passage) for hit in hits]
    for rank, (hit, (page, day)) in enumerate(zip(hits, places, strict=True), 1):
        if as_json:
            _print_json({**hit.to_dict(), "page": page, "date": day})
        else:
            typer.echo(_hit_text(rank, hit, page, day))
    if not hits and not as_json:
        typer.echo("nothing found")


def _require_passages(bot: Chatbot, at: Path) -> None:
    if bot.is_empty:
        from rag.index import command

        wanted = command(at, "index", "FOLDER")
        raise IndexMissingError(f"the index in {at} is empty: run {wanted} with a folder of articles")


def _answer_arguments(bot: Chatbot, questions: Sequence[str], *, as_json: bool, candidates: bool) -> bool:
    """Answer in order; a question that cannot be asked is told and passed over. Whether all could be asked."""
    from rag.chatbot.batch import ask_batch

    results = ask_batch(bot, questions, candidates=candidates)
    for number, (question, result) in enumerate(zip(questions, results, strict=True), 1):
        if isinstance(result, InputError):
            which = f"question {number}: " if len(questions) > 1 else ""
            typer.echo(f"rag: {which}{escaped(str(result))}", err=True)
            if as_json:
                _print_json({"version": 1, "question": question, "error": str(result)})
        elif as_json:
            _print_json(result.to_dict())
        else:
            (_print_with_question if len(questions) > 1 else _print_words)(result)
    return not any(isinstance(result, InputError) for result in results)


def _print_json(record: dict[str, Any]) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False))


def _print_words(answer: Answer) -> None:
    typer.echo(_answer_text(answer))


def _print_with_question(answer: Answer) -> None:
    """Among others an answer by itself does not say what it answers."""
    typer.echo(f"> {visible(answer.question)}")
    _print_words(answer)


def _answer_text(answer: Answer) -> str:
    from rag.chatbot.snippets import snippet

    if answer.kind == "small_talk":
        return typer.style(_CAN_ASK, bold=True)
    if answer.status == "tentative":
        told = f"Not sure, but perhaps (confidence {_percent(answer.candidates[0].confidence)}):"
        return "\n".join([typer.style(told, bold=True), *map(_quote_text, answer.quoted)])
    if answer.abstained:
        told = f"No answer found (confidence {_percent(answer.confidence)}). The nearest passages:"
        nearest = (
            f"  {escaped(hit.passage.passage_id)}  {one_line(snippet(answer, hit.passage, _SNIPPET), _LINE)}"
            for hit in answer.passages[:_NEAREST]
        )
        return "\n".join([typer.style(told, bold=True), *nearest, *_candidates_text(answer)])
    head = typer.style(visible(answer.answer or ""), bold=True) + f"  (confidence {_percent(answer.confidence)})"
    untold = (f"No answer found to: {visible(part)}" for part in answer.not_found)
    return "\n".join([head, *map(_quote_text, answer.citations), *untold, *_candidates_text(answer)])


def _candidates_text(answer: Answer) -> Iterator[str]:
    """The best sentences, where they were asked for."""
    if answer.candidates:
        yield "The best sentences:"
    for candidate in answer.candidates:
        yield f"{_quote_text(candidate.citation)}  (confidence {_percent(candidate.confidence)})"


def _percent(confidence: float) -> str:
    return f"{int(100 * confidence)}%"


def _quote_text(cited: Citation) -> str:
    """A quote with its answering part underlined, and where it stands."""
    start, end = cited.answer_start, cited.answer_end
    marked = visible(cited.quote[:start]) + typer.style(visible(cited.quote[start:end]), underline=True)
    marked += visible(cited.quote[end:])
    page = f"page {cited.page}, " if cited.page else ""
    where = f"{page}article {cited.article_number}, paragraph {cited.paragraph}, characters {cited.start}–{cited.end}"
    stale = "; the file has changed since it was indexed" if cited.stale else ""
    return f"  [{cited.n}] {marked}\n      {visible(cited.article)} · {escaped(cited.source)}, {where}{stale}"


def _hit_text(rank: int, hit: Hit, page: int | None, day: str | None) -> str:
    scores = hit.scores
    dense = "-" if scores.dense is None else f"{scores.dense:.3f}"
    lexical = "-" if scores.lexical is None else f"{scores.lexical:.2f}"
    name = escaped(hit.passage.passage_id)
    head = f"{rank:>2}. fused {scores.fused:.3f}  dense {dense}  lexical {lexical}  {name}"
    place = "".join(f", {part}" for part in (day, f"page {page}" if page else None) if part)
    return f"{head}  {visible(hit.passage.article)}{place}\n    {one_line(hit.passage.text, 110)}"
