from __future__ import annotations

import string
from dataclasses import fields

import pytest

from rag.errors import InputError
from rag.ui.page import comment_html, header_html, welcome_html
from rag.ui.strings import EN, ZH, strings
from rag.ui.theme import ACCENT, contrast, readable, style

from .fakebot import HOSTILE, Info


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


def test_welcome_says_how_much_it_knows_and_escapes_examples() -> None:
    html = welcome_html(Info(5, 18, 169), ("多少?", HOSTILE), EN)
    assert "5 pages · 18 articles · 169 passages" in html
    assert '<button class="wb-example">多少?</button>' in html
    assert "<img" not in html
    assert " 2024" not in html
    dated = welcome_html(Info(5, 18, 169), (), EN, ["2024-06-03", "2023-12-30", "2024-01-05"])
    assert "169 passages · 2023-12-30 to 2024-06-03</p>" in dated
    assert EN.try_asking not in welcome_html(Info(0, 0, 0), (), EN)


def test_title_of_the_owner_is_escaped() -> None:
    assert "<h1>A &amp; &lt;B&gt;</h1>" in header_html("A & <B>", ZH)


def test_articles_can_be_added_only_where_that_is_allowed() -> None:
    assert 'data-view="add"' not in header_html("A", ZH)
    assert f'<button type="button" data-view="add">{EN.add}</button>' in header_html("A", EN, adding=True)


def test_a_word_about_an_answer_is_asked_for_by_what_was_thought_of_it() -> None:
    assert f'data-turn="3" role="group" aria-label="{ZH.thanks}"' in comment_html(3, True, ZH)
    assert ZH.tell_more in comment_html(3, True, ZH)
    assert ZH.tell_wrong in comment_html(3, False, ZH)


@pytest.mark.parametrize(
    ("confidence", "said"), [(0.9999, "high · 99%"), (0.8, "high · 80%"), (0.5, "medium · 50%"), (0.494, "low · 49%")]
)
def test_confidence_is_said_in_words_and_is_never_certain(confidence: float, said: str) -> None:
    assert EN.confident(confidence) == f"Confidence: {said}"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("accent", [ACCENT, "#ffff00", "#000000", "#FFFFFF", "#3366cc"])
def test_any_accent_can_be_read_on_any_ground(accent: str) -> None:
    for ground, step in (("#f4f1ea", -0.02), ("#1e2023", 0.02)):
        text = readable(accent, ground, step)
        pair = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (text, ground)]
        assert contrast(pair[0], pair[1]) >= 4.5


def test_accent_goes_into_the_style_sheet_and_nothing_else_does() -> None:
    assert style("#3366cc").startswith(":root{--wb-accent:#3366cc;")
    for wrong in ("red", "#fff", "#12345g", "#3366cc}body{"):
        with pytest.raises(InputError, match="#rrggbb"):
            style(wrong)


def test_style_sheet_asks_nobody_and_survives_gradios_prefixes() -> None:
    css = style(ACCENT)
    assert "url(" not in css
    assert "@import" not in css
    assert ":is(" not in css.split("*/", 1)[1]
