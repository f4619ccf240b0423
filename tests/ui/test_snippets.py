"""The README's examples for developers, run against a chat; each stands behind ``<!-- run: NAME -->``."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, expect

from rag.ui import mount

from .fakebot import SIZE_ZH, YEAR_ZH, FakeBot
from .running import running

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SNIPPETS = dict(re.findall(r"<!-- run: (\w+) -->\s*```\w+\n(.*?)```", README, re.DOTALL))
CHAT = "http://localhost:7860"
YEAR = "2018年"


def snippet(name: str, url: str) -> str:
    """An example with the address of our chat in place of the one that the README names."""
    return SNIPPETS[name].replace(CHAT, url)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A site with pages of the three kinds, and the chat under ``/chat``."""
    app = FastAPI()
    here = "<!doctype html><html lang='en'><meta charset='utf-8'><title>Our site</title><body><h1>Our site</h1>{}"

    @app.get("/pages/{name}")
    def page(name: str, request: Request) -> HTMLResponse:
        return HTMLResponse(here.format(snippet(name, f"{request.base_url}chat")))

    with running(mount(app, FakeBot(), "/chat")) as url:
        yield url


def test_there_is_an_example_of_each_kind() -> None:
    assert sorted(SNIPPETS) == ["component", "curl", "fastapi", "iframe", "javascript", "python", "rest", "widget"]


def test_fastapi(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built)
    names: dict[str, FastAPI] = {}
    exec(SNIPPETS["fastapi"], names)
    with running(names["app"]) as url:
        page = httpx.get(f"{url}/ask/", timeout=20).text
    assert '"title":"Ask the Daily"' in page
    assert "--wb-accent:#205090" in page


def test_python(site: str) -> None:
    command = [sys.executable, "-W", "error", "-c", snippet("python", f"{site}/chat")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    first, second, third = done.stdout.splitlines()
    assert first.startswith(f"{YEAR} 2018年,新能源汽车开始出现在巡展车队中")
    assert second == "武进吾悦广场 None"
    assert third == "None the question has no words: type a question"


def test_javascript(site: str, tmp_path: Path) -> None:
    node, modules = shutil.which("node"), Path(sys.prefix) / "node_modules"
    if node is None or not (modules / "@gradio" / "client").is_dir():
        pytest.skip("the JavaScript client is not here: `make test` installs it where there is npm")
    (tmp_path / "node_modules").symlink_to(modules)
    script = tmp_path / "ask.mjs"
    script.write_text(snippet("javascript", f"{site}/chat"), encoding="utf-8")
    done = subprocess.run([node, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{YEAR} 2018年,新能源汽车")


def test_curl(site: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not here")
    command = ["sh", "-c", snippet("curl", f"{site}/chat")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.startswith("event: complete\ndata: [{")
    assert YEAR_ZH in done.stdout.encode().decode("unicode_escape")


def test_rest(site: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not here")
    command = ["sh", "-ec", snippet("rest", f"{site}/chat").replace("\ncurl", "\necho; curl")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True)
    answer, hits, articles = map(json.loads, done.stdout.split("\n")[1:])
    assert (answer["question"], answer["answer"]) == (YEAR_ZH, YEAR)
    assert len(hits) == 3
    assert (articles["total"], articles["articles"][0]["title"]) == (7, "全区经济运行分析会召开")


@pytest.mark.browser
def test_iframe(site: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto(f"{site}/pages/iframe")
    inside = page.frame_locator("iframe")
    expect(inside.locator("h1")).to_have_text("问报", timeout=30_000)
    inside.locator("#wb-question textarea").fill(YEAR_ZH)
    inside.locator("#wb-question textarea").press("Enter")
    expect(inside.locator(".wb-short")).to_have_text(YEAR, timeout=30_000)
    page.close()


@pytest.mark.browser
def test_web_component(site: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{site}/pages/component")
    box = page.locator("gradio-app #wb-question textarea")
    box.fill(SIZE_ZH, timeout=30_000)
    box.press("Enter")
    expect(page.locator("gradio-app .wb-short").first).to_have_text("约1.6万平方米", timeout=30_000)
    expect(page.locator("body > h1")).to_have_text("Our site")
    assert hosts == {site.split("/")[2]}  # the frontend, too, comes from us
    page.close()


@pytest.mark.browser
def test_widget(site: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")
    page.goto(f"{site}/pages/widget")
    opener = page.get_by_role("button", name="向报纸提问")
    expect(opener).to_have_css("background-color", "rgb(32, 80, 144)", timeout=30_000)
    expect(page.locator("iframe")).to_have_count(0)  # nothing is loaded for who does not ask
    page.keyboard.press("Tab")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="问报")
    expect(panel).to_be_visible()
    expect(opener).to_be_hidden()
    inside = page.frame_locator("iframe[title=问报]")
    expect(inside.locator("h1")).to_have_text("问报", timeout=30_000)
    inside.locator("#wb-question textarea").fill(YEAR_ZH)
    inside.locator("#wb-question textarea").press("Enter")
    expect(inside.locator(".wb-short")).to_have_text(YEAR, timeout=30_000)
    page.keyboard.press("Escape")  # inside the frame
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(inside.locator(".wb-short")).to_have_text(YEAR)  # the conversation is still there
    page.get_by_role("button", name="关闭").click()
    expect(panel).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 700})
    page.evaluate("wenbao.open()")
    box = panel.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 700}
    page.close()


@pytest.mark.browser
def test_a_frame_of_another_site_is_refused(site: str, browser: Browser) -> None:
    page = browser.new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text, timeout=30_000):
        page.set_content(f'<iframe src="{site}/chat/"></iframe>')  # about:blank is another origin
    page.close()
