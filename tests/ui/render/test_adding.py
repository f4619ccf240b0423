from __future__ import annotations

from typing import Any, get_args

import pytest

from rag.types import Stage
from rag.ui.render.adding import adding_html, outcomes_html, progress_html
from rag.ui.upload_store import Outcome
from rag.ui.wording import EN, ZH, Strings

from ..fakebot import HOSTILE


def test_progress_has_a_number_and_a_name() -> None:
    assert progress_html("embed", 3, 7, EN) == '<p>Indexing … 3/7</p><progress max="7" value="3">3</progress>'
    assert "正在写入索引 … 0/0" in progress_html("write", 0, 0, ZH)


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_every_stage_has_a_label_of_its_own(words: Strings) -> None:
    assert set(words.add_stages) == set(get_args(Stage))
    assert len(set(words.add_stages.values())) == len(words.add_stages)
    assert all(words.add_stages.values())


@pytest.mark.parametrize(
    ("problem", "reason"),
    [("type", EN.add_type), ("large", "larger than 5 MB"), ("known", EN.add_known), ("unreadable", EN.add_unreadable),
     ("name", EN.add_name), ("full", EN.add_full), ("unkept", EN.add_unkept)],
)  # fmt: skip
def test_reasons(problem: Any, reason: str) -> None:
    html = outcomes_html([Outcome("a", problem=problem)], EN)
    assert reason in html
    assert "wb-total" not in html


def test_hostile_names_are_shown_as_they_are() -> None:
    html = adding_html(ZH, outcomes_html([Outcome(HOSTILE, HOSTILE, 1, 1), Outcome(HOSTILE, problem="type")], ZH))
    assert "<img" not in html
    assert html.count("&lt;img src=x") == 2
