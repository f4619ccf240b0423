"""A virtual environment for each system, by pip alone, and how large it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: Searching is done offline: a system that would fetch a model fails instead.
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
#: Written when an environment is ready.
NOTE = "race.json"


def prepare(folder: Path, requirements: Sequence[str], also: Sequence[str]) -> tuple[Path, float]:
    """The environment's Python, and the MiB that the requirements take; made once, unless they change.

    What needs nothing runs on this Python.
    """
    if not requirements:
        return Path(sys.executable), 0.0
    python, note = _python(folder), folder / NOTE
    wanted = [*requirements, "//", *also]
    if note.exists() and (kept := read_json(note))["requirements"] == wanted:
        return python, kept["mib"]
    venv.create(folder, with_pip=True, clear=True)
    empty = size(folder)
    _install(python, requirements)
    mib = size(folder) - empty
    if also:
        _install(python, also)
    note.write_text(json.dumps({"requirements": wanted, "mib": mib}), encoding="utf-8")
    return python, mib


def installed(folder: Path) -> dict[str, str]:
    """The versions in an environment of what was required by name; none if it could not be made."""
    note = folder / NOTE
    if not note.exists():
        return {}
    wanted = {_project(requirement) for requirement in read_json(note)["requirements"]}
    command = [str(_python(folder)), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {found["name"]: found["version"] for found in listed if _project(found["name"]) in wanted}


def read_json(path: Path) -> dict[str, Any]:
    """Raises ``RuntimeError`` if the file holds something else."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RuntimeError(f"{path} is not JSON ({error}): delete it and run again") from error
    return found


def size(folder: Path) -> float:
    """MiB of the files in a folder; what Python compiled at install is not counted."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.suffix != ".pyc") / 2**20


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _project(requirement: str) -> str:
    """The name as pip compares it.

    >>> _project("Sentence_Transformers>=6.2"), _project("/a/folder")
    ('sentence-transformers', '')
    """
    name = re.split(r"[^\w.-]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


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
