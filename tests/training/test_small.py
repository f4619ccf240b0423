"""The examples in the training modules, which the doctest run leaves out, and the arithmetic of a run."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from rag.training.cores import FreeCores
from rag.training.loop import Averages, Plan


@pytest.mark.parametrize(
    "name", ["__main__", "confidence", "cores", "graph", "loop", "reader_data", "score", "vocabulary"]
)
def test_examples(name):
    failed, tried = doctest.testmod(import_module(f"rag.training.{name}"))
    assert (failed, tried > 0) == (0, True)


def test_a_run_ends_by_the_clock_or_by_steps():
    assert Plan(Path(), minutes=2).done(1000, seconds=60) == 0.5
    assert Plan(Path(), minutes=2, steps=10).done(10, seconds=1) == 1


def test_averages_are_smoothed_by_kind():
    averages = Averages()
    averages.add("zh", 1.0)
    averages.add("zh", 0.0)
    averages.add("en", 0.5)
    assert str(averages) == "en 0.5000  zh 0.9700"


def test_without_linux_all_cores_are_free(tmp_path):
    import os

    assert FreeCores(tmp_path / "absent").count() == os.cpu_count()
