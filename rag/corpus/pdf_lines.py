"""The characters of a page to runs: pieces of lines without a wide gap, in the order of the file.

Raised and lowered characters are kept as such, characters set apart are drawn together, pronunciation above a line is
left out, and vertical text is turned so that it reads as lines do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from rag.corpus.pdf_glyphs import Field, Glyph
from rag.corpus.scripts import subscript, superscript
from rag.text.script import CJK, UNSPACED_OR_PUNCTUATION

#: A gap this wide, in heights of the line, is no space between words.
WIDE_GAP = 0.7
#: Less than this between Chinese characters is no space at all.
_NO_GAP = 0.8
#: A gap of more than this, in heights, sets characters apart.
_APART = 0.15
_SMALL = 0.87
#: How far the base line of raised and lowered characters is from that of the line, in heights of it.
_RAISED, _LOWERED = 0.12, 0.06
_SPACED = re.compile(
    rf"(?:{UNSPACED_OR_PUNCTUATION.pattern}|\w)(?:[ \t]+(?:{UNSPACED_OR_PUNCTUATION.pattern}|\w)){{2,}}"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_TWO_APART = re.compile(rf"{_HAN.pattern}[ \t]+{_HAN.pattern}")
_RUBY = 0.75
#: The first character of a paragraph may be this much higher than its lines.
INITIAL = 1.6
#: Fewer characters below one another are no vertical text.
_MIN_VERTICAL = 6


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line and its place; ``pieces`` are the parts of it that the file itself sets apart.

    ``broken``: the next line ends its word. ``is_row``: its text is a row of a table, or several with blank lines
    between them. ``order``: its place in the file.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    broken: bool = False
    is_row: bool = False
    pieces: tuple[Run, ...] = ()
    order: int = 0

    @property
    def height(self) -> float:
        return self.top - self.bottom


def runs(glyphs: Sequence[Glyph], fields: Iterable[Field] = ()) -> list[Run]:
    """The runs of a page, in the order of the file; vertical text comes turned, as if it were horizontal."""
    made: list[Run] = []
    for group, vertical in _by_direction(glyphs):
        if vertical:
            made += _columns(group)
        else:
            parts = list(_parts(group))
            made += _without_ruby(
                _drawn_together([_run(p, spaced=s) for p, s in zip(parts, _spaced(parts), strict=True)])
            )
    for field in fields:
        _insert(made, field)
    return made


def _turned(glyph: Glyph, quarters: int) -> Glyph:
    """A glyph after so many quarter turns clockwise of the page."""
    left, right, bottom, top = glyph.left, glyph.right, glyph.bottom, glyph.top
    for _ in range(quarters):
        left, right, bottom, top = bottom, top, -right, -left
    return replace(glyph, left=left, right=right, bottom=bottom, top=top)


def _by_direction(glyphs: Sequence[Glyph]) -> Iterator[tuple[list[Glyph], bool]]:
    """The glyphs of horizontal and of vertical text, those first that come first in the file.

    What is set sideways is turned, but for Latin letters within vertical lines.
    """
    upright = [glyph for glyph in glyphs if not glyph.angle]
    vertical = dict(zip(map(id, upright), _vertical(upright), strict=True))
    any_vertical = any(vertical.values())
    groups: dict[bool, list[Glyph]] = {}
    for glyph in glyphs:
        down = vertical.get(id(glyph), any_vertical)
        groups.setdefault(down, []).append(_turned(glyph, glyph.angle) if glyph.angle and not down else glyph)
    for down, group in groups.items():
        yield group, down


def _vertical(glyphs: Sequence[Glyph]) -> list[bool]:
    """Which glyphs stand in vertical lines: their neighbours stand below and above them, not beside."""
    if _mostly_to_the_right(glyphs):
        return [False] * len(glyphs)
    apart = _nearest_below_not_beside(glyphs)
    if sum(apart) < _MIN_VERTICAL or 2 * sum(apart) < sum(1 for glyph in glyphs if CJK.match(glyph.text)):
        return [False] * len(glyphs)
    size = median(glyph.height for glyph in glyphs)
    return [flag or glyph.height < _RUBY * size for flag, glyph in zip(apart, glyphs, strict=True)]


def _mostly_to_the_right(glyphs: Sequence[Glyph]) -> bool:
    """Whether most glyphs stand close behind the one before; looking at neighbours takes much longer."""
    close = sum(
        abs(a.bottom - b.bottom) < 0.4 * b.height and 0 < b.middle - a.middle < 1.25 * b.height
        for a, b in pairwise(glyphs)
    )
    return 2 * close >= len(glyphs) - 1


def _nearest_below_not_beside(glyphs: Sequence[Glyph]) -> list[bool]:
    cells: dict[tuple[int, int], list[int]] = {}
    size = median(glyph.height for glyph in glyphs) if glyphs else 1.0
    size = max(size, 0.1)
    for i, glyph in enumerate(glyphs):
        cells.setdefault((int(glyph.middle // size), int(glyph.bottom // size)), []).append(i)
    flags = []
    for i, glyph in enumerate(glyphs):
        column, row = int(glyph.middle // size), int(glyph.bottom // size)
        beside = below = 3 * size
        for dx in range(-3, 4):
            for dy in range(-3, 4):
                for j in cells.get((column + dx, row + dy), ()):
                    if j == i or glyphs[j].height < _RUBY * glyph.height:
                        continue
                    x, y = abs(glyphs[j].middle - glyph.middle), abs(glyphs[j].bottom - glyph.bottom)
                    if y < 0.4 * size and x > 0.2 * size:
                        beside = min(beside, x)
                    elif x < 0.4 * size and y > 0.2 * size:
                        below = min(below, y)
        flags.append(below < 0.9 * beside and below < 2 * size)
    return flags


def _columns(glyphs: Sequence[Glyph]) -> list[Run]:
    """Vertical lines from the right, tier by tier, turned to the left: the first one is on top then."""
    size = median(glyph.height for glyph in glyphs)
    # Smaller characters beside a line tell the pronunciation.
    body = [glyph for glyph in glyphs if max(glyph.right - glyph.left, glyph.height) > 0.65 * size]
    columns: list[list[Glyph]] = []
    for glyph in sorted(body, key=lambda glyph: -glyph.middle):
        if columns and columns[-1][0].middle - glyph.middle < 0.5 * size:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    lines = [line for column in columns for line in _without_gaps(sorted(column, key=lambda g: -g.top), size)]
    tiers = _tiers(lines)
    lines.sort(key=lambda line: (tiers[id(line)], -line[0].middle))
    return [_run([_turned_left(glyph) for glyph in line]) for line in lines]


def _without_gaps(column: Sequence[Glyph], size: float) -> Iterator[list[Glyph]]:
    line = [column[0]]
    for above, glyph in pairwise(column):
        if above.bottom - glyph.top > 1.5 * size:
            yield line
            line = []
        line.append(glyph)
    yield line


def _tiers(lines: Sequence[Sequence[Glyph]]) -> dict[int, int]:
    """In which tier of the page each line stands; no line of a tier stands beside one of another."""
    tiers: dict[int, int] = {}
    floor, tier = float("inf"), -1
    for line in sorted(lines, key=lambda line: -line[0].top):
        if line[0].top <= floor:
            tier += 1
            floor = line[-1].bottom
        floor = min(floor, line[-1].bottom)
        tiers[id(line)] = tier
    return tiers


def _turned_left(glyph: Glyph) -> Glyph:
    return replace(glyph, left=-glyph.top, right=-glyph.bottom, bottom=glyph.left, top=glyph.right, gap="")


def _parts(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    part: list[Glyph] = []
    for glyph in glyphs:
        if part and _is_apart(part, glyph):
            yield part
            first = glyph if glyph.line != part[-1].line else replace(glyph, gap="")
            part = [first]
        else:
            part.append(glyph)
    if part:
        yield part


def _is_apart(part: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether a glyph does not go on with a line: it stands below, behind a wide gap, or further left."""
    before = part[-1]
    size = max(before.height, glyph.height)
    overlap = min(before.top, glyph.top) - max(before.bottom, glyph.bottom)
    gap = glyph.left - before.right
    if before.broken:
        return True
    if overlap < 0.2 * min(before.height, glyph.height) or gap < -1.2 * size:
        return True
    if glyph.line != before.line:  # pdfium begins a line there: only what is raised or close goes on
        return gap > 0.3 * size or gap < -0.5 * size
    return gap > WIDE_GAP * size


