"""The tables of results in our documents, made from the JSON in ``docs/results/`` so that they cannot drift.

``python tests/benchmarks/tables.py README.md…`` fills every ``<!-- results:NAME -->`` … ``<!-- /results -->`` anew;
``--check`` changes nothing and exits with 1 if something would change. ``tests/benchmarks/results.py`` makes the JSON.
Rows that were made with other models than ship bear a mark, and a line below the table says so.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from shipped import Shipped, shipped  # noqa: E402 # the path comes first
from targets import TARGETS, Target  # noqa: E402

from rag.errors import EvaluationError  # noqa: E402

_BLOCK = re.compile(r"(<!-- results:([a-z-]+) -->\n).*?(<!-- /results -->)", re.DOTALL)
#: By the name of its file, the summary of a report or what another benchmark wrote; ``_OLDER`` is added here.
Results = Mapping[str, Mapping[str, Any]]
MARK = "†"
_NOTE = f"{MARK} Measured with other models than those that ship now."
_OLDER = "older"

#: Sets by the name of their file, and what they are called.
SETS = {
    "cmrc": "CMRC 2018 dev",
    "drcd": "DRCD dev (traditional)",
    "news": "news questions",
    "xquad-zh": "XQuAD half, Chinese on Chinese",
    "xquad-en-zh": "XQuAD half, English on Chinese",
    "xquad-zh-en": "XQuAD half, Chinese on English",
    "xquad-en": "XQuAD half, English on English",
    "jaquad": "JaQuAD dev (Japanese)",
}
#: Languages that the model was not tuned on, in which questions and paragraphs of XQuAD are measured.
LANGUAGES = {
    "de": "German",
    "es": "Spanish",
    "ru": "Russian",
    "ar": "Arabic",
    "hi": "Hindi",
    "th": "Thai",
    "tr": "Turkish",
    "vi": "Vietnamese",
    "el": "Greek",
    "ro": "Romanian",
}
#: What stands in the table of vectors alone, behind the set that it is another form of.
_FORMS = {"xquad-zh": ("xquad-zh-traditional", "the same in traditional characters")}
_GOLD = (
    ("recall@5", "right paragraph among the first five (`recall@5`)"),
    ("forced_contains", "right sentence first, always answering (`forced_contains`)"),
    ("contains", "right sentence first, abstaining when unsure (`contains`)"),
    ("false_answer_rate", "unanswerable questions that were answered (`false_answer_rate`)"),
    ("precision", "right among answered (`precision`)"),
    ("forced_f1", "F1 of the marked part, always answering (`forced_f1`)"),
    ("ece", "how far confidence is off (`ece`)"),
    ("aurc", "wrong answers over all shares answered (`aurc`)"),
)
_OURS = (
    ("recall@5", "right passage among the first five (`recall@5`)"),
    ("forced_contains", "right sentence first, always answering (`forced_contains`)"),
    ("answered_or_tentative", "right and shown, as an answer or a tentative one (`answered_or_tentative`)"),
    ("contains", "answered, and rightly (`contains`)"),
    ("precision", "right among answered (`precision`)"),
    ("false_answer_rate", "unanswerable questions that were answered (`false_answer_rate`)"),
    ("forced_f1", "F1 of the marked part, always answering (`forced_f1`)"),
)
#: Beside what lies in the folder of results: the reader's weights, with the figures of their fit.
WEIGHTS = "weights"


def load_results(folder: Path) -> Results:
    """Each file of the folder, and the figures of the fit of the reader that ships."""
    measured = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    weights = files("rag.reader").joinpath("weights.json").read_text(encoding="utf-8")
    return {WEIGHTS: json.loads(weights), **measured}


def filled(text: str, results: Results, ships: Shipped) -> str:
    """The document with its blocks made anew. Raises ``EvaluationError`` for a block that there is no table for."""
    dated = {name: {**report, _OLDER: not ships.made(_models(report))} for name, report in results.items()}
    return _BLOCK.sub(lambda block: f"{block[1]}{_block(block[2], dated)}\n{block[3]}", text)


def _models(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """What says with which models it was made: the manifest of a run, what the race notes of us, or the file itself."""
    models: Mapping[str, Any] = report.get("run") or report.get("ours") or report
    return models


def _block(name: str, results: Results) -> str:
    if name not in BLOCKS:
        raise EvaluationError(f"there is no table results:{name}: name one of {', '.join(BLOCKS)}")
    made = BLOCKS[name](results)
    return f"{made}\n\n{_NOTE}" if MARK in made else made


def _titled(title: str, *runs: Mapping[str, Any] | None) -> str:
    """The first cell of a row, with the mark if one of its runs was made with other models than ship.

    >>> _titled("CMRC", {"older": True}, None), _titled("CMRC", {"older": False})
    ('CMRC †', 'CMRC')
    """
    return f"{title} {MARK}" if any(run and run[_OLDER] for run in runs) else title


def gold_table(results: Results) -> str:
    """Our gold set, by the language of the question, with 95 % intervals."""
    gold = results.get("gold")
    if not gold:
        return "Not measured yet."
    rows = ([_titled(title, gold), *(_interval(gold, lang, score) for lang in ("zh", "en"))] for score, title in _GOLD)
    times = [_number(gold["by_lang"].get(lang, {}).get("latency_ms_p50")) for lang in ("zh", "en")]
    return _table(
        ["", "Chinese", "English questions on Chinese text"], [*rows, [_titled("ms a question, p50", gold), *times]]
    )


def ours_table(results: Results) -> str:
    """The questions over our own pages: those that know nothing of the text, and those that are worded like it."""
    runs = {"pages": "news pages", "gold": "seeds"}
    if not all(name in results for name in runs):
        return "Not measured yet."
    columns = [(name, lang) for name in runs for lang in ("zh", "en")]
    titles = {"zh": "Chinese", "en": "English"}
    rows = [
        [title, *(_share(results[name]["by_lang"].get(lang, {}).get(score)) for name, lang in columns)]
        for score, title in _OURS
    ]
    head = [f"{_titled(runs[name], results[name])}, {titles[lang]}" for name, lang in columns]
    return _table(["", *head], rows)


def targets_table(results: Results) -> str:
    """What the reader was to reach, what it reaches, and the command that measures it."""
    rows = []
    for title, targets in TARGETS:
        bounds = [" / ".join(_bound(target, bound) for target in targets) for bound in ("floor", "aim")]
        values = [(target, target.measured(results)) for target in targets]
        measured = " / ".join("–" if value is None else _of_target(target, value) for target, value in values)
        command = results.get(targets[0].run, {}).get("run", {}).get("command")
        rows.append([title, *bounds, measured, _verdict(values), f"`{command}`" if command else "–"])
    return _table(["measure", "floor", "aim", "measured", "reached", "command"], rows)


def _bound(target: Target, name: str) -> str:
    return _of_target(target, target.floor if name == "floor" else target.aim)


def _of_target(target: Target, value: float) -> str:
    return f"{value:.0f}" if target.score.startswith("latency") else _share(value)


def _verdict(values: Sequence[tuple[Target, float | None]]) -> str:
    """The bound that all of a row's figures reach."""
    if any(value is None for _, value in values):
        return "–"
    for name in ("aim", "floor"):
        if all(value is not None and target.reached(value, getattr(target, name)) for target, value in values):
            return name
    return "**below the floor**"


