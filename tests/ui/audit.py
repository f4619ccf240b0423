"""What is measured of the page in Chromium: its weight, its first paint, whom it asks, and what axe-core finds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

#: Widths in pixels, each with a height and whether it is a phone's.
LAYOUTS = {360: (740, True), 390: (844, True), 820: (1180, False), 1280: (800, False), 1920: (1080, False)}
# Gradio's own frame around the page is no landmark, which is moderate; only serious and critical findings count.
_GRAVE = ("serious", "critical")


@dataclass(frozen=True)
class Load:
    """Seconds from the call to the first contentful paint and to the question box, and what came over the wire."""

    first_paint: float
    usable: float
    bytes: int
    requests: int
    foreign: tuple[str, ...]


@contextmanager
def opened(browser: Browser, url: str, width: int = 1280, **options: Any) -> Iterator[Page]:
    height, phone = LAYOUTS[width]
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, has_touch=phone, is_mobile=phone, **options)
    context.set_default_timeout(30_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def go(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("#wb-chat .wb-example")
    page.wait_for_selector("#wb-sources .wb-sheet", state="attached")


def load(browser: Browser, url: str) -> Load:
    """Open the page in a fresh profile, nothing cached."""
    with opened(browser, url, locale="zh-CN") as page:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[int] = []
        asked: list[str] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.on("request", lambda request: asked.append(request.url))
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector("#wb-question textarea:not([disabled])")
        usable = time.perf_counter() - began
        page.wait_for_selector("#wb-sources .wb-sheet", state="attached")
        page.wait_for_timeout(
            1000
        )  # for what is loaded late; a stream of events stays open, so the network is never idle
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
        own = urlsplit(url).netloc
        foreign = tuple(u for u in asked if not u.startswith(("data:", "blob:")) and urlsplit(u).netloc != own)
        return Load(paint, usable, int(sum(sizes)), len(sizes), foreign)


def ask(page: Page, question: str) -> float:
    """Type and send a question; seconds from Enter until the whole answer is drawn."""
    before = page.locator("#wb-chat .bot.message .wb-acts").count()
    page.fill("#wb-question textarea", question)
    began = time.perf_counter()
    page.press("#wb-question textarea", "Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('#wb-chat .bot.message .wb-acts').length > n && "
        "!document.querySelector('#wb-chat .wb-wait')",
        arg=before,
        polling="raf",
    )
    return time.perf_counter() - began


def grave(page: Page) -> list[str]:
    """The serious and critical findings of axe-core, each with the first place it was found."""
    page.wait_for_timeout(400)  # what fades in is not yet its colour
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in _GRAVE]


def overflowing(page: Page) -> list[str]:
    """What can be seen and sticks out of the window, though nothing around it scrolls."""
    sticking: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('#wb-header *, #wb-columns *')].filter((e) => {
            const b = e.getBoundingClientRect();
            const seen = e.checkVisibility({visibilityProperty: true, opacityProperty: true});
            if (!b.width || !b.height || !seen) return false;
            if (e.closest('[hidden], .wb-toast, [data-testid=block-info], .wb-drop input')) return false;
            return b.left < -1 || b.right > innerWidth + 1;
        }).map((e) => e.outerHTML.slice(0, 120))"""
    )
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return sticking + (["the page scrolls sideways"] if wide else [])


def views(page: Page, questions: tuple[str, str], width: int) -> Iterator[str]:
    """Leads the page through every view there is; yields the name of each once it stands."""
    phone = width <= 768
    yield "first screen"
    answered, unanswered = questions
    ask(page, answered)
    yield "answer"
    if phone:
        page.locator('#wb-chat a[href^="#cite-"]').first.click()
        page.locator("#wb-sources .wb-card").first.wait_for()
        yield "sheet"
    page.locator(".wb-more").first.click()
    page.locator(".wb-article").wait_for()
    yield "article"
    if phone:
        page.keyboard.press("Escape")
        page.wait_for_timeout(400)
    ask(page, unanswered)
    yield "abstention"
    page.locator("#wb-bad-2").click()
    page.locator(".wb-comment").wait_for()
    yield "rating"
    if phone:
        page.locator(".wb-fold").click()
        yield "menu"
    page.locator("#wb-menu [data-view=contents]").click()
    page.locator(".wb-page").first.wait_for()
    yield "contents"
    if phone:
        page.keyboard.press("Escape")
        page.wait_for_timeout(400)
    page.locator("[data-tab=search]").click()
    page.fill("#wb-search input", answered)
    page.press("#wb-search input", "Enter")
    page.locator(".wb-ranks").wait_for()
    yield "search"
