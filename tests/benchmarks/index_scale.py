"""What an index costs by its size, as JSON and as a drawing.

``python tests/benchmarks/index_scale.py --data FILE… --cache FOLDER --work FOLDER --out docs/results/index.json``

``--data`` are SQuAD files, whose real paragraphs, questions and (up to ``--real`` of them) vectors are used; see
``index_corpus``. Each index is measured in a process of its own, with ``--ask`` questions behind 50 that warm it up.
An index that is there from an earlier run is measured again and not built.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from index_corpus import BenchEmbedder, Kept, documents, embedded, read_squad, split_document, varied
from index_drawing import draw

from rag.evaluation.manifest import machine
from rag.index import Index, build_split, remove, update
from rag.index.local import build_parts, schema
from rag.index.local.build_parts import recall_of
from rag.retriever import Retriever
from rag.text import language

K = 10
ADDED = 100


def resident() -> int:
    """MiB of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    return {f"p{q}": round(1000 * float(np.percentile(seconds, q)), 2) for q in (50, 95)}


def build(args: argparse.Namespace, size: int, index: Path) -> dict[str, Any]:
    """Build an index of ``size`` passages, unless it is there."""
    record = index.with_suffix(".json")
    if record.exists():
        return dict(json.loads(record.read_text(encoding="utf-8")))
    paragraphs, _ = read_squad(args.data)
    kept = Kept(args.cache)
    kept.add(list(embedded(paragraphs[: args.real])))
    embedder = BenchEmbedder(kept)
    shutil.rmtree(index, ignore_errors=True)
    started = time.perf_counter()
    cpu = time.process_time()
    summary = build_split(index, documents(varied(paragraphs), size), split_document, embedder)
    result = {
        "passages": summary.passages,
        "build_s": round(time.perf_counter() - started, 1),
        "build_cpu_s": round(time.process_time() - cpu, 1),
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "made_vectors": embedder.made,
    }
    record.write_text(json.dumps(result), encoding="utf-8")
    return result


