"""A chat in a sandboxed frame cannot ask, and says why."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, expect

from .fakebot import YEAR_ZH
from .running import mounted

pytestmark = pytest.mark.browser


def framed(sandbox: str) -> str:
    return f'<!doctype html><title>host</title><iframe sandbox="{sandbox}" src="/ask/?lang=zh"></iframe>'


def test_a_sandboxed_frame_says_why_nothing_happens(browser: Browser) -> None:
    site = FastAPI()
    for path, sandbox in (("/none", "allow-scripts"), ("/same", "allow-scripts allow-same-origin allow-forms")):
        site.get(path, response_class=HTMLResponse)(lambda sandbox=sandbox: framed(sandbox))
    with mounted("/ask", site=site) as url:
        refused = httpx.post(
            f"{url}/ask/gradio_api/call/ask", json={"data": [YEAR_ZH]}, headers={"origin": "null"}, timeout=20
        )
        assert refused.status_code == 403
        assert refused.json()["detail"].endswith("add allow-same-origin to the frame's sandbox")
        page = browser.new_page()
        page.goto(f"{url}/none")
        line = page.frame_locator("iframe").locator("#wb-sandboxed")
        expect(line).to_contain_text("allow-same-origin", timeout=30_000)
        expect(line).to_contain_text(f"{url}/ask/?lang=zh")
        expect(line).to_be_visible()
        page.goto(f"{url}/same")
        page.frame_locator("iframe").locator("#wb-chat .wb-example").first.wait_for(timeout=30_000)
        expect(page.frame_locator("iframe").locator("#wb-sandboxed")).to_have_count(0)
        page.close()
