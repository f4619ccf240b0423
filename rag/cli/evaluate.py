"""``rag evaluate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import DEFAULT_INDEX, ConfidenceOption, IndexOption, LegOption, ModelOption
from rag.cli.progress import shown_progress
from rag.cli.stopped import StoppedError
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.evaluation import Options, Outputs, Report

FAILED_CHECK = 1
#: Parameters that are heeded for a file of dialogues or a report; the others would do nothing there.
_OF_DIALOGUES = ("questions", "at", "model", "limit", "json_file")
_OF_REPORTS = ("questions", "expected", "compare", "json_file", "html_file")


def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path,
        typer.Argument(
            help="Our JSON Lines (questions, dialogues), SQuAD JSON or CMRC 2018 (.gz allowed), a BEIR folder, "
            "a report of --json"
        ),
    ],
    *,
    pool: Annotated[
        list[Path] | None,
        typer.Option("--pool", help="SQuAD or CMRC file whose paragraphs join the pool; may be repeated."),
    ] = None,
    gold_passage: Annotated[
        bool, typer.Option("--gold-passage", help="Reading alone: the gold paragraph is given (SQuAD).")
    ] = False,
    retrieval: Annotated[bool, typer.Option("--retrieval", help="Retrieval alone.")] = False,
    leg: LegOption = "fused",
    min_confidence: ConfidenceOption = None,
    model: ModelOption = None,
    at: IndexOption = DEFAULT_INDEX,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask only the first N questions.")] = None,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="Ask N questions drawn by chance.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="What --sample draws by; the same draws the same.")] = 0,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Pass over lines that cannot be used.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the same run where it was stopped.")] = False,
    expected: Annotated[
        Path | None, typer.Option("--expected", help="Scores that must be reached; exit status 1 if they are not.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="Report of another run (--json) to compare this one with.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write scores and rows to a file; - for stdout.")
    ] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write a page to read, which stands alone.")] = None,
    run_file: Annotated[Path | None, typer.Option("--run", help="Write the rankings as trec_eval reads them.")] = None,
) -> None:
    """Score retrieval and answers on a set of questions; show or compare a report again without asking."""
    from rag.evaluation import Mode, Options, Outputs, is_report, load_expected, load_report, misses
    from rag.evaluation.dialogues import is_dialogues

    if is_dialogues(questions):
        _refuse_idle(context, f"{questions} holds dialogues", _OF_DIALOGUES)
        Outputs(json_file).check()
        _converse(questions, at, model, limit, json_file)
        return
    stored = is_report(questions)
    if stored:
        _refuse_idle(context, f"{questions} is a report", _OF_REPORTS)
    _refuse_contradictions(context, gold_passage=gold_passage, retrieval=retrieval)
    outputs = Outputs(json_file, html_file, run_file, load_report(compare) if compare else None)
    outputs.check()
    if stored:
        report = load_report(questions)
        report = replace(report, misses=misses(report, load_expected(expected) if expected else ()))
        outputs.write(report)
    else:
        options = Options(
            questions=questions,
            index=at,
            pool=tuple(pool or ()),
            mode=Mode(retrieval=retrieval, gold_passage=gold_passage, leg=leg, min_confidence=min_confidence),
            limit=limit,
            sample=sample,
            seed=seed,
            skip_bad=skip_bad,
            resume=resume,
            model=model,
            expected=expected,
        )
        report = _run(options, outputs)
    _show(report, outputs)
    if report.misses:
        raise typer.Exit(FAILED_CHECK)


def _refuse_idle(context: typer.Context, what: str, heeded: Sequence[str]) -> None:
    """Raises ``InputError`` for options typed on the command line that would do nothing.

    Those of the environment are meant for many commands and do no harm.
    """
    options = {each.name or "": each.opts[0] for each in context.command.params}
    idle = [option for name, option in options.items() if name not in heeded and _typed(context, name)]
    if idle:
        useful = [option for name, option in options.items() if name in heeded and option.startswith("-")]
        told = f"{what}, for which {', '.join(idle)} would do nothing"
        raise InputError(f"{told}: only {', '.join(useful)} can be given with it")


def _refuse_contradictions(context: typer.Context, *, gold_passage: bool, retrieval: bool) -> None:
    """Raises ``InputError`` for a typed option that the mode leaves nothing to do for."""
    contradictions = (
        (gold_passage, "run_file", "--gold-passage ranks nothing that --run could write"),
        (gold_passage, "leg", "--gold-passage searches for nothing that --leg could find"),
        (retrieval, "min_confidence", "--retrieval answers nothing that --min-confidence could withhold"),
    )
    for given, name, told in contradictions:
        if given and _typed(context, name):
            raise InputError(f"{told}: leave one of them out")


def _typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _run(options: Options, outputs: Outputs) -> Report:
    from rag.evaluation import run_evaluation

    try:
        with shown_progress() as progress:
            return run_evaluation(options, progress=progress, save=outputs.write, other=outputs.other, tell=_tell)
    except KeyboardInterrupt as stop:
        raise StoppedError("the same command with --resume goes on") from stop


def _tell(line: str) -> None:
    typer.echo(f"rag: {line}", err=True)


def _converse(dialogues: Path, at: Path, model: str | None, limit: int | None, json_file: Path | None) -> None:
    """Hold the dialogues of a file; their report is a table of its own."""
    from rich.console import Console

    from rag.evaluation.dialogues import hold_dialogues
    from rag.evaluation.outputs import STDOUT

    report = hold_dialogues(dialogues, at, model=model, limit=limit)
    text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
    if json_file == STDOUT:
        typer.echo(text)
    elif json_file:
        try:
            json_file.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{json_file} cannot be written ({error.strerror}): name another with --json") from error
    report.print(Console(stderr=json_file == STDOUT))


def _show(report: Report, outputs: Outputs) -> None:
    """The tables; on stderr where the report itself goes to stdout."""
    from rich.console import Console

    from rag.evaluation import print_comparison, print_report
    from rag.evaluation.outputs import STDOUT, json_text

    comparison = outputs.comparison(report)
    to_stdout = outputs.json == STDOUT
    if to_stdout:
        typer.echo(json_text(report, comparison, indent=None))
    console = Console(stderr=to_stdout)
    print_report(report, console)
    if comparison:
        print_comparison(comparison, console)
