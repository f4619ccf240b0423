"""Which articles a filter lets through, and whether a filter makes sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from difflib import get_close_matches
from fnmatch import translate

from rag.errors import InputError
from rag.text import fold
from rag.types import Filter


def check_filter(where: Filter) -> None:
    """``InputError`` for a day that does not exist or is not in ISO form."""
    for name, day in (("since", where.since), ("until", where.until)):
        if day is not None:
            try:
                valid = date.fromisoformat(day).isoformat() == day
            except ValueError:
                valid = False
            if not valid:
                raise InputError(f"{name} is {day!r}, which is no day: write it like 2024-06-01")


def admits(where: Filter) -> Callable[[str, str, str | None], bool]:
    """Whether ``where`` lets an article through, by its source, its title and its date."""
    from_source = _any_of([named(source) for source in where.sources])
    titled = _any_of([_holds(words) for words in where.articles])
    return lambda source, title, day: from_source(source) and titled(title) and _is_within(day, where)


def _any_of(tests: Sequence[Callable[[str], bool]]) -> Callable[[str], bool]:
    return lambda text: not tests or any(test(text) for test in tests)


def named(source: str) -> Callable[[str], bool]:
    """Whether a name is ``source``, or fits it as a pattern. A name that contains ``*`` or ``[`` still fits itself."""
    pattern = re.compile(translate(source))
    return lambda name: name == source or bool(pattern.match(name))


def check_sources(known: Sequence[str], wanted: Sequence[str]) -> None:
    """``InputError`` for a name or pattern that fits none of the ``known`` sources; it names the nearest one."""
    for source in wanted:
        if not any(map(named(source), known)):
            near = get_close_matches(source, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "name one as `rag search` shows them, or a pattern of them"
            raise InputError(f"the index has no source {source!r}: {hint}")


def _holds(words: str) -> Callable[[str], bool]:
    wanted = "".join(fold(words).split())
    return lambda title: wanted in "".join(fold(title).split())


def _is_within(day: str | None, where: Filter) -> bool:
    if where.since is None and where.until is None:
        return True
    return day is not None and (where.since or "") <= day <= (where.until or "9999-12-31")
