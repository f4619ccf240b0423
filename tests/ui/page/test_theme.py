"""Colours that can be read, and a scheme that the developer fixes, whatever the visitor's system has."""

from __future__ import annotations

import gradio as gr
import pytest
from playwright.sync_api import Browser

from rag.errors import InputError
from rag.ui import build_app
from rag.ui.page.theme import ACCENT, contrast, readable, scheme_script, style

from ..fakebot import FakeBot
from ..running import mounted

DARK, LIGHT = "rgb(23, 24, 26)", "rgb(251, 250, 247)"


@pytest.mark.browser
def test_a_fixed_scheme_beats_the_system_and_the_address_beats_both(browser: Browser) -> None:
    with mounted("/ask", theme="dark") as url:
        page = browser.new_page(color_scheme="light")
        for query, ground in (("", DARK), ("?__theme=light", LIGHT)):
            page.goto(f"{url}/ask/{query}")
            page.wait_for_selector("#wb-chat .wb-example", timeout=30_000)
            got = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
            assert got == ground
        page.close()


def test_a_gradio_theme_can_be_built_on_and_others_are_one_line() -> None:
    theme = gr.themes.Base(primary_hue="green")
    assert build_app(FakeBot(), theme=theme).look["theme"] is theme
    assert scheme_script("auto") == ""
    with pytest.raises(InputError, match="theme 'blue' is none of auto, light, dark: choose one of these"):
        scheme_script("blue")  # type: ignore[arg-type]


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
