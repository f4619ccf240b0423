"""A scheme that the developer fixes, whatever the visitor's system has."""

from __future__ import annotations

import gradio as gr
import pytest
from playwright.sync_api import Browser

from rag.errors import InputError
from rag.ui import build_app
from rag.ui.theme import scheme_script

from .fakebot import FakeBot
from .serving import mounted

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