def fit_table(results: Results) -> str:
    """The held-out figures of the confidence by regime, and the threshold of each precision."""
    fit = results.get(WEIGHTS)
    if not fit:
        return "Not measured yet."
    regimes = {"both": {"held_out": fit.get("held_out", {})}, **fit["regimes"]}
    names = ("right_with_answer", "answered_with_answer", "answered_without_answer", "right_of_answered", "ece")
    rows = [
        [name, *(_share(regime["held_out"].get(score)) for score in names)]
        for name, regime in regimes.items()
        if regime["held_out"]
    ]
    head = [f"at the threshold {_share(fit['threshold'])}", "right if always answered", "answered", "answered though"]
    head[3] += " there is no answer"
    by_regime = _table([*head, "right of answered", "ECE"], rows)
    precisions = fit.get("precisions")
    return f"{by_regime}\n\n{_precisions(precisions)}" if precisions else by_regime


def _precisions(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """For each precision and regime: the threshold, the share answered and the precision reached."""
    titles = {"all": "both", **{name: name for name in found if name != "all"}}
    cells = [f"{title}: {what}" for title in titles.values() for what in ("threshold", "answered", "right of answered")]
    keys = ("threshold", "answered_with_answer", "right_of_answered")
    rows = [
        [_share(float(precision)), *(_share(found[name][precision][key]) for name in titles for key in keys)]
        for precision in found["all"]
    ]
    return _table(["precision", *cells], rows)


def dialogues_table(results: Results) -> str:
    """Follow-up questions: are they noticed, how well are they worded, and are they answered?"""
    found = {name: results[name] for name in ("dialogues", "pages-dialogues") if name in results}
    return "\n\n".join(map(_dialogues, found.values())) or "Not measured yet."


def _dialogues(found: Mapping[str, Any]) -> str:
    names = ("noticed", "wording", "left_alone", "contains", "contains_as_typed", "contains_written_out", "precision")
    columns = {"all": found["scores"], **found["by_lang"]}
    rows = ([f"`{name}`", *(_share(column.get(name)) for column in columns.values())] for name in names)
    return _table([f"{found['turns']} turns after the first", *columns], rows)


def sets_table(results: Results) -> str:
    """Public sets: open domain over all paragraphs, and reading alone with the gold paragraph given."""
    head = ["set (none trained on)", "questions", "passages (of paragraphs)", "recall@1", "recall@10", "EM", "F1"]
    head += ["EM given", "F1 given", "ms a question", "minutes in all"]
    rows = []
    for name, title in SETS.items():
        given, found = results.get(f"{name}-given"), results.get(name)
        known = found or given
        if known:
            scores = found["scores"] if found else {}
            figures = [_share(scores.get(score)) for score in ("recall@1", "recall@10", "em", "f1")]
            figures += [_share(given["scores"].get(score) if given else None) for score in ("em", "f1")]
            times = [f"{scores['latency_ms_p50']:.0f}", _minutes(found["run"])] if found else ["–", "–"]
            counts = [str(known["questions"]), _passages(known["run"])]
            rows.append([_titled(title, found, given), *counts, *figures, *times])
    return _table(head, rows) if rows else "Not measured yet."


def legs_table(results: Results) -> str:
    """What each leg of retrieval finds alone, and both fused; questions a second of the fused one."""
    head = ["set (none trained on)", "passages", "recall@1: vectors", "words", "fused"]
    head += ["MRR@10: vectors", "words", "fused", "questions a second"]
    rows = []
    for name, title in SETS.items():
        legs = [results.get(f"{name}-{leg}", {}) for leg in ("dense", "lexical", "fused")]
        if any(legs):
            figures = [_share(leg.get("scores", {}).get(score)) for score in ("recall@1", "mrr@10") for leg in legs]
            passages = next(leg["run"]["passages"] for leg in legs if leg)
            rows.append(
                [_titled(title, *legs), str(passages), *figures, _whole(legs[-1].get("run", {}).get("questions_per_s"))]
            )
    return _table(head, rows) if rows else "Not measured yet."


def languages_table(results: Results) -> str:
    """XQuAD in ten more languages by vectors alone: on paragraphs of the same language, and on the Chinese ones."""
    scores = ("recall@1", "recall@5")
    rows, sums = [], [0.0] * 4
    for lang, title in LANGUAGES.items():
        own, chinese = results.get(f"xquad-{lang}-dense"), results.get(f"xquad-{lang}-zh-dense")
        if not own or not chinese:
            return "Not measured yet."
        figures = [float(run["scores"][score]) for run in (own, chinese) for score in scores]
        sums = [total + figure for total, figure in zip(sums, figures, strict=True)]
        rows.append([_titled(title, own, chinese), *map(_share, figures)])
    rows.append(["**mean**", *(_share(total / len(LANGUAGES)) for total in sums)])
    head = ["language of the question", "paragraphs in this language: recall@1", "recall@5"]
    return _table([*head, "Chinese paragraphs: recall@1", "recall@5"], rows)


def pages_table(results: Results) -> str:
    """The news pages: invented ones, with the questions of readers who have not seen them."""
    legs = {leg: results.get(f"pages-{leg}") for leg in ("dense", "lexical", "fused")}
    if not all(legs.values()):
        return "Not measured yet."
    names = {"zh": "Chinese questions", "en": "English questions"}
    scores = ("recall@1", "recall@5")
    rows = [
        [
            _titled(title, *legs.values()),
            *(_share(leg["by_lang"][lang][score]) for leg in legs.values() if leg for score in scores),
        ]
        for lang, title in names.items()
    ]
    head = [
        f"{name}: recall@1" if score == scores[0] else "recall@5"
        for name in ("vectors", "words", "fused")
        for score in scores
    ]
    return _table(["", *head], rows)


def speed_table(results: Results) -> str:
    """The bundled model's speed and size."""
    found = results.get("speed")
    if not found:
        return "Not measured yet."
    rates, ours = found["passages_per_s"], found["model"].partition("@")[0]
    other = next(name for name in rates if name != ours)
    rows = [
        ["passages a second, about 250 tokens each", f"{rates[ours]:.1f}"],
        [f"the same, {other} in fp32 by sentence-transformers", f"{rates[other]:.1f} (ratio {found['ratio']:.2f})"],
        ["a question alone, ms, p50 and p95", " and ".join(f"{ms:.1f}" for ms in found["question_ms"].values())],
        ["the model with tokenizer and word embeddings, MB", f"{found['folder_mb']:.1f}"],
        ["memory of `rag ask` at most, MB", str(found["ask_peak_mb"])],
    ]
    return _table(["", _titled(ours, found)], rows)


def dense_table(results: Results) -> str:
    """The dense leg alone, on each set and on our pages."""
    head = ["task", "questions", "passages", "recall@1", "recall@5", "recall@10", "MRR@10"]
    scores = ("recall@1", "recall@5", "recall@10", "mrr@10")
    rows = []
    named = [row for name, title in SETS.items() for row in ((name, title), _FORMS.get(name)) if row]
    for name, title in named:
        if found := results.get(f"{name}-dense"):
            counts = [str(found["questions"]), str(found["run"]["passages"])]
            rows.append([_titled(title, found), *counts, *(_share(found["scores"][score]) for score in scores)])
    if gold := results.get("gold-dense"):
        for lang, title in (("zh", "our pages, Chinese"), ("en", "our pages, English")):
            figures = [_share(gold["by_lang"][lang][score]) for score in scores]
            rows.append([_titled(f"{title} questions", gold), "–", str(gold["run"]["passages"]), *figures])
    return _table(head, rows) if rows else "Not measured yet."


def kills_line(results: Results) -> str:
    """What writers that were killed left behind, all kinds of them together."""
    found = results.get("kills")
    if not found:
        return "Not measured yet."
    states = ", ".join(f"{count} {name}" for name, count in sorted(found["found"].items()))
    kinds = f" ({', '.join(found['modes'])})" if "modes" in found else ""
    return f"{found['kills']} kills{kinds}: {states}; none was neither. {found['machine']}, {found['date']}."


def race_table(results: Results) -> str:
    """The race in short: for each set, the first place and the time it took; ``docs/race.md`` has all of it.

    Marked are the rows of all that our models take part in, if these were others.
    """
    race = results.get("race", {})
    sets = race.get("sets", {})
    if not sets:
        return "Not measured yet."
    first = next(iter(sets.values()))["rows"]
    head = ["system", *(f"recall@1, {name}" for name in sets), "F1", "search, ms", "start, s"]
    rows = []
    for row in first:
        same: list[Mapping[str, Any]] = [
            next((r for r in found["rows"] if r["name"] == row["name"]), {}) for found in sets.values()
        ]
        figures = [_share(each.get("recall@1")) for each in same]
        costs = [_number(row.get(name)) for name in ("search_ms_p50", "start_s")]
        ours = row["name"].startswith("Wenbao,") or row.get("model") == "wenbao"
        rows.append([_titled(row["name"], race if ours else None), *figures, _share(row.get("f1")), *costs])
    return _table(head, rows)


def index_table(results: Results) -> str:
    """What an index costs by its size."""
    report = results.get("index", {})
    if not report.get("sizes"):
        return "Not measured yet."
    head = ["passages", "vectors", "built in, CPU min", "KB a passage", "opened in, s", "memory, MB"]
    head += ["memory while built, MB", "question, ms p50", "p95", "recall@10 of exact", "100 added in, s"]
    head += ["an old document removed in, s"]
    rows = []
    for size in report["sizes"]:
        asked = size["latency_ms"]["hybrid"]
        costs = [_number(size["build_cpu_s"] / 60), _number(size["disk_per_passage"] / 1000), _number(size["open_s"])]
        times = [str(size["resident_mb"]), str(size["build_peak_mb"]), _number(asked["p50"]), _number(asked["p95"])]
        changes = [_number(size["add_s"]), _number(size.get("old_remove_s"))]
        counts = [str(size["passages"]), str(size["vectors"])]
        rows.append([*counts, *costs, *times, _share(size["recall@10"]), *changes])
    real = report["real"]
    told = (
        f"With real vectors alone, {real['passages']} passages ({real['vectors']} vectors) in an inverted file as a "
        f"larger index has it: recall@10 of exact {_share(real['recall@10'])}. {report['machine']}, {report['date']}."
    )
    return f"{_table(head, rows)}\n\n{told}"


BLOCKS: Mapping[str, Callable[[Results], str]] = {
    "ours": ours_table,
    "gold": gold_table,
    "targets": targets_table,
    "fit": fit_table,
    "dialogues": dialogues_table,
    "sets": sets_table,
    "legs": legs_table,
    "languages": languages_table,
    "pages": pages_table,
    "speed": speed_table,
    "dense": dense_table,
    "kills": kills_line,
    "race": race_table,
    "index": index_table,
}


def _interval(found: Mapping[str, Any], lang: str, score: str) -> str:
    value = found["by_lang"].get(lang, {}).get(score)
    bounds = found["ci95_by_lang"].get(lang, {}).get(score)
    return _share(value) + (f" ({_share(bounds[0])}–{_share(bounds[1])})" if value is not None and bounds else "")


def _passages(run: Mapping[str, Any]) -> str:
    """
    >>> _passages({"passages": 7587, "paragraphs": 3507}), _passages({"passages": 148, "paragraphs": 148})
    ('7587 (3507)', '148')
    """
    passages, paragraphs = run["passages"], run.get("paragraphs")
    return f"{passages} ({paragraphs})" if paragraphs and paragraphs != passages else str(passages)


def _minutes(run: Mapping[str, Any]) -> str:
    """Of a run in one go: after a stop only the rest was timed."""
    return "–" if run.get("resumed") else _number(run["seconds"] / 60)


def _share(value: float | None) -> str:
    """
    >>> _share(0.9449), _share(1.0), _share(None)
    ('.945', '1.000', '–')
    """
    return "–" if value is None else f"{value:.3f}".removeprefix("0")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])


def main(given: Sequence[str] | None = None) -> int:
    """Exit status 1 if ``--check`` finds a document that is not up to date."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks/tables.py", description=__doc__)
    parser.add_argument("documents", nargs="+", type=Path)
    parser.add_argument("--results", type=Path, default=Path("docs") / "results", help="folder of the JSON files")
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(given)
    results, ships, stale = load_results(options.results), shipped(), []
    for document in options.documents:
        old = document.read_text(encoding="utf-8")
        new = filled(old, results, ships)
        if new != old and options.check:
            stale.append(document)
        elif new != old:
            document.write_text(new, encoding="utf-8")
    for document in stale:
        sys.stderr.write(f"{document} does not show docs/results: run python tests/benchmarks/tables.py {document}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
