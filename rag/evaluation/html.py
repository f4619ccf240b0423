"""A report as one self-contained HTML page: tables, drawings, and every question with its citation in context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from rag.evaluation.compare import Comparison
from rag.evaluation.plots import reliability_svg, risk_coverage_svg
from rag.evaluation.questions import Question
from rag.evaluation.ranking import DEPTH
from rag.evaluation.report import Report
from rag.evaluation.scores import LATENCY, SCORES, Intervals, Row, Table
from rag.types import Answer, Citation

#: What failures are called for readers.
FAILURES = {
    "not retrieved": "not retrieved",
    "misread": "misread",
    "abstained": "wrongly abstained",
    "answered": "wrongly answered",
}
#: Not a failure: the right sentence is shown, but more or less of it is marked.
MARKED = "right, marked otherwise"
_NEAREST = 3
_EXCERPT = 90


def html_page(report: Report, comparison: Comparison | None = None) -> str:
    """The page. All foreign text is escaped, and it loads nothing."""
    changed = {name: change for change, names in comparison.changes.items() for name in names} if comparison else {}
    parts = {
        "title": escape(f"{report.run.get('questions', 'Questions')}: {len(report.rows)} questions"),
        "intro": _intro(report),
        "scores": _scores(report),
        "types": _types(report),
        "plots": _plots(report),
        "comparison": _comparison(comparison) if comparison else "",
        "failures": _options({"right": "right", MARKED: MARKED, **FAILURES}),
        "langs": _options({lang: lang for lang in report.by_lang}),
        "kinds": _options({kind: kind for kind in report.by_type}),
        "rows": "\n".join(_row(row, changed.get(row.question.id, "")) for row in report.rows),
        "run": _facts(report.run),
    }
    template = files("rag.evaluation").joinpath("page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def _intro(report: Report) -> str:
    failed = sum(report.failures.values())
    facts = [f"{failed} of {len(report.rows)} went wrong", *_known(report.run)]
    skipped = "".join(f"<p class='f'>skipped: {escape(line)}</p>" for line in report.skipped)
    return f"<p>{escape(' · '.join(facts))}</p>{skipped}"


def _known(run: Mapping[str, Any]) -> list[str]:
    """What distinguishes a run from others."""
    return [f"{name} {run[name]}" for name in ("model", "started") if run.get(name)]


def _scores(report: Report) -> str:
    columns: dict[str, tuple[Table, Intervals]] = {"all": (report.scores, report.ci95)}
    if len(report.by_lang) > 1:
        columns |= {lang: (scores, report.ci95_by["lang"][lang]) for lang, scores in report.by_lang.items()}
    names = [score for score in SCORES if report.scores.get(score) is not None]
    rows = ([escape(name), *(_cell(name, *column) for column in columns.values())] for name in names)
    return _table(["score", *columns], rows)


def _types(report: Report) -> str:
    if len(report.by_type) < 2:
        return ""
    names = [score for score in SCORES if report.scores.get(score) is not None and score not in LATENCY]
    columns = {kind: (scores, report.ci95_by["type"][kind]) for kind, scores in report.by_type.items()}
    rows = ([escape(name), *(_cell(name, *column) for column in columns.values())] for name in names)
    return f"<h2>By type of question</h2><div class='wide'>{_table(['score', *columns], rows)}</div>"


def _cell(name: str, scores: Table, ci95: Intervals) -> str:
    value, bounds = scores.get(name), ci95.get(name)
    if value is None:
        return "–"
    if name in LATENCY:
        return f"{value:.1f}"
    return f"{value:.3f}" + (f" <small>{bounds[0]:.2f}–{bounds[1]:.2f}</small>" if bounds else "")


def _plots(report: Report) -> str:
    judged = report.judged
    if not judged:
        return ""
    curve = risk_coverage_svg(judged, report.run.get("threshold"))
    return f"<h2>Confidence</h2><div class='plots'>{reliability_svg(judged)}{curve}</div>"


def _comparison(comparison: Comparison) -> str:
    rows = (
        [escape(d.score), f"{d.this:.3f}", f"{d.other:.3f}", f"{d.difference:+.3f}",
         f"{d.ci95[0]:+.3f} to {d.ci95[1]:+.3f}", f"{d.p:.4f}"]
        for d in comparison.differences
    )  # fmt: skip
    other = escape(", ".join(_known(comparison.other)) or "another run")
    head = ["score", "this run", "other run", "difference", "95 %", "p"]
    counts = ", ".join(f"{len(ids)} {name}" for name, ids in comparison.changes.items())
    summary = f"{comparison.questions} questions in common; {counts} (see the filter below)"
    return f"<h2>Compared with {other}</h2><p>{summary}</p><div class='wide'>{_table(head, rows)}</div>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The cells of ``rows`` are HTML already."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _options(names: Mapping[str, str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(name)}</option>' for value, name in names.items())


def _outcome(row: Row) -> str:
    """What went wrong, or else whether the marked part is the gold answer."""
    return row.failure or (MARKED if row.scores.get("em", 1) < 1 else "right")


def _row(row: Row, change: str) -> str:
    question, outcome = row.question, _outcome(row)
    label = f"<span class='f'>{escape(FAILURES[row.failure])}</span>" if row.failure else outcome
    return (
        f'<article data-failure="{escape(outcome)}" data-lang="{escape(question.lang)}" '
        f'data-type="{escape(question.type or "")}" data-change="{change}">'
        f"<h3>{escape(question.question)}</h3>"
        f"<p>{label}{f' · {change}' if change else ''} · <small>{escape(question.id)}{_marked(row)}</small></p>"
        f"<p>gold: {_gold(question)}</p>{_missed(question) if row.failure else ''}"
        f"{_answer(row.answer) if row.answer else _ranking(row)}</article>"
    )


def _marked(row: Row) -> str:
    """How the marked part compares with the gold answer, shown or withheld."""
    scores = row.scores
    if "f1" not in scores:
        return ""
    withheld = row.failure == "abstained"
    compared = (
        f"F1 of what was withheld {scores.get('forced_f1', 0):.2f}"
        if withheld
        else f"EM {scores['em']:.0f}, F1 {scores['f1']:.2f}"
    )
    return f" · {compared}"


def _gold(question: Question) -> str:
    if question.relevant is not None:
        return escape(", ".join(name for name, _ in question.relevant)) or "<i>none: no document is relevant</i>"
    return escape(" / ".join(question.answers)) or "<i>none: abstaining is right</i>"


def _missed(question: Question) -> str:
    """Where the answer stands."""
    named = [escape(text) for text in (question.source, question.evidence or question.context) if text]
    return f"<p>stands in: {' · '.join(named)}</p>" if named else ""


def _answer(answer: Answer) -> str:
    sure = f"<small>confidence {answer.confidence:.2f}</small>"
    if answer.status == "tentative":
        perhaps = "".join(
            f"<p>perhaps: <b>{escape(candidate.citation.marked)}</b> "
            f"<small>confidence {candidate.confidence:.2f}</small></p>"
            f"{_quote(candidate.citation, answer)}"
            for candidate in answer.candidates
        )
        return f"<p>tentative answer {sure}</p>{perhaps}{_nearest(answer)}"
    if answer.abstained:
        return f"<p>no answer {sure}</p>{_nearest(answer)}"
    quotes = "".join(_quote(citation, answer) for citation in answer.citations)
    return f"<p>answer: <b>{escape(answer.answer or '')}</b> {sure}</p>{quotes}{_nearest(answer)}"


def _quote(citation: Citation, answer: Answer) -> str:
    """The quote with its marked part, inside the text of its passage where that was kept."""
    quote, start, end = citation.quote, citation.answer_start, citation.answer_end
    marked = f"<b>{escape(quote[:start])}<mark>{escape(quote[start:end])}</mark>{escape(quote[end:])}</b>"
    texts = (hit.passage.text for hit in answer.passages if hit.passage.passage_id == citation.passage_id)
    before, is_there, after = next(texts, "").partition(quote)
    context = f"{escape(before)}{marked}{escape(after)}" if is_there else marked
    place = f"{citation.source}, article {citation.article_number}, paragraph {citation.paragraph}"
    title = f"{citation.article} · " if citation.article else ""
    return f"<blockquote>{context}<br><small>{escape(title + place)}</small></blockquote>"


def _nearest(answer: Answer) -> str:
    """The first passages of the ranking."""
    lines = (
        f"<li><small>{escape(hit.passage.passage_id)}</small> {escape(hit.passage.text[:_EXCERPT])}</li>"
        for hit in answer.passages[:_NEAREST]
    )
    return f"<details><summary><small>retrieved</small></summary><ol>{''.join(lines)}</ol></details>"


def _ranking(row: Row) -> str:
    """The ranking of a question that was only searched for, as deep as it is scored."""
    lines = "".join(f"<li>{escape(name)} <small>{score:.4f}</small></li>" for name, score in row.ranking[:DEPTH])
    return f"<details><summary><small>retrieved</small></summary><ol>{lines}</ol></details>" if lines else ""


def _facts(run: Mapping[str, Any]) -> str:
    if not run:
        return ""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in run.items())
    return f"<details><summary>How this was made</summary><dl>{facts}</dl></details>"
