from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from shipped import Shipped, shipped

import rag
from rag.evaluation.manifest import reader

SHIPS = Shipped("m@1", "ab")


def test_what_ships_is_what_the_manifest_of_a_run_names() -> None:
    settings = json.loads((Path(rag.__file__).parent / "models" / "wenbao-small" / "wenbao.json").read_text("utf-8"))
    assert shipped() == Shipped(f"wenbao-small@{settings['revision']}", reader())


def test_a_run_is_of_what_ships_if_all_that_it_used_is() -> None:
    assert SHIPS.made({"model": "m@1", "reader": "ab", "retrieval": False})
    assert not SHIPS.made({"model": "m@1", "reader": "cd", "retrieval": False})
    assert not SHIPS.made({"model": "m@2", "reader": "ab"})


def test_where_nothing_is_read_the_reader_does_not_matter() -> None:
    assert SHIPS.made({"model": "m@1", "reader": "cd", "retrieval": True})
    assert SHIPS.made({"model": "m@1"})
    assert not SHIPS.made({"model": "m@2", "reader": "ab", "retrieval": True})


def test_a_run_that_does_not_say_is_not_of_what_ships() -> None:
    assert not SHIPS.made({})
