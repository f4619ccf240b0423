"""The page of a report in Chromium: its filter, and that it fetches nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from rag.evaluation import Report
from rag.evaluation.html import html_page


@pytest.mark.browser
def test_all_failures_are_what_is_left_and_nothing_is_fetched(other: Report, tmp_path: Path) -> None:
    """Of three questions one was not retrieved, one wrongly withheld, one wrongly answered;
    the first is made right here."""
    file = tmp_path / "report.html"
    right = replace(other.rows[0], failure=None)
    file.write_text(html_page(Report.of([right, *other.rows[1:]])), encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, 'Chromium is missing: "make test" installs it, -m "not browser" leaves these tests out'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(file.as_uri())
        assert page.locator("#count").inner_text() == "3 of 3"
        page.get_by_label("outcome").select_option(label="all failures")
        assert page.locator("#count").inner_text() == "2 of 3"
        assert page.locator("article:visible").count() == 2
        assert page.locator("article:visible[data-failure='right']").count() == 0
        page.get_by_label("outcome").select_option(label="wrongly answered")
        assert page.locator("article:visible h3").all_text_contents() == ["丙在哪?"]
        browser.close()
    assert asked == [file.as_uri()]
    assert wrong == []
