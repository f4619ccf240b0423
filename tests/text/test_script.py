import pytest

from rag.text import is_cjk, language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("武进有多少家企业?", "zh"),
        ("捷運什麼時候通車？", "zh"),
        ("How many firms are there?", "en"),
        ("How many firms does 武进区 have?", "en"),
        ("GDP增长了多少", "zh"),
        ("iPhone和MacBook的价格", "zh"),
        ("東京タワーの高さは?", "ja"),
        ("서울의 인구는?", "ko"),
        ("Wo ist das Café?", "en"),
        ("2024?", "zh"),
        ("😀", "zh"),
        ("", "zh"),
    ],
)
def test_language(text, lang):
    assert language(text) == lang


@pytest.mark.parametrize(
    ("character", "cjk"),
    [("武", True), ("\U00020000", True), ("〇", True), ("、", False), ("％", False), ("é", False), ("\ud800", False)],
)
def test_is_cjk(character, cjk):
    assert is_cjk(character) is cjk
