from __future__ import annotations

import string
from dataclasses import fields

import pytest

from rag.ui.wording import EN, ZH, strings


def test_both_languages_say_the_same_things() -> None:
    for field in fields(ZH):
        zh, en = getattr(ZH, field.name), getattr(EN, field.name)
        assert zh
        assert en
        if isinstance(zh, str):
            assert placeholders(zh) == placeholders(en), field.name
        else:
            assert len(zh) == len(en)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("lang", "words"), [("zh", ZH), ("en", EN), ("ja", EN), (None, EN), ([], EN)])
def test_everything_but_chinese_is_told_in_english(lang: object, words: object) -> None:
    assert strings(lang) is words


@pytest.mark.parametrize(
    ("confidence", "said"), [(0.9999, "high · 99%"), (0.8, "high · 80%"), (0.5, "medium · 50%"), (0.494, "low · 49%")]
)
def test_confidence_is_said_in_words_and_is_never_certain(confidence: float, said: str) -> None:
    assert EN.confident(confidence) == f"Confidence: {said}"
