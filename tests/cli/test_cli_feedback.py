from __future__ import annotations

import json
from pathlib import Path

from running import rag

from rag import Chatbot
from rag.ui.feedback import Feedback, beside


def test_ratings_become_questions(built: Path, tmp_path: Path) -> None:
    with Chatbot.open(built / "index") as bot:
        right, wrong = bot.ask("2024武进区新能源汽车展共展出多少个新能源品牌?"), bot.ask("火星上有没有地铁?")
    kept = Feedback(tmp_path / "ratings")
    kept.rate(right, good=True)
    kept.rate(wrong, good=False, word="有")
    ran = rag("feedback", "--file", kept.path)
    assert (ran.status, ran.err) == (0, "1 of 2 rated answers\n")
    row = json.loads(ran.out)
    assert row["question"] == right.question
    assert row["answers"] == [right.answer]
    questions = tmp_path / "questions.jsonl"
    questions.write_text(ran.out, encoding="utf-8")
    assert rag("evaluate", questions, "--index", built / "index").status == 0
    ran = rag("feedback", "--wrong", env={"RAG_FEEDBACK": str(kept.path)})
    assert json.loads(ran.out)["word"] == "有"


def test_no_ratings_is_one_line(tmp_path: Path) -> None:
    ran = rag("feedback", "--index", tmp_path / "index")
    assert (ran.status, ran.out) == (2, "")
    assert ran.told.startswith(f"rag: {beside(tmp_path / 'index')} does not exist")
