"""Adding articles, from the browser to the answer, with the real index and bot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from rag import Chatbot
from rag.embedding import load_embedder
from rag.index import update
from rag.ui import build_app
from rag.ui.upload_store import UploadStore

from .audit import go, grave, opened, overflowing
from .conftest import free_port
from .test_browser import ask

pytestmark = pytest.mark.browser

RACE = "太湖湾龙舟赛收官\n\n本报讯(记者 李明)6月10日,太湖湾龙舟赛收官,共有36支队伍参赛。\n"


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadStore]:
    home = tmp_path_factory.mktemp("adding")
    (home / "pages").mkdir()
    (home / "pages" / "one.txt").write_text("市图书馆开馆\n\n新馆藏书50万册,5月1日开馆。\n", encoding="utf-8")
    update(home / "index", [home / "pages"], load_embedder())
    uploads = UploadStore.open(Chatbot.open(home / "index"), home / "index")
    yield uploads
    uploads.bot.close()


@pytest.fixture(scope="module")
def address(uploads: UploadStore) -> Iterator[str]:
    app = build_app(uploads.bot, uploads=uploads, examples=["新馆藏书多少册?"])
    _, url, _ = app.launch(server_port=free_port(), prevent_thread_lock=True, quiet=True)
    yield url
    app.close(verbose=False)


def test_added_articles_are_told_asked_and_kept(
    browser: Browser, address: str, uploads: UploadStore, tmp_path: Path
) -> None:
    race, table = tmp_path / "龙舟.txt", tmp_path / "x.exe"
    race.write_text(RACE, encoding="gb18030")
    table.write_bytes(b"MZ")
    with opened(browser, address, locale="zh-CN") as page:
        go(page, address)
        expect(page.locator(".wb-knows")).to_contain_text("1 篇文章")
        page.get_by_role("button", name="添加文章").click()
        page.get_by_label("选择文件").set_input_files([race, table])
        expect(page.locator(".wb-total")).to_have_text("读入 1 个文件：1 篇文章，1 个段落", timeout=60_000)
        expect(page.locator(".wb-added li")).to_have_text(
            ["龙舟.txt 1 篇文章，1 个段落", "x.exe 没有收进来：不是能读的文件类型"]
        )
        expect(page.locator(".wb-knows")).to_contain_text("2 篇文章")
        assert grave(page) + overflowing(page) == []
        page.locator(".wb-added li button").click()
        expect(page.locator(".wb-article h3")).to_have_text("太湖湾龙舟赛收官")
        reply = ask(page, "太湖湾龙舟赛共有多少支队伍参赛?")
        expect(reply.locator(".wb-short")).to_contain_text("36支")
    assert [path.name for path in uploads.folder.iterdir()] == ["龙舟.txt"]


def test_gradios_own_upload_stays_shut(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        sent = page.request.post(
            f"{address}gradio_api/upload",
            multipart={"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}},
        )
        assert sent.status in (403, 404)
