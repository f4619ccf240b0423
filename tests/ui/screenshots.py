"""Takes the screenshots of docs/ from the real chat over seeds/: ``python tests/ui/screenshots.py``."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag import Chatbot
from rag.chatbot import open_or_build
from rag.ui import build_app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
QUESTION = "2024武进区新能源汽车展共展出多少个新能源品牌?"
ENGLISH = "In which year did new energy vehicles first join the touring car fleet?"


def main() -> None:
    chromium = shutil.which("chromium") or sys.exit("Chromium is missing; make test installs it")
    with tempfile.TemporaryDirectory() as folder, open_or_build(Path(folder) / "index", [ROOT / "seeds"]) as bot:
        url = serve(bot, Path(folder) / "ratings")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            desktop(browser, url)
            desktop_dark(browser, url)
            phone(browser, url)
            browser.close()


def serve(bot: Chatbot, ratings: Path) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, url, _ = build_app(bot, feedback=ratings).launch(server_port=port, prevent_thread_lock=True, quiet=True)
    return str(url)


def desktop(browser: Browser, url: str) -> None:
    page = opened(browser, url, viewport={"width": 1280, "height": 800})
    ask(page, QUESTION)
    page.locator('#wb-chat a[href^="#cite-"]').first.click()
    read_on(page)
    save(page, "chat-zh.png")


def desktop_dark(browser: Browser, url: str) -> None:
    page = opened(browser, url, viewport={"width": 1280, "height": 800}, color_scheme="dark", locale="en-GB")
    ask(page, ENGLISH)
    read_on(page)
    save(page, "article-dark.png")


def phone(browser: Browser, url: str) -> None:
    size = {"width": 390, "height": 780}
    page = opened(browser, url, viewport=size, device_scale_factor=2, has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    page.locator('#wb-chat a[href^="#cite-"]').first.tap()
    expect(page.locator("#wb-sources")).to_be_visible()
    save(page, "phone.png")


def opened(browser: Browser, url: str, *, locale: str = "zh-CN", **options: Any) -> Page:
    page = browser.new_context(locale=locale, **options).new_page()
    page.goto(url)
    page.wait_for_selector("#wb-chat .wb-example")
    page.wait_for_selector("#wb-sources .wb-sheet", state="attached")
    return page


def ask(page: Page, question: str) -> None:
    page.fill("#wb-question textarea", question)
    page.press("#wb-question textarea", "Enter")
    page.wait_for_selector("#wb-chat .wb-confidence")


def read_on(page: Page) -> None:
    page.locator(".wb-more").first.click()
    expect(page.locator(".wb-article")).to_be_visible()


def save(page: Page, name: str) -> None:
    page.wait_for_timeout(500)  # until what slides and scrolls has come to rest
    page.screenshot(path=DOCS / name)


if __name__ == "__main__":
    main()
