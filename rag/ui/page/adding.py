"""Adding articles in the browser: the event that brings files."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from rag.errors import IndexBusyError, RagError
from rag.types import Stage
from rag.ui.page.events import error_line, payload
from rag.ui.render.adding import adding_html, note_html, outcomes_html, progress_html
from rag.ui.upload_store import MAX_FILES, MAX_SENT, Outcome, Sent, UploadStore
from rag.ui.wording import Lang, Strings, strings

_SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True, slots=True)
class Adding:
    """The events of the view."""

    uploads: UploadStore
    welcome: Callable[[Strings], str]

    def add(self, lang: Lang, event: gr.EventData) -> Iterator[tuple[Any, Any]]:
        """Index the files that the browser sent, which may be anything; yields the view with progress, and the chat."""
        words = strings(lang)
        files, trouble = received(payload(event).get("files"), words)
        if trouble:
            yield adding_html(words, note_html(trouble)), gr.skip()
            return
        at: list[tuple[Stage, int, int]] = [("read", 0, len(files))]
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self.uploads.add, files, lambda *stage: at.append(stage))
            while not work.done():
                yield adding_html(words, progress_html(*at[-1], words)), gr.skip()
                wait([work], _SECONDS_BETWEEN_LOOKS)
        yield adding_html(words, _result(work, words)), gr.skip()
        yield gr.skip(), gr.update(placeholder=self.welcome(words))


def _result(work: Future[list[Outcome]], words: Strings) -> Markup:
    try:
        return outcomes_html(work.result(), words)
    except IndexBusyError:
        return note_html(words.add_busy)
    except RagError as error:
        return note_html(error_line(error, words))


def received(files: Any, words: Strings) -> tuple[list[Sent], str]:
    """The files in an event, ``[{"name": …, "data": base64}]``, or what is wrong with them."""
    if not isinstance(files, list) or not files:
        return [], words.add_nothing
    if len(files) > MAX_FILES or sum(map(_size, files)) > MAX_SENT:
        return [], words.add_many.format(count=MAX_FILES, size=MAX_SENT // 10**6)
    sent = [_sent(file) for file in files]
    return ([], words.add_nothing) if None in sent else ([file for file in sent if file], "")


def _size(file: Any) -> int:
    """About how many bytes a file has, before it is decoded."""
    data = file.get("data") if isinstance(file, dict) else None
    return len(data) * 3 // 4 if isinstance(data, str) else 0


def _sent(file: Any) -> Sent | None:
    if not isinstance(file, dict):
        return None
    name, data = file.get("name"), file.get("data")
    if not isinstance(name, str) or not isinstance(data, str):
        return None
    try:
        return Sent(name[:500], b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        return None
