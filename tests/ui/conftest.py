"""One served app and one headless Chromium for all tests of the chat."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from rag.ui import build_app
from rag.ui.feedback import Feedback

from .fakebot import FakeBot

GRADIO_ON_PANDAS_3 = ("ignore:'future.no_silent_downcasting' is deprecated", "ignore:The copy keyword is deprecated")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gradio's queue statistics use what pandas 3 deprecates; the server's threads run during our tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(*GRADIO_ON_PANDAS_3))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session", autouse=True)
def event_loops_of_gradio() -> Iterator[None]:
    """Closes the event loops that building an app leaves open, which would end other tests as warnings."""
    opened: list[asyncio.AbstractEventLoop] = []
    new_event_loop = asyncio.new_event_loop

    def remembered() -> asyncio.AbstractEventLoop:
        loop = new_event_loop()
        if threading.current_thread() is threading.main_thread():
            opened.append(loop)
        return loop

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", remembered)
        yield
    asyncio.set_event_loop(None)
    for loop in opened:
        loop.close()


@pytest.fixture(scope="session")
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture(scope="session")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Feedback:
    """Where the chat over ``bot`` keeps what is thought of its answers."""
    return Feedback(tmp_path_factory.mktemp("ratings") / "ratings.sqlite3")


@pytest.fixture(scope="session")
def site(bot: FakeBot, ratings: Feedback) -> Iterator[str]:
    """The address of the chat over ``bot``."""
    app = build_app(bot, feedback=ratings.path)
    _, url, _ = app.launch(server_port=free_port(), prevent_thread_lock=True, quiet=True)
    yield url
    app.close(verbose=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module: as long as Playwright runs, nothing else in its thread can run an event loop."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, 'Chromium is missing: "make test" installs it, -m "not browser" leaves these tests out'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Opens the chat in a fresh browser profile. Afterwards: no error in any page, no request to another host."""
    contexts: list[BrowserContext] = []
    requests: list[str] = []
    errors: list[str] = []

    def open_it(
        query: str = "", *, locale: str = "zh-CN", width: int = 1280, height: int = 800, **options: Any
    ) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: requests.append(r.url))
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto(site + query)
        page.wait_for_selector("#wb-chat .wb-example")
        page.wait_for_selector("#wb-sources .wb-sheet", state="attached")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert errors == []
    assert {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))} <= {"127.0.0.1"}
