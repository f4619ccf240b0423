"""What lines that a page draws do to its text: they strike it out, or make fractions of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.corpus.pdf_glyphs import Glyph
from rag.corpus.pdf_rules import Rule

#: A line goes through a character between these shares of its height; an underline lies below, a fraction bar stands
#: as high beside its line.
_THROUGH = (0.3, 0.75)
#: A line that strikes out ends where its text does, give or take so many heights.
_ENDS = 0.6
_MOST_IN_FRACTION = 30
#: Characters are looked for so many points above and below a line, at least.
_BAND = 40


def carried_out(glyphs: Sequence[Glyph], rules: Iterable[Rule]) -> list[Glyph]:
    """The characters without those that are struck out, and with each fraction as one: 1/2500."""
    bands: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        if not glyph.angle:
            bands.setdefault(int((glyph.bottom + glyph.top) / 2 // _BAND), []).append(glyph)
    places = {id(glyph): place for place, glyph in enumerate(glyphs)}
    changed: dict[int, Glyph | None] = {}  # by place
    for rule in rules:
        if not rule.level:
            continue
        band = int(rule.at // _BAND)
        near = [glyph for at in (band - 1, band, band + 1) for glyph in bands.get(at, ())]
        near = [glyph for glyph in near if places[id(glyph)] not in changed]
        parts = _struck(near, rule)
        fraction = None if parts else _fraction(near, rule)
        if fraction is not None:
            parts = fraction.parts
        changed |= dict.fromkeys((places[id(glyph)] for glyph in parts), None)
        if fraction is not None:
            first = min(places[id(glyph)] for glyph in parts)
            mixed = first > 0 and glyphs[first - 1].text.isdigit() and _is_beside(glyphs[first - 1], rule)
            changed[first] = replace(fraction.shown, gap=" " if mixed else glyphs[first].gap)
    shown = (changed.get(place, glyph) for place, glyph in enumerate(glyphs))
    return [glyph for glyph in shown if glyph is not None]


def _struck(glyphs: Sequence[Glyph], rule: Rule) -> Sequence[Glyph]:
    """The characters that a line goes through, if it is no longer than they are."""
    struck = [glyph for glyph in glyphs if rule.start < glyph.middle < rule.end and _is_at_middle(glyph, rule.at)]
    if not struck:
        return ()
    room = _ENDS * max(glyph.height for glyph in struck)
    left, right = min(glyph.left for glyph in struck), max(glyph.right for glyph in struck)
    return struck if left - rule.start < room and rule.end - right < room else ()


def _is_at_middle(glyph: Glyph, y: float) -> bool:
    return _THROUGH[0] < (y - glyph.bottom) / max(glyph.height, 0.1) < _THROUGH[1]


@dataclass(frozen=True, slots=True)
class _Fraction:
    shown: Glyph
    parts: Sequence[Glyph]


def _fraction(glyphs: Sequence[Glyph], rule: Rule) -> _Fraction | None:
    """What a bar makes of the text right above and below it, if it stands beside the middle of other text."""
    within = [glyph for glyph in glyphs if rule.start - 1 < glyph.left and glyph.right < rule.end + 1]
    above = sorted((g for g in within if abs(g.bottom - rule.at) < 0.5 * g.height), key=lambda g: g.left)
    below = sorted((g for g in within if abs(g.top - rule.at) < 0.5 * g.height), key=lambda g: g.left)
    if not above or not below or len(above) + len(below) > _MOST_IN_FRACTION:
        return None
    parts = [*above, *below]
    beside = next((glyph for glyph in glyphs if glyph not in parts and _is_beside(glyph, rule)), None)
    widest = max(side[-1].right - side[0].left for side in (above, below))
    if beside is None or 2 * widest < rule.end - rule.start:
        return None
    text = f"{_grouped(above)}/{_grouped(below)}"
    shown = replace(
        beside, text=text, left=rule.start, right=rule.end, order=min(glyph.order for glyph in parts), broken=False
    )
    return _Fraction(shown, parts)


def _is_beside(glyph: Glyph, rule: Rule) -> bool:
    gap = max(rule.start - glyph.right, glyph.left - rule.end)
    return not glyph.angle and -0.1 * glyph.height < gap < glyph.height and _is_at_middle(glyph, rule.at)


def _grouped(part: Sequence[Glyph]) -> str:
    """One side of a fraction, in brackets where it would run together with the other."""
    text = "".join(glyph.text for glyph in part)
    return text if text.replace(".", "").isalnum() else f"({text})"
