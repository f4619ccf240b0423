from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, cast

import gradio as gr
import pytest

from rag.errors import IndexBusyError, IndexFormatError, RagError
from rag.types import Progress
from rag.ui.page.adding import Adding, received
from rag.ui.upload_store import MAX_FILES, MAX_SENT, Outcome, Sent, UploadStore
from rag.ui.wording import ZH, Strings


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


class FakeStore:
    """Reads one article of two paragraphs from every file, or fails."""

    def __init__(self, error: RagError | None = None) -> None:
        self.error = error

    def add(self, files: Sequence[Sent], progress: Progress) -> list[Outcome]:
        progress("embed", 3, 7)
        if self.error:
            raise self.error
        return [Outcome(file.name, file.name, 1, 2) for file in files]


def add(files: Any, error: RagError | None = None) -> list[tuple[Any, Any]]:
    welcome = cast(Callable[[Strings], str], lambda words: "welcome " + words.lang)
    adding = Adding(cast(UploadStore, FakeStore(error)), welcome)
    return list(adding.add("zh", gr.EventData(None, {"files": files})))


def test_files_are_read_and_told() -> None:
    *_, (html, _), (_, chat) = add([{"name": "a.txt", "data": encoded("报")}, {"name": "b.md", "data": encoded("纸")}])
    assert "读入 2 个文件：2 篇文章，4 个段落" in html
    assert 'data-view="place" data-key="?source=a.txt&amp;start=0&amp;end=1">a.txt</button>' in html
    assert ZH.add_ask in html
    assert chat["placeholder"] == "welcome zh"


@pytest.mark.parametrize(
    ("error", "line"),
    [(IndexBusyError("x"), ZH.add_busy), (IndexFormatError("/srv/index"), ZH.index_trouble)],
)
def test_trouble_with_the_index_is_one_line(error: RagError, line: str) -> None:
    html, _ = add([{"name": "a.txt", "data": encoded("报")}], error)[-2]
    assert f'<p class="wb-stale">{line}</p>' in html
    assert "/srv" not in html


@pytest.mark.parametrize(
    "files",
    [None, [], "x", {}, [7], [{}], [{"name": "a"}], [{"name": 1, "data": ""}], [{"name": "a", "data": "no base64!"}],
     [{"name": "a", "data": "报"}], [{"name": "/etc/passwd", "path": "/etc/passwd"}]],
)  # fmt: skip
def test_anything_can_be_sent(files: Any) -> None:
    ((html, _),) = add(files)
    assert ZH.add_nothing in html


def test_too_much_is_refused_before_it_is_decoded() -> None:
    line = ZH.add_many.format(count=MAX_FILES, size=5)
    assert received([{"name": "a", "data": ""}] * (MAX_FILES + 1), ZH) == ([], line)
    assert received([{"name": "a", "data": "A" * (MAX_SENT * 4 // 3 + 4)}], ZH) == ([], line)
    assert received([{"name": "a.txt", "data": encoded("报")}], ZH) == ([Sent("a.txt", "报".encode())], "")
