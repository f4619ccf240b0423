"""How a report was made: what is needed to repeat it, and what it ran on."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import rag

_VERSIONED = ("numpy", "faiss-cpu", "onnxruntime", "tokenizers", "tantivy", "sentence-transformers")


def software() -> dict[str, str]:
    """What is installed of the libraries that can change a figure; the last is optional with the bundled model."""
    found = {name: list(metadata.distributions(name=name)) for name in _VERSIONED}
    installed = {name: dists[0].version for name, dists in found.items() if dists}
    return {"wenbao": rag.__version__, "python": platform.python_version(), **installed}


def reader() -> str:
    """A digest of the weights and models that ship: with other ones the same index gives other answers."""
    digest = hashlib.sha256()
    for file in sorted([*_package("reader").glob("*.json"), *_package("models").glob("*/*.json")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _package(name: str) -> Path:
    return Path(rag.__file__).parent / name


def machine() -> Mapping[str, Any]:
    """The machine that latencies belong to; what a system does not tell is left out."""
    told = {
        "system": platform.system(),
        "processor": _processor() or platform.processor() or platform.machine(),
        "cores": _cores(),
        "memory_gib": _memory(),
    }
    return {name: value for name, value in told.items() if value}


def _cores() -> int | None:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _processor() -> str | None:
    """The processor's own name, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


def _memory() -> float | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)
