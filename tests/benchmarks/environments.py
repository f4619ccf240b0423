"""A virtual environment for each system, by pip alone, and how large it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Searching is done offline: a system that would fetch a model fails instead.
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}


def prepare(folder: Path, requirements: Sequence[str], also: Sequence[str]) -> tuple[Path, float]:
    """The environment's Python, and the MiB that the requirements take; made once, unless they change.

    What needs nothing runs on this Python.
    """
    if not requirements:
        return Path(sys.executable), 0.0
    python, note = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), folder / "race.json"
    wanted = [*requirements, "//", *also]
    if note.exists() and (kept := json.loads(note.read_text(encoding="utf-8")))["requirements"] == wanted:
        return python, kept["mib"]
    venv.create(folder, with_pip=True, clear=True)
    empty = size(folder)
    _install(python, requirements)
    mib = size(folder) - empty
    if also:
        _install(python, also)
    note.write_text(json.dumps({"requirements": wanted, "mib": mib}), encoding="utf-8")
    return python, mib


def size(folder: Path) -> float:
    """MiB of the files in a folder; what Python compiled at install is not counted."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.suffix != ".pyc") / 2**20


def _install(python: Path, requirements: Sequence[str]) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-warn-script-location")
    done = subprocess.run([str(python), "-m", "pip", "install", *quiet, *requirements], check=False)
    if done.returncode:
        raise RuntimeError(f"pip could not install {' '.join(requirements)}")


def run_step(python: Path, job: Path, log: Path, *, ours: bool, timeout: float) -> None:
    """One step in a process of its own. Raises ``RuntimeError`` with the last line that it wrote to stderr."""
    surroundings = {**os.environ, **OFFLINE, "PYTHONPATH": str(ROOT) if ours else ""}
    with log.open("w", encoding="utf-8") as errors:
        try:
            done = subprocess.run(
                [str(python), str(Path(__file__).with_name("worker.py")), str(job)],
                stdout=errors, stderr=errors, env=surroundings, timeout=timeout, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"it was stopped after {timeout:.0f} s") from error
    if done.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise RuntimeError(lines[-1].strip() if lines else f"it ended with status {done.returncode}")
