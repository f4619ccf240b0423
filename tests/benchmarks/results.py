"""Everything that our documents say of quality and speed, measured anew.

    python tests/benchmarks/results.py --data FOLDER_WITH_SQUAD_FILES [--only cmrc] [--reports build/reports]

One entry of ``PLAN`` is one run of ``rag evaluate``; its scores go to ``docs/results/NAME.json`` (without rows, which
hold the texts of the sets). Then the tables in the documents are filled and the drawings of the confidence made.
Entries whose data is not in the folder are left out. ``--reports`` keeps each whole, as JSON and as a page, where our
documents are not.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from in_traditional import write_traditional  # noqa: E402 # the path comes first
from tables import (  # noqa: E402
    LANGUAGES,
    SETS,
    load_results,
)
from tables import main as fill_tables  # noqa: E402
from targets import broken_promises  # noqa: E402

from rag.cli.progress import shown_progress  # noqa: E402
from rag.embedding import load_embedder  # noqa: E402
from rag.errors import RagError  # noqa: E402
from rag.evaluation import Mode, Options, Outputs, Report, run_evaluation  # noqa: E402
from rag.evaluation.dialogues import hold_dialogues  # noqa: E402
from rag.evaluation.plots import write_plots  # noqa: E402
from rag.index import update  # noqa: E402
from rag.types import Leg  # noqa: E402

#: Documents with tables; those that are not there, or have no block, are left alone.
DOCUMENTS = ("README.md", "docs/results/README.md", "rag/models/wenbao-small/README.md")
#: Runs whose confidence is drawn, and what the names of the drawings begin with.
DRAWN = {"gold": "", "cmrc": "results/cmrc-"}

GOLD, NEWS = "tests/gold/questions.jsonl", "tests/gold/news/questions.jsonl"
DIALOGUES, NEWS_DIALOGUES = "tests/gold/dialogues.jsonl", "tests/gold/news/dialogues.jsonl"
SEEDS, NEWS_PAGES, OCR_PAGES = "seeds", "tests/gold/news/pages", "tests/gold/news/pages-ocr"
#: Sets that are asked; the reader was not made for Japanese.
OPEN = tuple(name for name in SETS if name != "jaquad")
LEGS: tuple[Leg, ...] = ("dense", "lexical", "fused")
#: How far a score may be off when it is measured again on the same kind of processor.
TOLERANCE = 0.002


@dataclass(frozen=True, slots=True)
class Run:
    """``file`` and ``pool`` are names in the data folder; without a file, questions of ``ours`` over our ``pages``.

    ``traditional``: the name that the file is asked under after it was put into traditional characters.
    """

    name: str
    file: str | None = None
    pool: tuple[str, ...] = ()
    mode: Mode = field(default_factory=Mode)
    ours: str = GOLD
    pages: str = SEEDS
    traditional: str | None = None

    def files(self, data: Path) -> list[Path]:
        return [data / name for name in (self.file, *self.pool) if name]

    @property
    def command(self) -> str:
        """As one would type it; the names of folders belong to this machine."""
        mode = self.mode
        flags = ["--gold-passage"] * mode.gold_passage + (["--retrieval", "--leg", mode.leg] if mode.retrieval else [])
        pools = [part for name in self.pool for part in ("--pool", name)]
        return " ".join(["rag evaluate", self.traditional or self.file or self.ours, *pools, *flags])


def _plan() -> Iterator[Run]:
    """Each set open domain, by the legs of retrieval, and by reading alone (``-given``)."""
    yield Run("gold")
    yield Run("dialogues", ours=DIALOGUES)
    yield Run("gold-dense", mode=Mode(retrieval=True, leg="dense"))
    yield Run("pages", ours=NEWS, pages=NEWS_PAGES)
    yield Run("pages-ocr", ours=NEWS, pages=OCR_PAGES)
    yield Run("pages-dialogues", ours=NEWS_DIALOGUES, pages=NEWS_PAGES)
    for leg in LEGS:
        yield Run(f"pages-{leg}", mode=Mode(retrieval=True, leg=leg), ours=NEWS, pages=NEWS_PAGES)
    cmrc = ("cmrc2018.trial.json.gz", "cmrc2018.train.json.gz")
    sets: dict[str, tuple[str, tuple[str, ...]]] = {
        "cmrc": ("cmrc2018.dev.json.gz", cmrc),
        "drcd": ("drcd.dev.json.gz", ()),
        "news": ("atsec-news.train.json.gz", ()),
        "xquad-zh": ("xquad-half.zh.json.gz", ()),
        "xquad-en-zh": ("xquad-half.en-zh.json.gz", ()),
        "xquad-zh-en": ("xquad-half.zh-en.json.gz", ()),
        "xquad-en": ("xquad-half.en.json.gz", ()),
        "jaquad": ("jaquad.dev.json.gz", ()),
    }
    for name, (file, pool) in sets.items():
        if name in OPEN:
            yield Run(name, file, pool)
            yield Run(f"{name}-given", file, pool, Mode(gold_passage=True))
        for leg in LEGS:
            yield Run(f"{name}-{leg}", file, pool, Mode(retrieval=True, leg=leg))
    dense = Mode(retrieval=True, leg="dense")
    for lang in LANGUAGES:
        yield Run(f"xquad-{lang}-dense", f"xquad-half.{lang}.json.gz", mode=dense)
        yield Run(f"xquad-{lang}-zh-dense", f"xquad-half.{lang}-zh.json.gz", mode=dense)
    rewritten = "xquad-half.zh-traditional.json.gz"
    yield Run("xquad-zh-traditional-dense", "xquad-half.zh.json.gz", mode=dense, traditional=rewritten)


PLAN = tuple(_plan())


def measure(run: Run, data: Path, index: Path, *, limit: int | None, resume: bool) -> Report:
    """The report of one run; only ``--limit`` makes it other than the documents say. ``index`` lies in a folder of
    our own, where rewritten questions are put."""
    file, *pool = run.files(data) or [ROOT / run.ours]
    if run.traditional:
        file = write_traditional(file, index.parent / run.traditional)
    options = Options(
        file, index=index, pool=tuple(pool), mode=run.mode, sample=limit, resume=resume, command=run.command
    )
    with shown_progress() as progress:
        return run_evaluation(options, progress=progress)


def write_dialogues(run: Run, index: Path, path: Path) -> None:
    """The scores of dialogues over our pages; without the turns, as the other files are without rows."""
    report = hold_dialogues(ROOT / run.ours, index).to_dict()
    del report["rows"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report | {"run": {"command": run.command}}, indent=1) + "\n", encoding="utf-8")


def write_summary(report: Report, path: Path) -> None:
    """Such a file is one for ``rag evaluate --expected``, too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    summary = report.summary()
    # The number of questions comes first: it is what a report is known by.
    text = json.dumps(
        {"questions": summary["questions"], "tolerance": TOLERANCE} | summary, ensure_ascii=False, indent=1
    )
    path.write_text(text + "\n", encoding="utf-8")


