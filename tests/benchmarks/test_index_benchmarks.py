"""The benchmarks of the index run, at a size of seconds."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import index_kills
import index_scale
import pytest


def squad(file: Path, paragraphs: int) -> Path:
    """Paragraphs of two sentences, each with a question."""
    found = [
        {
            "context": f"The mayor of town number {i} opened a school. About {7 * i} children went to it on Monday.",
            "qas": [{"question": f"How many children went to the school of town {i}?"}],
        }
        for i in range(paragraphs)
    ]
    file.write_text(json.dumps({"data": [{"paragraphs": found}]}), encoding="utf-8")
    return file


def test_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(args: argparse.Namespace, what: str, size: int) -> dict[str, object]:
        return index_scale.step(argparse.Namespace(**{**vars(args), "step": what, "size": size}))

    monkeypatch.setattr(index_scale, "in_process", here)
    data, out = squad(tmp_path / "data.json", 60), tmp_path / "out" / "index.json"
    numbers = ["--sizes", "30", "90", "--real", "40", "--ask", "5", "--exact", "4"]
    folders = ["--cache", str(tmp_path / "cache"), "--work", str(tmp_path / "work"), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["index_scale.py", "--data", str(data), *numbers, *folders])
    index_scale.main()
    report = json.loads(out.read_text(encoding="utf-8"))
    assert [row["passages"] for row in report["sizes"]] == [50, 100]  # whole documents of 50
    for row in report["sizes"]:
        assert (row["added"], row["removed"], row["recall@10"]) == (60, 60, 1)
        assert row["latency_ms"].keys() == {"hybrid", "hybrid_en", "encode", "vectors", "words"}
        assert row["disk_per_passage"] > 0
        assert row["old_passages_removed"] == 50
        assert row["old_remove_s"] > 0
    assert re.fullmatch(r".+, \d+ cores, [\d.]+ GiB, Python 3\.[\d.]+", report["machine"])
    assert (report["real"]["passages"], report["real"]["made_vectors"]) == (40, 0)
    assert report["real"]["recall@10"] > 0.8
    assert out.with_suffix(".svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.skipif(sys.platform == "win32", reason="no fork, no SIGKILL")
def test_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out" / "kills.json"
    arguments = ["--kills", "2", "--modes", "build", "remove", "--files", "6", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["index_kills.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        index_kills.main()
    assert not ended.value.code
    report = json.loads(out.read_text(encoding="utf-8"))
    assert (report["kills"], sum(report["found"].values()), report["modes"].keys()) == (4, 4, {"build", "remove"})
