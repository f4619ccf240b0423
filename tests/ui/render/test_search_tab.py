from __future__ import annotations

from rag.types import Hit, Passage, Scores
from rag.ui.render.search_tab import ranked, verdict
from rag.ui.wording import EN, ZH

from ..fakebot import PERHAPS_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot


def hit(name: str, dense: float | None, lexical: float | None, fused: float) -> Hit:
    return Hit(Passage(name, "a.txt", "T", 1, 1, name, 0, 1), Scores(dense, lexical, fused))


def test_ranks_of_all_legs_are_put_together_in_fused_order() -> None:
    rows = ranked(
        {
            "fused": [hit("a", 0.5, 9.0, 0.8), hit("b", 0.7, None, 0.6)],
            "dense": [hit("b", 0.7, None, 0.7), hit("c", 0.65, None, 0.65)],
            "lexical": [hit("a", None, 9.0, 9.0)],
        }
    )
    assert [(row.passage.passage_id, row.ranks) for row in rows] == [
        ("a", {"fused": 1, "lexical": 1}),
        ("b", {"fused": 2, "dense": 1}),
        ("c", {"dense": 2}),
    ]
    assert rows[0].scores == {"fused": 0.8, "dense": 0.5, "lexical": 9.0}
    assert rows[2].scores == {"dense": 0.65}


def test_verdict_names_confidence_and_threshold() -> None:
    bot = FakeBot()
    assert verdict(bot.ask(YEAR_ZH), 0.5, EN) == "Confidence 0.93 reaches the threshold 0.50: would answer “2018年”"
    assert verdict(bot.ask(PERHAPS_ZH), 0.5, EN) == (
        "Confidence 0.46 is below the threshold 0.50: would show “武进吾悦广场” as a possibility"
    )
    assert verdict(bot.ask(UNKNOWN_ZH), 0.5, ZH) == "把握 0.12，低于阈值 0.50：不会回答"