def write_whole(report: Report, folder: Path, name: str) -> None:
    """With the questions, the answers and what they cite: the texts of the sets are not ours to publish."""
    folder.mkdir(parents=True, exist_ok=True)
    Outputs(json=folder / f"{name}.json", html=folder / f"{name}.html").write(report)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="results.py", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the SQuAD files")
    parser.add_argument("--only", action="append", metavar="NAME", choices=[run.name for run in PLAN])
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of results/ and the drawings")
    parser.add_argument("--reports", type=Path, help="folder for each report with its rows, as JSON and HTML")
    parser.add_argument("--resume", action="store_true", help="go on with runs that were stopped")
    parser.add_argument("--limit", type=int, help="a sample of so many questions of each: a trial")
    options = parser.parse_args(given)
    if options.limit and options.out == ROOT / "docs":
        parser.error("--limit gives figures that our documents must not show: add --out FOLDER")
    if options.reports and options.reports.resolve().is_relative_to(ROOT / "docs"):
        parser.error("--reports holds the texts of the sets, which our documents must not: name another folder")
    chosen = [run for run in PLAN if not options.only or run.name in options.only]
    if problem := unmeasurable(chosen, options.data, named=bool(options.only)):
        parser.error(problem)
    try:
        measure_all(chosen, options)
    except RagError as error:
        hint = " (make: RESUME=1)" if "--resume" in str(error) else ""
        print(f"results.py: {error}{hint}", file=sys.stderr)
        raise SystemExit(2) from error
    if options.out == ROOT / "docs":  # a trial elsewhere is not what our documents show
        documents = [str(ROOT / name) for name in DOCUMENTS if (ROOT / name).exists()]
        fill_tables([*documents, "--results", str(options.out / "results")])
        for problem in broken_promises(load_results(options.out / "results")):
            print(f"results.py: {problem}", file=sys.stderr)


def unmeasurable(chosen: Sequence[Run], data: Path, *, named: bool) -> str | None:
    """What is wrong where a run that was named, or every one that has a file, lacks it."""
    of_files = [run for run in chosen if run.file]
    lacking = {path.name for run in of_files for path in run.files(data) if not path.exists()}
    whole = [run for run in of_files if not lacking.intersection(path.name for path in run.files(data))]
    if lacking and (named or not whole):
        return f"{data} has no {', '.join(sorted(lacking))}: name the folder of the SQuAD files"
    return None


def measure_all(chosen: Sequence[Run], options: argparse.Namespace) -> None:
    """One run after the other; of a run without its files, that it is left out."""
    with TemporaryDirectory() as place:
        for pages in dict.fromkeys(run.pages for run in chosen):
            folder = Path(place) / Path(pages).name
            folder.mkdir()
            update(folder / "index", [ROOT / pages], load_embedder())
        for run in chosen:
            index = Path(place) / Path(run.pages).name / "index"
            missing = [path.name for path in run.files(options.data) if not path.exists()]
            if missing:
                print(f"{run.name}: left out, there is no {missing[0]}", flush=True)
                continue
            if run.ours in {DIALOGUES, NEWS_DIALOGUES}:
                write_dialogues(run, index, options.out / "results" / f"{run.name}.json")
                continue
            report = measure(run, options.data, index, limit=options.limit, resume=options.resume)
            write_summary(report, options.out / "results" / f"{run.name}.json")
            if options.reports:
                write_whole(report, options.reports, run.name)
            print(f"{run.name}: {report.run['seconds']} s", flush=True)
            if run.name in DRAWN:
                write_plots(report.judged, options.out, DRAWN[run.name], report.run.get("threshold"))


if __name__ == "__main__":
    main()
