"""Folders in BEIR's form: ``corpus.jsonl``, ``queries.jsonl`` and judgements in ``qrels/*.tsv``, or ``.gz`` files.

Only rankings are scored, by the grades of the judgements. A document's title becomes the first line of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.checks import Bad, encodable, json_object, numbered, read_text, text_of
from rag.evaluation.questions import Question, QuestionSet
from rag.text import language

Grades = dict[str, dict[str, int]]  # by query, then by document


def is_beir(path: Path) -> bool:
    """Whether the path is such a folder, or one of the judgement files in it."""
    return path.is_dir() or (path.parent.name == "qrels" and path.suffix == ".tsv")


def read_beir(path: Path, bad: Bad) -> QuestionSet:
    folder = path if path.is_dir() else path.parent.parent
    judged = _judgements(path if path.is_file() else _only_qrels(folder), bad)
    documents = _by_id(_file(folder, "corpus.jsonl"), _document, bad)
    queries = _by_id(_file(folder, "queries.jsonl"), _query, bad)
    questions = tuple(_questions(folder, judged, documents, queries, bad))
    return QuestionSet(
        name=folder.resolve().name,
        format="beir",
        questions=questions,
        paragraphs=tuple(dict.fromkeys(filter(None, documents.values()))),
        wants_abstention=False,
        documents=documents,
        skipped=tuple(bad.reported),
    )


def _questions(
    folder: Path, judged: Grades, documents: Mapping[str, str], queries: Mapping[str, str], bad: Bad
) -> Iterator[Question]:
    for name, grades in judged.items():
        missing = sorted(grades.keys() - documents.keys())
        if name not in queries:
            bad.report(EvaluationError(f"{folder}: queries.jsonl has no query {name!r}, which is judged: add it"))
        elif missing:
            bad.report(
                EvaluationError(f"{folder}: corpus.jsonl has no document {missing[0]!r}, which is judged: add it")
            )
        else:
            text = queries[name]
            yield Question(name, text, language(text), None, (), relevant=tuple(grades.items()))


def _only_qrels(folder: Path) -> Path:
    """``qrels/test.tsv``, which is the usual name, or else the only file in the folder."""
    judgements = sorted((folder / "qrels").glob("*.tsv"))
    test = folder / "qrels" / "test.tsv"
    if test in judgements or len(judgements) == 1:
        return test if test in judgements else judgements[0]
    what = "has no qrels/*.tsv" if not judgements else f"has {len(judgements)} files of judgements: name one of them"
    raise EvaluationError(f"{folder} {what}; a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv is expected")


def _file(folder: Path, name: str) -> Path:
    packed = folder / f"{name}.gz"
    return packed if packed.exists() and not (folder / name).exists() else folder / name


def _judgements(path: Path, bad: Bad) -> Grades:
    """The grades above 0, by query and document. A query without any keeps its place and scores 0, as in trec_eval."""
    judged: Grades = {}
    judging: dict[tuple[str, str], int] = {}
    for number, line in numbered(read_text(path)):
        cells = line.rstrip("\r").split("\t")
        if number == 1 and cells[0] == "query-id":
            continue
        if len(cells) != 3 or not cells[2].lstrip("-").isdigit():
            what = "is no judgement: a query, a document and a whole number are expected, with tabs between them"
            bad.report(EvaluationError(f"{path} line {number} {what}"))
            continue
        pair = (cells[0], cells[1])
        if pair in judging:
            what = f"judges query {pair[0]!r} and document {pair[1]!r}, as line {judging[pair]} does: leave one of them"
            bad.report(EvaluationError(f"{path} line {number} {what}"))
            continue
        judging[pair] = number
        grades = judged.setdefault(cells[0], {})
        if int(cells[2]) > 0:
            grades[cells[1]] = int(cells[2])
    return judged


def _by_id(path: Path, parse: Callable[[str, Mapping[str, Any]], tuple[str, str]], bad: Bad) -> dict[str, str]:
    """The texts that ``parse`` makes of the lines, by id; a second line with the same id is an error."""
    texts: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for number, line in numbered(read_text(path)):
        where = f"{path} line {number}"
        try:
            name, text = parse(where, json_object(where, line, '{"_id": "…", "text": "…"}'))
            if name in numbers:
                raise EvaluationError(f"{where}: id {name!r} is taken by line {numbers[name]}: give it its own")
        except EvaluationError as error:
            bad.report(error)
            continue
        texts[name], numbers[name] = text, number
    return texts


def _document(where: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """Its name and text; some sets have documents without any."""
    title, body = row.get("title"), row.get("text")
    text = "\n".join(part for part in (title, body) if isinstance(part, str) and part.strip())
    if not text and body != "":
        text = text_of(where, row, "text")
    return _id(where, row), encodable(where, text)


def _query(where: str, row: Mapping[str, Any]) -> tuple[str, str]:
    return _id(where, row), text_of(where, row, "text")


def _id(where: str, row: Mapping[str, Any]) -> str:
    value = row.get("_id")
    return str(value) if isinstance(value, int) else text_of(where, row, "_id")
