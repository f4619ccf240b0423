"""What a page's styles do to the meaning of its text: hidden, struck out, raised or lowered.

Style attributes count, and of style sheets in the page those rules whose selectors are made of names, classes and ids.
All else (states, conditions, other media) cannot be told without a browser and says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.corpus.html_source import names

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_READ = names("display visibility opacity font-size text-decoration text-decoration-line vertical-align")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_COMPOUND = r"(?:[A-Za-z][\w-]*|\*)?(?:[.#][\w-]+)*"
_SELECTOR = re.compile(rf"{_COMPOUND}(?:\s*>\s*{_COMPOUND}|\s+{_COMPOUND})*")
_STEP = re.compile(rf"(>?)\s*((?!\s|>|\Z){_COMPOUND})")
_PART = re.compile(r"[.#]?[\w-]+")
_ZERO = re.compile(r"[0.]+(?:px|pt|em|rem|%)?")
#: More rules of one key than this are no style sheet of an article.
_MAX_RULES = 32
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of an element is shown. ``veiled`` text is not seen, but keeps its place: scripts may unveil it."""

    gone: bool = False
    veiled: bool = False
    struck: bool = False
    raised: str = ""
    display: str = ""


_PLAIN = Look()


@dataclass(frozen=True, slots=True)
class _Rule:
    """``steps`` are the compound selectors from the last to the first, each with whether it must be the parent."""

    steps: tuple[tuple[bool, frozenset[str]], ...]
    weight: tuple[int, int, int]
    declared: Mapping[str, tuple[bool, str]]


class Styles:
    """The rules of a page's style sheets."""

    def __init__(self, sheets: Sequence[str]) -> None:
        self._rules: dict[str, list[_Rule]] = {}
        self._looks: dict[HtmlElement, Look] = {}
        for sheet in sheets:
            for selectors, body in _blocks(_COMMENT.sub(" ", sheet)):
                if declared := _declarations(body):
                    for selector in selectors.split(","):
                        self._add(selector.strip(), declared)

    def _add(self, selector: str, declared: Mapping[str, tuple[bool, str]]) -> None:
        if not selector or len(selector) > 200 or not _SELECTOR.fullmatch(selector):
            return
        found = [(match[1] == ">", frozenset(_parts(match[2]))) for match in _STEP.finditer(selector)]
        steps = tuple((found[i + 1][0] if i + 1 < len(found) else False, parts) for i, (_, parts) in enumerate(found))
        names = [part for _, parts in found for part in parts]
        weight = (
            sum(name.startswith("#") for name in names),
            sum(name.startswith(".") for name in names),
            sum(name[0] not in "#." for name in names),
        )
        key = max(found[-1][1], key=lambda part: (part.startswith("#"), part.startswith(".")), default="*")
        rules = self._rules.setdefault(key, [])
        if len(rules) < _MAX_RULES:
            rules.append(_Rule(steps[::-1], weight, declared))

    def look(self, element: HtmlElement) -> Look:
        """How an element is shown, as far as its own styles and attributes say."""
        if element not in self._looks:
            self._looks[element] = _look(self._said(element), element.attrib)
        return self._looks[element]

    def _said(self, element: HtmlElement) -> dict[str, str]:
        rules = [rule for key in _names(element) for rule in self._rules.get(key, ()) if _fits(rule, element)]
        values: dict[str, tuple[bool, str]] = {}
        for declared in [
            *(rule.declared for rule in sorted(rules, key=lambda rule: rule.weight)),
            _declarations(element.get("style", "")),
        ]:
            for name, (important, value) in declared.items():
                if important or not values.get(name, (False, ""))[0]:
                    values[name] = (important, value)
        return {name: value for name, (_, value) in values.items()}


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that hold on every screen."""
    opened: list[str] = []
    at = 0
    for brace in _BRACE.finditer(sheet):
        text, at = sheet[at : brace.start()], brace.end()
        if brace[0] == "{":
            opened.append(text.rpartition(";")[2].strip())
            if len(opened) > _DEEPEST:
                return
        elif opened:
            selectors = opened.pop()
            if not selectors.startswith("@") and all(_holds(rule) for rule in opened):
                yield selectors, text


def _holds(rule: str) -> bool:
    words = rule.lower().split(None, 1)
    return words[:1] == ["@layer"] or words in (["@media", "screen"], ["@media", "all"], ["@media", "only screen"])


def _declarations(body: str) -> dict[str, tuple[bool, str]]:
    """The declarations that are read: whether important, and the value."""
    found = {}
    for line in body.lower().split(";"):
        name, _, value = line.partition(":")
        plain, mark, _ = value.partition("!")
        if name.strip() in _READ and plain.strip():
            found[name.strip()] = (bool(mark), plain.strip())
    return found


def look_of(attributes: Mapping[str, str]) -> Look:
    """How an element with these attributes is shown, whatever style sheets say.

    >>> look_of({"style": "text-decoration: line-through"}).struck
    True
    """
    said = {name: value for name, (_, value) in _declarations(attributes.get("style", "")).items()}
    return _look(said, attributes)


def _look(said: Mapping[str, str], attributes: Mapping[str, str]) -> Look:
    hidden = "none" if "hidden" in attributes else ""
    if not said and not hidden:
        return _PLAIN
    decoration = f"{said.get('text-decoration', '')} {said.get('text-decoration-line', '')}"
    return Look(
        gone=said.get("display", hidden) == "none",
        veiled=said.get("visibility", "") in ("hidden", "collapse")
        or any(_ZERO.fullmatch(said.get(name, "1")) is not None for name in ("opacity", "font-size")),
        struck="line-through" in decoration,
        display=said.get("display", ""),
        raised={"super": "sup", "sub": "sub"}.get(said.get("vertical-align", ""), ""),
    )


def _parts(compound: str) -> Iterator[str]:
    for part in _PART.findall(compound):
        yield part if part[0] in ".#" else part.lower()


def _names(element: HtmlElement) -> list[str]:
    """What selectors may call an element: its tag, its id, its classes."""
    names = [element.tag, "*"]
    if name := element.get("id"):
        names.append(f"#{name}")
    return [*names, *(f".{name}" for name in element.get("class", "").split())]


def _fits(rule: _Rule, element: HtmlElement) -> bool:
    at: HtmlElement | None = element
    for i, (parent, parts) in enumerate(rule.steps):
        if i:
            assert at is not None
            at = at.getparent()
            while at is not None and not parent and not parts.issubset(_names(at)):
                at = at.getparent()
        if at is None or not parts.issubset(_names(at)):
            return False
    return True
