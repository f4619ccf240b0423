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

#: These decide how an int8 model sums its products: AVX2 and plain AVX-512 add pairs of them in 16 bits, which
#: can overflow; the instructions for bytes (AMX, VNNI; on ARM the last two) cannot.
_INSTRUCTIONS = ("avx2", "avx512f", "amx_int8", "avx_vnni", "avx512_vnni", "asimddp", "i8mm")
_CPUINFO = Path("/proc/cpuinfo")
_VERSIONED = ("numpy", "faiss-cpu", "onnxruntime", "tokenizers", "tantivy", "sentence-transformers")


def software() -> dict[str, str]:
    """The installed versions of the libraries that can change a figure."""
    distributions = {name: list(metadata.distributions(name=name)) for name in _VERSIONED}
    installed = {name: dists[0].version for name, dists in distributions.items() if dists}
    return {"wenbao": rag.__version__, "python": platform.python_version(), **installed}


def reader() -> str:
    """A digest of the bundled weights and models: with others the same index gives other answers."""
    digest = hashlib.sha256()
    shipped = (("reader", "*.json"), ("questions", "*.json"), ("models", "*/*.json"))
    for file in sorted(file for name, pattern in shipped for file in _package(name).glob(pattern)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _package(name: str) -> Path:
    return Path(rag.__file__).parent / name


def machine() -> Mapping[str, Any]:
    """The machine on which latencies were measured; what the system does not say is left out."""
    facts = {
        "system": platform.system(),
        "processor": _processor("model name") or platform.processor() or platform.machine(),
        "instructions": _instructions(),
        "cores": _cores(),
        "memory_gib": _memory(),
    }
    return {name: value for name, value in facts.items() if value}


def _cores() -> int | None:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _instructions() -> str:
    """The instruction sets that the figures of an int8 model depend on, which a processor's name does not say."""
    there = (_processor("flags") or _processor("Features")).split()
    return " ".join(name for name in _INSTRUCTIONS if name in there)


def _processor(what: str) -> str:
    """What Linux says about the first processor; empty on other systems."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == what), "")


def _memory() -> float | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)
