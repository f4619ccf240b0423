from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, cast, get_args

import gradio as gr
import pytest

from rag.errors import IndexBusyError, IndexFormatError, RagError
from rag.types import Progress, Stage
from rag.ui.adding import Adding, adding_html, outcomes_html, progress_html, received
from rag.ui.strings import EN, ZH, Strings
from rag.ui.upload import MAX_FILES, MAX_SENT, Outcome, Sent, Shelf

from .fakebot import HOSTILE


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


class FakeShelf:
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
    adding = Adding(cast(Shelf, FakeShelf(error)), welcome)
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


def test_progress_has_a_number_and_a_name() -> None:
    assert progress_html("embed", 3, 7, EN) == '<p>Indexing … 3/7</p><progress max="7" value="3">3</progress>'
    assert "正在写入索引 … 0/0" in progress_html("write", 0, 0, ZH)


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_every_stage_has_a_label_of_its_own(words: Strings) -> None:
    assert set(words.add_stages) == set(get_args(Stage))
    assert len(set(words.add_stages.values())) == len(words.add_stages)
    assert all(words.add_stages.values())


@pytest.mark.parametrize(
    ("problem", "reason"),
    [("type", EN.add_type), ("large", "larger than 5 MB"), ("known", EN.add_known), ("unreadable", EN.add_unreadable),
     ("name", EN.add_name), ("full", EN.add_full), ("unkept", EN.add_unkept)],
)  # fmt: skip
def test_reasons(problem: Any, reason: str) -> None:
    html = outcomes_html([Outcome("a", problem=problem)], EN)
    assert reason in html
    assert "wb-total" not in html


def test_hostile_names_are_shown_as_they_are() -> None:
    html = adding_html(ZH, outcomes_html([Outcome(HOSTILE, HOSTILE, 1, 1), Outcome(HOSTILE, problem="type")], ZH))
    assert "<img" not in html
    assert html.count("&lt;img src=x") == 2
