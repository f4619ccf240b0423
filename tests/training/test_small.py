"""The examples in the docstrings of the training modules, which the doctest run leaves out."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["confidence", "dictionary", "graph", "pools", "score", "tune"])
def test_examples(name: str) -> None:
    failed, tried = doctest.testmod(import_module(f"rag.training.{name}"))
    assert (failed, tried > 0) == (0, True)
