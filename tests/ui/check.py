"""Measures the chat over seeds/ as it is served: ``python tests/ui/check.py``; exit status 1 if a figure is missed.

First paint, usable input and answers are timed in fresh browser profiles; weight and requests are those of a first
visit. Then every view is looked through by axe-core and for what sticks out, at all widths, in both languages and
themes. It takes some minutes; ``--quick`` leaves that second part out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - found by the path above

from rag.chatbot import open_or_build  # noqa: E402
from ui import audit  # noqa: E402
from ui.conftest import free_port  # noqa: E402

LOADS, ASKED = 5, 30
ANSWERED = {
    "zh-CN": "2024武进区新能源汽车展共展出多少个新能源品牌?",
    "en-GB": "In which year did new energy vehicles first join the touring car fleet?",
}
UNANSWERED = {"zh-CN": "火星上有没有地铁?", "en-GB": "Who won the 1998 World Cup?"}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only timings, weight and requests")
    quick = parser.parse_args().quick
    chromium = shutil.which("chromium") or sys.exit("Chromium is missing; make test installs it")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "index") as (url, ready),
        sync_playwright() as p,
    ):
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        figures = [("ready to serve, s", ready, 8.0), *timings(browser, url)]
        missed = [said for name, value, limit in figures if (said := figure(name, value, limit))]
        missed += [] if quick else looked_through(browser, url)
        browser.close()
    print("\n".join(f"MISSED {each}" for each in missed) or "every figure is reached")
    return 1 if missed else 0


@contextmanager
def served(index: Path) -> Iterator[tuple[str, float]]:
    """``rag serve`` over seeds/; its address, and seconds from the start of the process to its first page."""
    open_or_build(index, [ROOT / "seeds"]).close()
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    began = time.perf_counter()
    command = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", str(port)]
    with subprocess.Popen(command, cwd=index.parent, env=environment()) as server:
        try:
            while not answers(url):
                time.sleep(0.05)
            yield url, time.perf_counter() - began
        finally:
            server.terminate()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def timings(browser: Browser, url: str) -> Iterator[tuple[str, float, float]]:
    """Name, value and limit of every figure."""
    loads = [audit.load(browser, url) for _ in range(LOADS)]
    yield "first contentful paint, s (median)", statistics.median(load.first_paint for load in loads), 1.5
    yield "input usable, s (median)", statistics.median(load.usable for load in loads), 2.5
    yield "page weight, kB", max(load.bytes for load in loads) / 1000, 350
    yield "requests to other hosts", sum(len(load.foreign) for load in loads), 0
    took = []
    for locale in ("zh-CN", "en-GB"):
        with audit.opened(browser, url, locale=locale) as page:
            audit.go(page, url)
            took += [audit.ask(page, q) for q in [ANSWERED[locale], UNANSWERED[locale]] * (ASKED // 4)]
    yield "question to drawn answer, s (p50)", statistics.median(took), 0.6
    yield "question to drawn answer, s (p95)", statistics.quantiles(took, n=20)[-1], 2.0


def figure(name: str, value: float, limit: float) -> str | None:
    reached = value <= limit
    print(f"{name:<40}{value:10.2f}   at most {limit:g}   {'ok' if reached else 'MISSED'}", flush=True)
    return None if reached else f"{name}: {value:.2f}"


def looked_through(browser: Browser, url: str) -> list[str]:
    """What axe-core finds and what sticks out, over all widths, languages and themes."""
    missed = []
    for width, locale, scheme in product(audit.LAYOUTS, ANSWERED, ("light", "dark")):
        with audit.opened(browser, url, width, locale=locale, color_scheme=scheme) as page:
            audit.go(page, url)
            seen = 0
            for view in audit.views(page, (ANSWERED[locale], UNANSWERED[locale]), width):
                seen += 1
                found = audit.grave(page) + audit.overflowing(page)
                missed += [f"{width} px, {locale}, {scheme}, {view}: {each}" for each in found]
        print(f"{width} px, {locale}, {scheme}: {seen} views looked through", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
