"""The view in which articles are added: its form, its progress, and what became of the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.corpus import SUFFIXES
from rag.types import Stage
from rag.ui.permalink import Place
from rag.ui.render import source_pane
from rag.ui.render.templates import fragment
from rag.ui.upload_store import MAX_BYTES, MAX_FILES, MAX_SENT, Outcome
from rag.ui.wording import Strings

_MEGABYTE = 10**6
_NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class _Line:
    """What became of a file; a file that was read can be opened at its ``place``."""

    name: str
    said: str
    place: Place | None = None


def adding_html(words: Strings, below: Markup = _NOTHING) -> str:
    """The view, with a note, the progress or the result ``below``."""
    return source_pane.adding_html(
        words,
        below=below,
        largest=MAX_SENT,
        most=MAX_FILES,
        too_many=words.add_many.format(count=MAX_FILES, size=MAX_SENT // _MEGABYTE),
        limits=words.add_limits.format(count=MAX_FILES, size=MAX_SENT // _MEGABYTE),
        suffixes=",".join(SUFFIXES),
    )


def progress_html(stage: Stage, done: int, total: int, words: Strings) -> Markup:
    return fragment("adding_progress", stage=words.add_stages[stage], done=done, total=total)


def note_html(message: str) -> Markup:
    """What is wrong with what was sent, as one line."""
    return fragment("adding_note", message=message)


def outcomes_html(outcomes: Sequence[Outcome], words: Strings) -> Markup:
    """What was read from each file, or why it was left out."""
    read = [outcome for outcome in outcomes if outcome.source]
    articles, paragraphs = sum(o.articles for o in read), sum(o.paragraphs for o in read)
    total = words.add_done.format(files=len(read), articles=articles, paragraphs=paragraphs) if read else ""
    return fragment("adding_outcomes", words=words, total=total, lines=[_line(o, words) for o in outcomes])


def _line(outcome: Outcome, words: Strings) -> _Line:
    if outcome.source is None:
        return _Line(outcome.name, words.add_skipped.format(reason=_reason(outcome, words)))
    said = words.add_read.format(articles=outcome.articles, paragraphs=outcome.paragraphs)
    return _Line(outcome.name, said, Place(outcome.source, 0, 1))


def _reason(outcome: Outcome, words: Strings) -> str:
    reasons = {
        "type": words.add_type,
        "large": words.add_large.format(size=MAX_BYTES // _MEGABYTE),
        "name": words.add_name,
        "known": words.add_known,
        "full": words.add_full,
        "unkept": words.add_unkept,
    }
    return reasons.get(outcome.problem or "", words.add_unreadable)
