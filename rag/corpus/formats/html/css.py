"""Read from a page's styles which text is hidden, struck out, raised or lowered.

Style attributes are read, and those rules of the page's style sheets whose selectors consist of element names, classes
and ids. Everything else (states, conditions, other media) would need a browser and is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.corpus.formats.html.markup import words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_READ = words("display visibility opacity font-size text-decoration text-decoration-line vertical-align")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_COMPOUND = r"(?:[A-Za-z][\w-]*|\*)?(?:[.#][\w-]+)*"
_SELECTOR = re.compile(rf"{_COMPOUND}(?:\s*>\s*{_COMPOUND}|\s+{_COMPOUND})*")
_STEP = re.compile(rf"(>?)\s*((?!\s|>|\Z){_COMPOUND})")
_PART = re.compile(r"[.#]?[\w-]+")
_ZERO = re.compile(r"[0.]+(?:px|pt|em|rem|%)?")
#: How many rules are read for one element name, class or id; the limit is for hostile pages.
_MAX_RULES = 32
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How an element is shown; ``raised`` is "sup", "sub" or empty, ``display`` the value of that property.

    ``hidden`` text takes no space. ``invisible`` text keeps its space, and a script may show it later.
    """

    hidden: bool = False
    invisible: bool = False
    struck: bool = False
    raised: str = ""
    display: str = ""


_PLAIN = Look()


@dataclass(frozen=True, slots=True)
class _Rule:
    """A selector and its declarations.

    ``steps`` are the compound selectors from the last to the first, each with whether it must match the parent.
    """

    steps: tuple[tuple[bool, frozenset[str]], ...]
    specificity: tuple[int, int, int]
    declarations: Mapping[str, tuple[bool, str]]


class Styles:
    """The rules of a page's style sheets."""

    def __init__(self, sheets: Sequence[str]) -> None:
        self._rules: dict[str, list[_Rule]] = {}
        self._looks: dict[HtmlElement, Look] = {}
        for sheet in sheets:
            for selectors, body in _rule_texts(_COMMENT.sub(" ", sheet)):
                if declarations := _declarations(body):
                    for selector in selectors.split(","):
                        self._add(selector.strip(), declarations)

    def _add(self, selector: str, declarations: Mapping[str, tuple[bool, str]]) -> None:
        if not selector or len(selector) > 200 or not _SELECTOR.fullmatch(selector):
            return
        compounds = [(match[1] == ">", frozenset(_parts(match[2]))) for match in _STEP.finditer(selector)]
        if not compounds:
            return
        must_be_parent = [child for child, _ in compounds[1:]] + [False]
        steps = tuple(zip(must_be_parent, (parts for _, parts in compounds), strict=True))
        names = [part for _, parts in compounds for part in parts]
        specificity = (
            sum(name.startswith("#") for name in names),
            sum(name.startswith(".") for name in names),
            sum(name[0] not in "#." for name in names),
        )
        key = max(compounds[-1][1], key=lambda part: (part.startswith("#"), part.startswith(".")), default="*")
        rules = self._rules.setdefault(key, [])
        if len(rules) < _MAX_RULES:
            rules.append(_Rule(steps[::-1], specificity, declarations))

    def look(self, element: HtmlElement) -> Look:
        """How an element is shown by its own styles and attributes; those of its parents are not considered."""
        if element not in self._looks:
            self._looks[element] = _look(self._properties(element), element.attrib)
        return self._looks[element]

    def _properties(self, element: HtmlElement) -> dict[str, str]:
        rules = [rule for key in _names(element) for rule in self._rules.get(key, ()) if _matches(rule, element)]
        values: dict[str, tuple[bool, str]] = {}
        for declarations in [
            *(rule.declarations for rule in sorted(rules, key=lambda rule: rule.specificity)),
            _declarations(element.get("style", "")),
        ]:
            for name, (important, value) in declarations.items():
                if important or not values.get(name, (False, ""))[0]:
                    values[name] = (important, value)
        return {name: value for name, (_, value) in values.items()}


def _rule_texts(sheet: str) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule that applies to every screen."""
    opened: list[str] = []
    at = 0
    for brace in _BRACE.finditer(sheet):
        text, at = sheet[at : brace.start()], brace.end()
        if brace[0] == "{":
            opened.append(text.rpartition(";")[2].strip())
            if len(opened) > _MAX_DEPTH:
                return
        elif opened:
            selectors = opened.pop()
            if not selectors.startswith("@") and all(_applies_everywhere(rule) for rule in opened):
                yield selectors, text


def _applies_everywhere(at_rule: str) -> bool:
    parts = at_rule.lower().split(None, 1)
    return parts[:1] == ["@layer"] or parts in (["@media", "screen"], ["@media", "all"], ["@media", "only screen"])


def _declarations(body: str) -> dict[str, tuple[bool, str]]:
    """The properties that are read: whether each is important, and its value."""
    properties = {}
    for line in body.lower().split(";"):
        name, _, value = line.partition(":")
        plain, mark, _ = value.partition("!")
        if name.strip() in _READ and plain.strip():
            properties[name.strip()] = (bool(mark), plain.strip())
    return properties


def look_of(attributes: Mapping[str, str]) -> Look:
    """How an element with these attributes is shown, disregarding style sheets.

    >>> look_of({"style": "text-decoration: line-through"}).struck
    True
    """
    properties = {name: value for name, (_, value) in _declarations(attributes.get("style", "")).items()}
    return _look(properties, attributes)


def _look(properties: Mapping[str, str], attributes: Mapping[str, str]) -> Look:
    display = properties.get("display", "none" if "hidden" in attributes else "")
    if not properties and not display:
        return _PLAIN
    decoration = f"{properties.get('text-decoration', '')} {properties.get('text-decoration-line', '')}"
    return Look(
        hidden=display == "none",
        invisible=properties.get("visibility", "") in ("hidden", "collapse")
        or any(_ZERO.fullmatch(properties.get(name, "1")) is not None for name in ("opacity", "font-size")),
        struck="line-through" in decoration,
        raised={"super": "sup", "sub": "sub"}.get(properties.get("vertical-align", ""), ""),
        display=display,
    )


def _parts(compound: str) -> Iterator[str]:
    for part in _PART.findall(compound):
        yield part if part[0] in ".#" else part.lower()


def _names(element: HtmlElement) -> list[str]:
    """What selectors may call an element: its tag, its id and its classes."""
    names = [element.tag, "*"]
    if name := element.get("id"):
        names.append(f"#{name}")
    return [*names, *(f".{name}" for name in element.get("class", "").split())]


def _matches(rule: _Rule, element: HtmlElement) -> bool:
    outer: HtmlElement | None = element
    for i, (must_be_parent, parts) in enumerate(rule.steps):
        if i:
            assert outer is not None
            outer = outer.getparent()
            while outer is not None and not must_be_parent and not parts.issubset(_names(outer)):
                outer = outer.getparent()
        if outer is None or not parts.issubset(_names(outer)):
            return False
    return True
