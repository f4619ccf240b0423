from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rag.chatbot import Chatbot
from rag.errors import EvaluationError
from rag.evaluation.dialogues import SCORES, evaluate_dialogues, is_dialogues, load_dialogues, wording

GOLD = Path(__file__).parents[1] / "gold"
TURN = {"question": "谁主持?", "answers": ["甲"], "source": "a.txt", "evidence": "甲主持", "alone": None}


def written(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "dialogues.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", [GOLD / "dialogues.jsonl", GOLD / "fiction" / "dialogues.jsonl"])
def test_the_gold_dialogues(path: Path) -> None:
    assert is_dialogues(path)
    dialogues = load_dialogues(path)
    assert len({dialogue.id for dialogue in dialogues}) == len(dialogues)
    for dialogue in dialogues:
        assert len(dialogue.turns) > 1
        assert dialogue.turns[0].alone is None
        for turn in dialogue.turns:
            source = turn.gold.source or ""
            folder = GOLD.parents[1] / "seeds" if path.parent == GOLD else path.parent
            page = "".join((folder / source).read_text(encoding="utf-8").split())
            assert "".join((turn.gold.evidence or "").split()).translate(str.maketrans("“”", '""')) in page.translate(
                str.maketrans("“”", '""')
            )


def test_other_files_hold_no_dialogues(tmp_path: Path) -> None:
    assert not is_dialogues(GOLD / "questions.jsonl")
    assert not is_dialogues(tmp_path / "none.jsonl")
    assert not is_dialogues(written(tmp_path, "no json"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1 is not JSON"),
        ({"id": "a"}, "line 1 has no turns"),
        ({"turns": [{"answers": []}]}, 'line 1, turn 1 has no "question": give it one'),
        ({"turns": [{"question": "谁?"}]}, 'line 1, turn 1 needs "answers"'),
        ('{"id": "a", "id": "b", "turns": []}', 'line 1 has "id" twice in one object: leave one of them'),
        (
            '{"id": 7, "turns": [{"question": "谁?", "answers": []}]}\n'
            '{"id": "7", "turns": [{"question": "谁?", "answers": []}]}',
            "line 2: id '7' is taken by line 1: give it its own",
        ),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        load_dialogues(written(tmp_path, line))


def test_a_dialogue_is_held_and_scored(bot: Chatbot, tmp_path: Path) -> None:
    source = "000_ab015541aeefb666.txt"
    turns = [
        {"question": "谁主持了全区经济运行分析会?", "answers": ["恽淇丞"], "source": source},
        {
            "question": "什么时候召开的?",
            "answers": ["6月1日"],
            "source": source,
            "alone": "全区经济运行分析会是什么时候召开的?",
        },
        {"question": "2024武进区新能源汽车展共展出多少个新能源品牌?", "answers": ["30多个"], "source": source},
    ]
    report = evaluate_dialogues(bot, load_dialogues(written(tmp_path, {"id": "one", "turns": turns})))
    assert [row.scores["contains"] for row in report.rows] == [1, 1]
    assert report.rows[1].scores["left_alone"] == 1
    assert report.rows[0].scores["noticed"] == 1
    assert set(report.to_dict()["scores"]) == set(SCORES)
    console = Console(record=True, width=120, file=StringIO())
    report.print(console)
    assert "right: 什么时候召开的? → 谁主持了全区经济运行分析会? 什么时候召开的?" in console.export_text()


def test_wording_is_one_for_the_same_words() -> None:
    assert wording("会议在哪里召开?", "会议在哪里召开") == 1
    assert wording("甲", "乙") == 0
    assert wording("", "") == 0