def _run(part: Sequence[Glyph], *, whole: bool = True, spaced: bool = False) -> Run:
    is_spaced = whole and (spaced or _is_spaced(part))
    height = median(glyph.height for glyph in part)
    body = [glyph for glyph in part if glyph.height > _SMALL * height] or list(part)
    bottom = median(glyph.bottom for glyph in body)
    # The lines beside a large first character begin behind it.
    first = part[1] if len(part) > 1 and part[0].height > INITIAL * height else part[0]
    return Run(
        text=_text(part, bottom, height, is_spaced=is_spaced),
        left=first.left,
        right=max(glyph.right for glyph in part),
        bottom=bottom,
        top=bottom + height,
        broken=part[-1].broken,
        pieces=_pieces(part) if whole and not is_spaced else (),
        order=part[0].order,
    )


def _is_spaced(part: Sequence[Glyph]) -> bool:
    """Whether the characters of a line are set apart from one another."""
    gaps = [b.left - a.right for a, b in pairwise(part)]
    return len(gaps) > 1 and median(gaps) > _APART * median(glyph.height for glyph in part)


def _spaced(parts: Sequence[Sequence[Glyph]]) -> list[bool]:
    """Which parts have their characters set apart; one of two characters does if the part beside it does."""
    spaced = [_is_spaced(part) for part in parts]
    known = [(part, flag) for part, flag in zip(parts, spaced, strict=True)]
    around = zip([None, *known[:-1]], known, [*known[1:], None], strict=True)
    return [
        flag or any(other is not None and other[1] and _is_alike(part, other[0]) for other in (before, behind))
        for before, (part, flag), behind in around
    ]


