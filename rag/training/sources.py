"""The data sets of the training, and how much of each is taken. No set that models are evaluated on is among them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from rag.training.lessons import Batch, Source, batches, parallel_batches, read_news, read_questions
from rag.training.tune import mixed

#: SQuAD files that share paragraphs, translated questions included.
QUESTIONS = {
    "cmrc": ("cmrc2018.train", "cmrc2018.trial", "cmrc2018.train.en-zh"),
    "drcd": ("drcd.train-part", "drcd.train-part.en-zh"),
    "squad": ("squad1.1.train", "squad1.1.train.zh-en"),
    "jaquad": ("jaquad.train",),
}
#: Shares of the batches.
SHARES = {"cmrc": 0.20, "drcd": 0.08, "squad": 0.17, "jaquad": 0.10, "news": 0.13, "parallel": 0.32}
#: How often lines of each parallel set are drawn.
PARALLEL = {"tatoeba-train": 0.22, "ntrex128": 0.16, "tico19": 0.12, "mlqe-pe": 0.20, "pydocs": 0.12, "3am": 0.18}
PASSAGES, LINES = 16, 48


def news_file(data: Path) -> Path:
    return data / "news" / "train.jsonl.gz"


def question_files(data: Path, name: str) -> list[Path]:
    return [data / "qa" / f"{file}.json.gz" for file in QUESTIONS[name]]


def read_sources(data: Path, *, held: bool) -> dict[str, Source]:
    """All sets with questions; ``held`` gives the pages and paragraphs held back, otherwise all others."""
    sources = {name: read_questions(name, question_files(data, name), held=held) for name in QUESTIONS}
    return {**sources, "news": read_news(news_file(data), held=held)}


def calibration_texts(data: Path, count: int = 40) -> list[str]:
    """Passages and questions of every set, to see a model's activations on."""
    return [
        text
        for source in read_sources(data, held=False).values()
        for passage in list(source.questions)[:count]
        for text in (source.passages[passage].text, source.questions[passage][0].text)
    ]


def training_batches(data: Path, near: Path | None, seed: int) -> Iterator[Batch]:
    """Endless; the same for the same seed. ``near`` is the file that ``mine`` writes."""
    rng = random.Random(seed)
    sources = read_sources(data, held=False)
    for name, mined in json.loads(near.read_text(encoding="utf-8")).items() if near else ():
        sources[name].near = {int(passage): others for passage, others in mined.items()}
    streams = {name: batches(source, PASSAGES, rng) for name, source in sources.items()}
    files = {data / "parallel" / f"{name}.zh-en.tsv.gz": share for name, share in PARALLEL.items()}
    streams["parallel"] = parallel_batches(files, LINES, rng)
    return mixed({name: (streams[name], share) for name, share in SHARES.items()}, seed)