def count_vectors(index: Path) -> int:
    """How many vectors an exact search compares: those of all passages and sentences."""
    with closing(schema.snapshot(index)) as connection:
        tables = ("passages", "sentences")
        return sum(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def measure(args: argparse.Namespace, index: Path) -> dict[str, Any]:
    """Latency, memory and recall of an index, in this process."""
    _, questions = read_squad(args.data)
    asked = questions[: args.ask + 50]
    embedder = BenchEmbedder(None)
    embedder.encode_queries(["warm"])
    before = resident()
    started = time.perf_counter()
    with Index.open(index) as opened:
        open_s = time.perf_counter() - started
        result: dict[str, Any] = {"open_s": round(open_s, 3), "open_mb": resident(), "vectors": count_vectors(index)}
        retriever = Retriever(opened, embedder)
        for question in asked[:50]:
            retriever.retrieve([question], K)
        took: dict[str, list[float]] = {}
        most = 0
        for question in asked[50:]:
            started = time.perf_counter()
            retriever.retrieve([question], K)
            took.setdefault("hybrid", []).append(time.perf_counter() - started)
            took.setdefault(f"hybrid_{language(question)}", []).append(took["hybrid"][-1])
            timed(took, "encode", lambda question=question: embedder.encode_queries([question]))
            vector = embedder.encode_queries([question])
            timed(took, "vectors", lambda vector=vector: opened.dense(vector, 30))
            timed(took, "words", lambda question=question: opened.lexical([question], 100))
            most = max(most, resident())
        result |= {"latency_ms": {name: percentiles(seconds) for name, seconds in took.items()}}
        result |= {"resident_mb": most, "resident_before_mb": before, "recall_at_build": opened.recall}
        vectors = embedder.encode_queries(asked[: args.exact])
        truth = opened.dense(vectors, K, exact=True)
        result["recall@10"] = round(recall_of(opened.dense(vectors, K), truth), 4)
    result["disk_bytes"] = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    return result


def timed(took: dict[str, list[float]], name: str, run: Any) -> None:
    started = time.perf_counter()
    run()
    took.setdefault(name, []).append(time.perf_counter() - started)


def add(args: argparse.Namespace, index: Path) -> dict[str, Any]:
    """Add ``ADDED`` passages from a folder of files to a copy of the index, and take them out again."""
    paragraphs, _ = read_squad(args.data)
    folder = index.with_name(f"{index.name}-news")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for i, text in enumerate(sorted(paragraphs, key=len)[:ADDED]):
        (folder / f"{i}.txt").write_text(f"{text} {i}", encoding="utf-8")
    embedder = BenchEmbedder(Kept(args.cache))
    added, add_s = took(lambda: update(index, [folder], embedder))
    for file in folder.iterdir():
        file.unlink()
    removed, remove_s = took(lambda: update(index, [folder], embedder))
    result = {"added": len(added.added), "add_s": add_s, "removed": len(removed.removed), "remove_s": remove_s}
    return result | remove_old(index, embedder)


def remove_old(index: Path, embedder: BenchEmbedder) -> dict[str, Any]:
    """Take one of the first documents out of a copy: an old segment and the inverted file are written anew.

    A document that changed costs this and what adding its new text does.
    """
    copy = index.with_name(f"{index.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(index, copy, copy_function=linked)
    with Index.open(copy) as opened:
        source, before = opened.documents()[0].source, opened.size
    removed, seconds = took(lambda: remove(copy, [source], embedder))
    shutil.rmtree(copy)
    return {"old_passages_removed": before - removed.passages, "old_remove_s": seconds}


def linked(source: str, target: str) -> None:
    """Parts are never written to, and need no copying."""
    if Path(source).name == schema.FILE:
        shutil.copyfile(source, target)
    else:
        os.link(source, target)


def took(run: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    result = run()
    return result, round(time.perf_counter() - started, 2)


def in_process(args: argparse.Namespace, what: str, size: int) -> dict[str, Any]:
    """Run one step in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, *sys.argv[1:], "--step", what, "--size", str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def everything_nearby() -> Iterator[None]:
    """An inverted file at any size, to measure its recall where all vectors are real."""
    before, build_parts.EXACT_UP_TO = build_parts.EXACT_UP_TO, 0
    try:
        yield
    finally:
        build_parts.EXACT_UP_TO = before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="where real vectors are kept")
    parser.add_argument("--work", type=Path, required=True, help="where the indexes are built")
    parser.add_argument("--out", type=Path, default=Path("docs/results/index.json"))
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--real", type=int, default=40_000, help="paragraphs with vectors of the model")
    parser.add_argument("--ask", type=int, default=500)
    parser.add_argument("--exact", type=int, default=200, help="questions for recall")
    parser.add_argument("--step", choices=["build", "build-nearby", "measure", "add"])
    parser.add_argument("--size", type=int)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    if args.step:
        print(json.dumps(step(args)))
        return
    rows = []
    for size in args.sizes:
        row = in_process(args, "build", size) | in_process(args, "measure", size) | in_process(args, "add", size)
        row["disk_per_passage"] = round(row["disk_bytes"] / row["passages"])
        rows.append(row)
        print(json.dumps(row), file=sys.stderr)
    real = in_process(args, "build-nearby", -args.real) | in_process(args, "measure", -args.real)
    report = {"date": datetime.now(UTC).date().isoformat(), "machine": named(), "sizes": rows, "real": real}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    args.out.with_suffix(".svg").write_text(draw(rows), encoding="utf-8")


def named() -> str:
    """The machine in a line."""
    told = machine()
    memory = f", {told['memory_gib']} GiB" if "memory_gib" in told else ""
    return f"{told['processor']}, {told['cores']} cores{memory}, Python {platform.python_version()}"


def step(args: argparse.Namespace) -> dict[str, Any]:
    index = args.work / f"index-{args.size}"
    if args.step == "build-nearby":
        with everything_nearby():
            return build_real(args, index)
    return {"build": lambda: build(args, args.size, index), "measure": lambda: measure(args, index)}.get(
        args.step, lambda: add(args, index)
    )()


def build_real(args: argparse.Namespace, index: Path) -> dict[str, Any]:
    """An index of the paragraphs that have vectors of the model, and of no others."""
    paragraphs, _ = read_squad(args.data)
    kept = Kept(args.cache)
    kept.add(list(embedded(paragraphs[: args.real])))
    embedder = BenchEmbedder(kept)
    shutil.rmtree(index, ignore_errors=True)
    summary = build_split(index, documents(iter(paragraphs[: args.real]), 10**9), split_document, embedder)
    return {"passages": summary.passages, "made_vectors": embedder.made}


if __name__ == "__main__":
    main()