def _is_alike(part: Sequence[Glyph], other: Sequence[Glyph]) -> bool:
    """Whether two characters on the line of others stand as far apart as those."""
    if len(part) != 2 or abs(part[0].bottom - other[0].bottom) > 0.2 * part[0].height:
        return False
    gap, usual = part[1].left - part[0].right, median(b.left - a.right for a, b in pairwise(other))
    return abs(gap - usual) < 0.3 * usual


def _pieces(part: Sequence[Glyph]) -> tuple[Run, ...]:
    """The parts of a line that stand apart, where the file itself has no white space."""
    starts = [i for i, (a, b) in enumerate(pairwise(part), 1) if _is_jump(a, b)]
    if not starts or 2 * len(starts) > len(part):
        return ()
    cuts = pairwise([0, *starts, len(part)])
    return tuple(_run([replace(part[a], gap=""), *part[a + 1 : b]], whole=False) for a, b in cuts)


def _is_jump(before: Glyph, glyph: Glyph) -> bool:
    if glyph.gap.strip("\t"):
        return False
    return "\t" in glyph.gap or glyph.left - before.right > _APART * glyph.height


def _text(part: Sequence[Glyph], bottom: float, height: float, *, is_spaced: bool) -> str:
    text = moved = ""
    kind = 0
    wide = _wide(part) if is_spaced else 0.0
    for before, glyph in zip([None, *part], part, strict=False):
        # What sets a paragraph in stays; other space before a run is a gap.
        space = "\u3000" * glyph.gap.count("\u3000") if before is None else _space(before, glyph, wide)
        now = _moved(before, glyph, bottom, height)
        if now != kind or space:
            text += _as_script(moved, kind)
            moved = ""
        kind = now
        text += space
        if kind:
            moved += glyph.text
        else:
            text += glyph.text
    return text + _as_script(moved, kind)


def _wide(part: Sequence[Glyph]) -> float:
    """How wide a gap between words is in a line whose characters are set apart."""
    if all(glyph.gap.strip("\t") for glyph in part[1:]) and not any(glyph.text.islower() for glyph in part):
        return 0.0  # capitals with a space each may be a list
    return 1.6 * median(b.left - a.right for a, b in pairwise(part))


def _as_script(text: str, kind: int) -> str:
    return superscript(text) if kind > 0 else subscript(text) if kind < 0 else text


def _moved(before: Glyph | None, glyph: Glyph, bottom: float, height: float) -> int:
    """1 for a raised glyph, -1 for a lowered one: smaller than the line, and right behind something."""
    if before is None or glyph.height > _SMALL * height or CJK.match(glyph.text):
        return 0
    if glyph.left - before.right > 0.3 * height:
        return 0
    raised = (glyph.bottom + 0.2 * glyph.height - bottom - 0.2 * height) / height
    return 1 if raised > _RAISED else -1 if raised < -_LOWERED else 0


