"""How fast and how large the bundled model is, beside all-MiniLM-L6-v2 in one run, as JSON.

    python tests/benchmarks/speed.py --data SQUAD_FILE [--out docs/results/speed.json]

``--data`` is a SQuAD file in English: its paragraphs of about 250 tokens are embedded by both models in turns, ours as
``rag index`` does it and the other by sentence-transformers in fp32 as its documentation shows, and its questions one
by one by ours. The memory is the peak of ``rag ask`` over the pages in ``seeds/``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from minilm import minilm_folder

from rag.embedding import BUNDLED, load_embedder
from rag.embedding.runtime import MODELS
from rag.evaluation.manifest import machine
from rag.training.corpora import read_squad

ROOT = Path(__file__).parents[2]
TOKENS = range(230, 255)  # both models take 256 with the marks
PASSAGES, ROUNDS, QUESTIONS = 60, 5, 300
WARM_UP = 20


def seconds(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def side_by_side(passages: Sequence[str]) -> dict[str, float]:
    """Passages a second of both, the median of rounds in turns."""
    from sentence_transformers import SentenceTransformer

    ours = load_embedder()
    other = SentenceTransformer(str(minilm_folder()), device="cpu", local_files_only=True)
    runs = {BUNDLED: lambda: ours.encode_passages(passages), "all-MiniLM-L6-v2": lambda: other.encode(passages)}
    took: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            spent = seconds(run)
            if number:
                took[name].append(spent)
    return {name: round(len(passages) / float(np.median(spent)), 1) for name, spent in took.items()}


def one_by_one(questions: Sequence[str]) -> dict[str, float]:
    """Milliseconds of a question alone, warm."""
    ours = load_embedder()
    took = [1000 * seconds(lambda text=text: ours.encode_queries([text])) for text in questions]
    return {f"p{q}": round(float(np.percentile(took[WARM_UP:], q)), 2) for q in (50, 95)}


def asking() -> int:
    """MiB that ``rag ask`` takes at most, over an index that is there."""
    with tempfile.TemporaryDirectory() as place:
        rag = [sys.executable, "-m", "rag"]
        subprocess.run([*rag, "index", str(ROOT / "seeds"), "--index", place], check=True, capture_output=True)
        code = (
            "import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True,capture_output=True);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        command = [sys.executable, "-c", code, *rag, "ask", "武进有多少家上市公司?", "--index", place]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) >> (20 if sys.platform == "darwin" else 10)


def chosen(paragraphs: Sequence[str]) -> list[str]:
    """The first paragraphs that are long enough and that neither model would cut."""
    from tokenizers import Tokenizer

    wordpiece = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    wordpiece.no_padding()
    wordpiece.no_truncation()
    lengths = ((text, len(wordpiece.encode(text).ids)) for text in dict.fromkeys(paragraphs))
    return [text for text, length in lengths if length in TOKENS][:PASSAGES]


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "results" / "speed.json")
    options = parser.parse_args(given)
    reading = read_squad(options.data)
    rates = side_by_side(chosen(reading.paragraphs))
    folders = MODELS / BUNDLED, MODELS / "base"
    report = {
        "model": load_embedder().name,
        "passages_per_s": rates,
        "ratio": round(rates[BUNDLED] / rates["all-MiniLM-L6-v2"], 2),
        "question_ms": one_by_one([question.text for question in reading.questions[: QUESTIONS + WARM_UP]]),
        "folder_mb": round(sum(file.stat().st_size for folder in folders for file in folder.iterdir()) / 1e6, 1),
        "ask_peak_mb": asking(),
        "machine": dict(machine()),
        "date": datetime.now(UTC).date().isoformat(),
    }
    options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
