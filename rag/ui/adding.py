"""Adding articles in the browser: the view of the source pane for it, and its event."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.corpus import SUFFIXES
from rag.errors import IndexBusyError, RagError
from rag.types import Stage
from rag.ui.escape import html_text
from rag.ui.events import payload, told
from rag.ui.pane import View, pane_html
from rag.ui.permalink import Place
from rag.ui.strings import Lang, Strings, strings
from rag.ui.upload import MAX_BYTES, MAX_FILES, MAX_SENT, Outcome, Sent, Shelf

_SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True, slots=True)
class Adding:
    """The events of the view."""

    shelf: Shelf
    welcome: Callable[[Strings], str]

    def add(self, lang: Lang, event: gr.EventData) -> Iterator[tuple[Any, Any]]:
        """Take in the files that the browser sent, which may be anything; yields the view as it goes on, and chat."""
        words = strings(lang)
        files, trouble = received(payload(event).get("files"), words)
        if trouble:
            yield adding_html(words, _note(trouble)), gr.skip()
            return
        at: list[tuple[Stage, int, int]] = [("read", 0, len(files))]
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self.shelf.add, files, lambda *stage: at.append(stage))
            while not work.done():
                yield adding_html(words, progress_html(*at[-1], words)), gr.skip()
                wait([work], _SECONDS_BETWEEN_LOOKS)
        yield adding_html(words, _result(work, words)), gr.skip()
        yield gr.skip(), gr.update(placeholder=self.welcome(words))


def _result(work: Future[list[Outcome]], words: Strings) -> str:
    try:
        return outcomes_html(work.result(), words)
    except IndexBusyError:
        return _note(words.add_busy)
    except RagError as error:
        return _note(told(error, words))


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


def adding_html(words: Strings, below: str = "") -> str:
    """The view, with a note, the progress or the result ``below``."""
    limits = words.add_limits.format(size=MAX_SENT // 10**6, count=MAX_FILES)
    many = words.add_many.format(count=MAX_FILES, size=MAX_SENT // 10**6)
    accepted = ",".join(SUFFIXES)
    told = f'data-sending="{words.add_sending}" data-largest="{MAX_SENT}" data-most="{MAX_FILES}" data-many="{many}"'
    body = (
        f'<p class="wb-note">{words.add_about}</p>'
        f'<label class="wb-drop" {told}><input type="file" multiple accept="{accepted}">'
        f"<strong>{words.add_choose}</strong> {words.add_drop}<small>{limits}</small></label>"
        f'<div class="wb-added" role="status">{below}</div>'
    )
    back = f'<button type="button" class="wb-back" data-view="contents" data-key="">{words.back_to_contents}</button>'
    return pane_html(words.add, body, words, View("add"), back)


def progress_html(stage: Stage, done: int, total: int, words: Strings) -> str:
    name = words.add_stages[stage]
    return f'<p>{name} … {done}/{total}</p><progress max="{max(total, 1)}" value="{done}">{done}</progress>'


def outcomes_html(outcomes: Sequence[Outcome], words: Strings) -> str:
    """What was read from each file, or why it was left out."""
    read = [outcome for outcome in outcomes if outcome.source]
    total = words.add_done.format(
        files=len(read), articles=sum(o.articles for o in read), paragraphs=sum(o.paragraphs for o in read)
    )
    lines = "".join(f"<li>{_line(outcome, words)}</li>" for outcome in outcomes)
    if not read:
        return f"<ul>{lines}</ul>"
    return f'<p class="wb-total">{total}</p><ul>{lines}</ul><p>{words.add_ask}</p>'


def _line(outcome: Outcome, words: Strings) -> str:
    name = html_text(outcome.name)
    if outcome.source is None:
        return f"<span>{name}</span> <small>{words.add_skipped.format(reason=_reason(outcome, words))}</small>"
    said = words.add_read.format(articles=outcome.articles, paragraphs=outcome.paragraphs)
    key = html_text(Place(outcome.source, 0, 1).query)
    return f'<button type="button" data-view="place" data-key="{key}">{name}</button> <small>{said}</small>'


def _reason(outcome: Outcome, words: Strings) -> str:
    reasons = {
        "type": words.add_type,
        "large": words.add_large.format(size=MAX_BYTES // 10**6),
        "name": words.add_name,
        "known": words.add_known,
        "full": words.add_full,
        "unkept": words.add_unkept,
    }
    return reasons.get(outcome.problem or "", words.add_unreadable)


def _note(message: str) -> str:
    return f'<p class="wb-stale">{html_text(message)}</p>'