def _space(before: Glyph, glyph: Glyph, wide: float) -> str:
    """The white space between two glyphs: the file's own, or a space for a jump between words.

    In a line whose characters are set apart a jump is no space, unless it is as ``wide``.
    """
    own = glyph.gap.replace("\t", "")
    gap = glyph.left - before.right
    if own == " " and 0 < gap < wide and not _HAN.match(glyph.text):
        return ""  # T h e   m i l l
    if own or not glyph.gap:
        return own
    if wide:
        return " " if gap > wide else ""
    chinese = CJK.match(before.text) and CJK.match(glyph.text)
    return "" if chinese and gap < _NO_GAP * glyph.height else " "


def _drawn_together(made: Sequence[Run]) -> list[Run]:
    """Runs of one character each, evenly apart beside or below one another, are one run."""
    result: list[Run] = []
    group: list[Run] = []
    for run in [*made, None]:
        if run and len(run.text) == 1 and (not group or _goes_on(group, run)):
            group.append(run)
            continue
        result += [_one(group)] if len(group) > 2 else group
        group = []
        if run and len(run.text) == 1:
            group = [run]
        elif run:
            result.append(run)
    return [replace(run, text=drawn_together(run.text)) for run in result]


def _goes_on(group: Sequence[Run], run: Run) -> bool:
    """Whether a character stands as far from the last one of the group as that from the one before."""
    last = group[-1]
    gap = run.left - last.right
    size = max(last.height, run.height)
    if _is_below(last, run) and (len(group) < 2 or _is_below(group[0], group[1])):
        return True
    if len(group) > 1 and _is_below(group[0], group[1]):
        return False
    level = abs(run.bottom - last.bottom) < 0.3 * size and 0.7 < run.height / max(last.height, 0.1) < 1.4
    even = len(group) < 2 or gap < 1.5 * max(group[1].left - group[0].right, 0.2 * size)
    return level and 0 < gap < 2 * size and even


def _is_below(above: Run, run: Run) -> bool:
    size = max(above.height, run.height)
    return abs(above.left - run.left) < 0.2 * size and 0.8 * size < above.bottom - run.bottom < 1.6 * size


def _one(group: Sequence[Run]) -> Run:
    if _is_below(group[0], group[1]):
        last = group[-1]
        return replace(last, text="".join(run.text for run in group))
    return replace(group[0], text="".join(run.text for run in group), right=group[-1].right)


def drawn_together(text: str) -> str:
    """A line whose characters are all set apart, without the spaces; others stay.

    >>> drawn_together("青 榆 供 销 社"), drawn_together("红色武进 光荣之城"), drawn_together("通 知")
    ('青榆供销社', '红色武进 光荣之城', '通知')
    """
    stripped = text.strip()
    if CJK.search(stripped) and (_SPACED.fullmatch(stripped) or _TWO_APART.fullmatch(stripped)):
        return "".join(stripped.split())
    return text


def _without_ruby(made: Sequence[Run]) -> list[Run]:
    """What tells the pronunciation of the characters below it is left out: small letters right above a line."""
    bases = [line for line in _lines(made) if CJK.search(line.text)]
    return [run for run in made if _HAN.search(run.text) or not any(_is_above(run, base) for base in bases)]


def _lines(made: Sequence[Run]) -> list[Run]:
    """Runs that go on on one line as one; a wide pronunciation sets what it stands above apart from the rest."""
    lines: list[Run] = []
    for run in made:
        last = lines[-1] if lines else None
        if last and abs(run.bottom - last.bottom) < 0.2 * last.height and 0 <= run.left - last.right < 4 * last.height:
            lines[-1] = replace(last, text=last.text + run.text, right=run.right)
        else:
            lines.append(run)
    return lines


def _is_above(run: Run, base: Run) -> bool:
    if run.height > _RUBY * base.height:
        return False
    close = -0.5 * run.height < run.bottom - base.top < 0.2 * base.height
    return close and run.left > base.left - run.height and run.right < base.right + run.height


def _insert(made: list[Run], field: Field) -> None:
    """Put what a form's field holds behind what stands to its left, or else above it."""
    middle = (field.bottom + field.top) / 2
    usual = median(run.height for run in made) if made else field.top - field.bottom
    place = Run(field.text, field.left, field.right, middle - usual / 2, middle + usual / 2)
    level = [i for i, run in enumerate(made) if run.bottom < middle < run.top and run.left < field.left]
    above = [i for i, run in enumerate(made) if run.bottom >= middle]
    if level:
        made.insert(max(level, key=lambda i: made[i].left) + 1, place)
    elif above:
        made.insert(min(above, key=lambda i: made[i].bottom) + 1, place)
    else:
        made.insert(0, place)
