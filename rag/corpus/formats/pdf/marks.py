"""Apply the lines that a page draws to its text: they strike characters out, or are the bars of fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.corpus.formats.pdf.glyphs import Glyph
from rag.corpus.formats.pdf.rules import Rule

#: A line goes through a character between these shares of its height. An underline is lower; the bar of a fraction is
#: as high beside the characters of its line.
_THROUGH = (0.3, 0.75)
#: A line that strikes text out ends where the text does; it may be longer or shorter by this many heights.
_ENDS = 0.6
_MAX_IN_FRACTION = 30
#: Characters are grouped by height in bands of this many points, and looked up in the band of a line and the next ones.
_BAND = 40


def apply_marks(glyphs: Sequence[Glyph], rules: Iterable[Rule]) -> list[Glyph]:
    """The characters without those that are struck out, and with one glyph for each fraction, such as 1/2500."""
    lines = [rule for rule in rules if rule.horizontal]
    if not lines:
        return list(glyphs)
    bands: dict[int, list[int]] = {}
    for place, glyph in enumerate(glyphs):
        if not glyph.angle:
            bands.setdefault(int((glyph.bottom + glyph.top) / 2 // _BAND), []).append(place)
    places = {id(glyph): place for place, glyph in enumerate(glyphs)}
    changed: dict[int, Glyph | None] = {}  # by place; None for characters that are left out
    for rule in lines:
        band = int(rule.at // _BAND)
        near = [place for number in (band - 1, band, band + 1) for place in bands.get(number, ())]
        unchanged = [glyphs[place] for place in near if place not in changed]
        if struck := _struck(unchanged, rule):
            changed |= dict.fromkeys((places[id(glyph)] for glyph in struck), None)
        elif fraction := _fraction(unchanged, rule):
            parts = [places[id(glyph)] for glyph in fraction.parts]
            first = min(parts)
            before = glyphs[first - 1] if first else None
            is_mixed = before is not None and before.text.isdigit() and _is_beside(before, rule)
            changed |= dict.fromkeys(parts, None)
            changed[first] = replace(fraction.glyph, gap=" " if is_mixed else glyphs[first].gap)
    result = (changed.get(place, glyph) for place, glyph in enumerate(glyphs))
    return [glyph for glyph in result if glyph is not None]


def _struck(glyphs: Sequence[Glyph], rule: Rule) -> Sequence[Glyph]:
    """The characters that a line goes through, if it is not longer than they are."""
    struck = [glyph for glyph in glyphs if rule.start < glyph.middle < rule.end and _is_at_middle(glyph, rule.at)]
    if not struck:
        return ()
    tolerance = _ENDS * max(glyph.height for glyph in struck)
    left, right = min(glyph.left for glyph in struck), max(glyph.right for glyph in struck)
    return struck if left - rule.start < tolerance and rule.end - right < tolerance else ()


def _is_at_middle(glyph: Glyph, y: float) -> bool:
    return _THROUGH[0] < (y - glyph.bottom) / max(glyph.height, 0.1) < _THROUGH[1]


@dataclass(frozen=True, slots=True)
class _Fraction:
    """A fraction as one ``glyph``, and the ``parts`` that it replaces."""

    glyph: Glyph
    parts: Sequence[Glyph]


def _fraction(glyphs: Sequence[Glyph], rule: Rule) -> _Fraction | None:
    """The fraction of which a line is the bar, if it stands beside the middle of other text."""
    within = [glyph for glyph in glyphs if rule.start - 1 < glyph.left and glyph.right < rule.end + 1]
    above = sorted((g for g in within if abs(g.bottom - rule.at) < 0.5 * g.height), key=lambda g: g.left)
    below = sorted((g for g in within if abs(g.top - rule.at) < 0.5 * g.height), key=lambda g: g.left)
    if not above or not below or len(above) + len(below) > _MAX_IN_FRACTION:
        return None
    parts = [*above, *below]
    beside = next((glyph for glyph in glyphs if glyph not in parts and _is_beside(glyph, rule)), None)
    widest = max(side[-1].right - side[0].left for side in (above, below))
    if beside is None or 2 * widest < rule.end - rule.start:
        return None
    text = f"{_in_brackets(above)}/{_in_brackets(below)}"
    order = min(glyph.order for glyph in parts)
    return _Fraction(replace(beside, text=text, left=rule.start, right=rule.end, order=order, broken=False), parts)


def _is_beside(glyph: Glyph, rule: Rule) -> bool:
    """Whether a character is next to an end of a line, which is as high as the character's middle."""
    gap = max(rule.start - glyph.right, glyph.left - rule.end)
    return not glyph.angle and -0.1 * glyph.height < gap < glyph.height and _is_at_middle(glyph, rule.at)


def _in_brackets(side: Sequence[Glyph]) -> str:
    """One side of a fraction, in brackets unless it is a number or a word."""
    text = "".join(glyph.text for glyph in side)
    return text if text.replace(".", "").isalnum() else f"({text})"
