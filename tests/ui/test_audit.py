"""Weight, requests, axe-core and layout; ``python tests/ui/check.py`` measures more, with the real bot."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from .audit import go, grave, load, opened, overflowing, views
from .fakebot import UNKNOWN_EN, UNKNOWN_ZH, YEAR_EN, YEAR_ZH

pytestmark = pytest.mark.browser


def test_the_page_is_light_and_asks_nobody_else(browser: Browser, site: str) -> None:
    seen = load(browser, site)
    assert seen.bytes < 350_000
    assert seen.foreign == ()


@pytest.mark.parametrize(("width", "locale", "scheme"), [(390, "zh-CN", "dark"), (1280, "en-GB", "light")])
def test_every_view_is_free_of_grave_findings_and_fits(
    browser: Browser, site: str, width: int, locale: str, scheme: str
) -> None:
    questions = (YEAR_ZH, UNKNOWN_ZH) if locale == "zh-CN" else (YEAR_EN, UNKNOWN_EN)
    found = {}
    with opened(browser, site, width, locale=locale, color_scheme=scheme) as page:
        go(page, site)
        for view in views(page, questions, width):
            found[view] = grave(page) + overflowing(page)
    assert {view: problems for view, problems in found.items() if problems} == {}
    assert len(found) == (9 if width == 390 else 7)
