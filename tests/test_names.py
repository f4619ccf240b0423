"""Names in pinyin are put into the characters of the corpus; English words stay."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.embedding import load_embedder
from rag.index import update
from rag.lexical import name_in_characters, tokens

TEXTS = [
    "区文物局副局长尉迟青到清沟镇检查。",
    "清沟镇镇长郗若愚介绍,聂怀敏当选代表。",
    "工程师王方在现场。王芳是教师。王芳获奖。",
]
COUNTS = Counter(token for text in TEXTS for token in set(tokens(text)))


def named(text: str) -> str:
    return name_in_characters(text, lambda token: COUNTS[token])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is Yuchi Qing?", "Who is 尉迟青?"),
        ("What is Nie Huaimin's post?", "What is 聂怀敏's post?"),
        ("Where is Qinggou Town?", "Where is 清沟 Town?"),
        ("Did Xi Ruoyu visit Qinggou?", "Did 郗若愚 visit 清沟?"),
        ("Who is Zhang Wei?", "Who is Zhang Wei?"),
        ("When does the Song Festival open?", "When does the Song Festival open?"),
        ("is ruoyu here", "is ruoyu here"),
    ],
)
def test_a_name_is_put_into_the_characters_that_the_corpus_has(question: str, expected: str) -> None:
    assert named(question) == expected


def test_of_several_spellings_the_one_that_most_passages_hold_is_taken() -> None:
    counts = {"王": 9, "方": 9, "芳": 9, "王方": 1, "王芳": 3}
    assert name_in_characters("Who is Wang Fang?", lambda token: counts.get(token, 0)) == "Who is 王芳?"


def test_the_answer_says_how_the_name_was_understood(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("\n\n".join(["清沟镇新闻", *TEXTS]), encoding="utf-8")
    update(tmp_path / "index", [tmp_path / "pages"], load_embedder())
    with Chatbot.open(tmp_path / "index") as bot:
        answer = bot.ask("Who is Yuchi Qing?", min_confidence=0)
        assert (answer.question, answer.interpreted_as) == ("Who is Yuchi Qing?", "Who is 尉迟青?")
        assert "副局长" in (answer.answer or "")
        assert bot.ask("尉迟青是谁?", min_confidence=0).interpreted_as is None
