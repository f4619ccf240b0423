"""Join the characters of a page into runs: pieces of lines without a wide gap, in the order of the file.

Superscripts and subscripts are written as such, letter-spaced words are joined, pronunciation above a line is left out,
and vertical text is turned so that it reads like horizontal lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from rag.corpus.formats.pdf.form_fields import FormField
from rag.corpus.formats.pdf.glyphs import RUBY_HEIGHT, Glyph
from rag.corpus.formats.pdf.vertical import by_direction, vertical_lines
from rag.corpus.formats.superscripts import subscript, superscript
from rag.text.script import CJK, UNSPACED_OR_PUNCTUATION

#: All gaps are in heights of the line. A gap wider than this separates two runs.
_WIDE_GAP = 0.7
#: A gap between Chinese characters that is narrower than this is not a space.
_NO_GAP = 0.8
#: Characters with wider gaps than this between them are letter-spaced.
_LETTER_SPACED = 0.15
#: Superscripts and subscripts are not higher than this share of the line.
_SMALL = 0.87
#: How far the base line of superscripts and subscripts is from that of the line.
_RAISED, _LOWERED = 0.12, 0.06
_SPACED = re.compile(
    rf"(?:{UNSPACED_OR_PUNCTUATION.pattern}|\w)(?:[ \t]+(?:{UNSPACED_OR_PUNCTUATION.pattern}|\w)){{2,}}"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_TWO_APART = re.compile(rf"{_HAN.pattern}[ \t]+{_HAN.pattern}")
#: A first character at least this many times as high as the lines of its paragraph is a drop cap.
DROP_CAP = 1.6


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line and its place.

    ``broken``: its last word continues in the next line.
    ``is_row``: its text is a row of a table, or several rows with blank lines between them.
    ``pieces``: the parts that have gaps but no white space between them in the file.
    ``order``: its position in the file.
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


def runs(glyphs: Sequence[Glyph], form_fields: Iterable[FormField] = ()) -> list[Run]:
    """The runs of a page, in the order of the file; vertical text is turned, as if it were horizontal."""
    page_runs: list[Run] = []
    for group, vertical in by_direction(glyphs):
        if vertical:
            page_runs += [_run(line, is_spaced=_is_letter_spaced(line)) for line in vertical_lines(group)]
        else:
            parts = list(_parts(group))
            spaced = _are_letter_spaced(parts)
            part_runs = [_run(part, is_spaced=flag) for part, flag in zip(parts, spaced, strict=True)]
            page_runs += _without_ruby(_join_single_characters(part_runs))
    for form_field in form_fields:
        _insert(page_runs, form_field)
    return page_runs


def _parts(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The glyphs of each run."""
    part: list[Glyph] = []
    for glyph in glyphs:
        if part and _is_apart(part, glyph):
            yield part
            part = [glyph if glyph.line != part[-1].line else replace(glyph, gap="")]
        else:
            part.append(glyph)
    if part:
        yield part


def _is_apart(part: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether a glyph does not continue a line: it stands on another line, behind a wide gap, or further left."""
    before = part[-1]
    size = max(before.height, glyph.height)
    overlap = min(before.top, glyph.top) - max(before.bottom, glyph.bottom)
    gap = glyph.left - before.right
    if before.broken:
        return True
    if overlap < 0.2 * min(before.height, glyph.height) or gap < -1.2 * size:
        return True
    if glyph.line != before.line:  # pdfium sees another line, but superscripts and close characters continue this one
        return gap > 0.3 * size or gap < -0.5 * size
    return gap > _WIDE_GAP * size


def _run(part: Sequence[Glyph], *, is_spaced: bool = False, is_piece: bool = False) -> Run:
    height = median(glyph.height for glyph in part)
    body = [glyph for glyph in part if glyph.height > _SMALL * height] or list(part)
    bottom = median(glyph.bottom for glyph in body)
    # The lines beside a drop cap begin behind it.
    first = part[1] if len(part) > 1 and part[0].height > DROP_CAP * height else part[0]
    return Run(
        text=_text(part, bottom, height, is_spaced=is_spaced),
        left=first.left,
        right=max(glyph.right for glyph in part),
        bottom=bottom,
        top=bottom + height,
        broken=part[-1].broken,
        pieces=() if is_piece or is_spaced else _pieces(part),
        order=part[0].order,
    )


def _is_letter_spaced(part: Sequence[Glyph]) -> bool:
    """Whether there are gaps between most characters of a line."""
    gaps = [b.left - a.right for a, b in pairwise(part)]
    return len(gaps) > 1 and median(gaps) > _LETTER_SPACED * median(glyph.height for glyph in part)


def _are_letter_spaced(parts: Sequence[Sequence[Glyph]]) -> list[bool]:
    """Which parts are letter-spaced; one of two characters is if it stands on the line of another that is."""
    spaced = [_is_letter_spaced(part) for part in parts]
    for i, part in enumerate(parts):
        neighbours = [j for j in (i - 1, i + 1) if 0 <= j < len(parts) and len(parts[j]) > 2 and spaced[j]]
        spaced[i] = spaced[i] or any(_has_same_gap(part, parts[j]) for j in neighbours)
    return spaced


def _has_same_gap(part: Sequence[Glyph], spaced: Sequence[Glyph]) -> bool:
    """Whether two characters stand on the line of a letter-spaced part, and as far apart as its characters."""
    if len(part) != 2 or abs(part[0].bottom - spaced[0].bottom) > 0.2 * part[0].height:
        return False
    gap, usual = part[1].left - part[0].right, median(b.left - a.right for a, b in pairwise(spaced))
    return abs(gap - usual) < 0.3 * usual


def _pieces(part: Sequence[Glyph]) -> tuple[Run, ...]:
    """The parts of a line that have gaps but no white space between them in the file."""
    starts = [i for i, (a, b) in enumerate(pairwise(part), 1) if _is_jump(a, b)]
    if not starts or 2 * len(starts) > len(part):
        return ()
    cuts = pairwise([0, *starts, len(part)])
    return tuple(_run([replace(part[a], gap=""), *part[a + 1 : b]], is_piece=True) for a, b in cuts)


def _is_jump(before: Glyph, glyph: Glyph) -> bool:
    if glyph.gap.strip("\t"):
        return False
    return "\t" in glyph.gap or glyph.left - before.right > _LETTER_SPACED * glyph.height


def _text(part: Sequence[Glyph], bottom: float, height: float, *, is_spaced: bool) -> str:
    text = script = ""
    position = 0
    word_gap = _word_gap(part) if is_spaced else 0.0
    for before, glyph in zip([None, *part], part, strict=False):
        # Indentation is kept; other white space before a run is a gap.
        space = "\u3000" * glyph.gap.count("\u3000") if before is None else _space(before, glyph, word_gap)
        now = _position(before, glyph, bottom, height)
        if now != position or space:
            text += _as_script(script, position)
            script = ""
        position = now
        text += space
        if position:
            script += glyph.text
        else:
            text += glyph.text
    return text + _as_script(script, position)


def _word_gap(part: Sequence[Glyph]) -> float:
    """The least width of a gap between words in a letter-spaced line; 0 if all its spaces are kept."""
    if all(glyph.gap.strip("\t") for glyph in part[1:]) and not any(glyph.text.islower() for glyph in part):
        return 0.0  # capitals with a space between each two may be a list
    return 1.6 * median(b.left - a.right for a, b in pairwise(part))


def _as_script(text: str, position: int) -> str:
    return superscript(text) if position > 0 else subscript(text) if position < 0 else text


def _position(before: Glyph | None, glyph: Glyph, bottom: float, height: float) -> int:
    """1 for a superscript, -1 for a subscript, otherwise 0. Scripts are small and directly behind another glyph."""
    if before is None or glyph.height > _SMALL * height or CJK.match(glyph.text):
        return 0
    if glyph.left - before.right > 0.3 * height:
        return 0
    raised = (glyph.bottom + 0.2 * glyph.height - bottom - 0.2 * height) / height
    return 1 if raised > _RAISED else -1 if raised < -_LOWERED else 0


def _space(before: Glyph, glyph: Glyph, word_gap: float) -> str:
    """The white space between two glyphs: that of the file, or a space for a jump between words.

    In a letter-spaced line, only a jump wider than ``word_gap`` is a space; it is 0 for other lines.
    """
    space = glyph.gap.replace("\t", "")
    gap = glyph.left - before.right
    if space == " " and 0 < gap < word_gap and not _HAN.match(glyph.text):
        return ""  # T h e   m i l l
    if space or not glyph.gap:
        return space
    if word_gap:
        return " " if gap > word_gap else ""
    chinese = CJK.match(before.text) and CJK.match(glyph.text)
    return "" if chinese and gap < _NO_GAP * glyph.height else " "


def _join_single_characters(page_runs: Sequence[Run]) -> list[Run]:
    """Join runs of one character each that stand at even distances beside or below one another."""
    result: list[Run] = []
    group: list[Run] = []
    for run in [*page_runs, None]:
        if run and len(run.text) == 1 and (not group or _continues(group, run)):
            group.append(run)
            continue
        result += [_joined(group)] if len(group) > 2 else group
        group = []
        if run and len(run.text) == 1:
            group = [run]
        elif run:
            result.append(run)
    return [replace(run, text=without_letter_spacing(run.text)) for run in result]


def _continues(group: Sequence[Run], run: Run) -> bool:
    """Whether a character stands at the same distance from the group as its characters from one another."""
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


def _joined(group: Sequence[Run]) -> Run:
    text = "".join(run.text for run in group)
    if _is_below(group[0], group[1]):
        return replace(group[-1], text=text)
    return replace(group[0], text=text, right=group[-1].right)


def without_letter_spacing(text: str) -> str:
    """A line without its spaces, if they separate all its characters; other lines are not changed.

    >>> without_letter_spacing("青 榆 供 销 社"), without_letter_spacing("红色武进 光荣之城")
    ('青榆供销社', '红色武进 光荣之城')
    >>> without_letter_spacing("通 知")
    '通知'
    """
    stripped = text.strip()
    if CJK.search(stripped) and (_SPACED.fullmatch(stripped) or _TWO_APART.fullmatch(stripped)):
        return "".join(stripped.split())
    return text


def _without_ruby(page_runs: Sequence[Run]) -> list[Run]:
    """The runs without pronunciation: small letters directly above a line of Chinese."""
    bases = [line for line in _lines(page_runs) if CJK.search(line.text)]
    return [run for run in page_runs if _HAN.search(run.text) or not any(_is_above(run, base) for base in bases)]


def _lines(page_runs: Sequence[Run]) -> list[Run]:
    """The runs with those joined that continue a line: wide pronunciation leaves gaps beside the text below it."""
    lines: list[Run] = []
    for run in page_runs:
        last = lines[-1] if lines else None
        if last and abs(run.bottom - last.bottom) < 0.2 * last.height and 0 <= run.left - last.right < 4 * last.height:
            lines[-1] = replace(last, text=last.text + run.text, right=run.right)
        else:
            lines.append(run)
    return lines


def _is_above(run: Run, base: Run) -> bool:
    if run.height > RUBY_HEIGHT * base.height:
        return False
    close = -0.5 * run.height < run.bottom - base.top < 0.2 * base.height
    return close and run.left > base.left - run.height and run.right < base.right + run.height


def _insert(page_runs: list[Run], form_field: FormField) -> None:
    """Insert the text of a form field behind the run to its left, or otherwise behind the run above it."""
    middle = (form_field.bottom + form_field.top) / 2
    usual = median(run.height for run in page_runs) if page_runs else form_field.top - form_field.bottom
    place = Run(form_field.text, form_field.left, form_field.right, middle - usual / 2, middle + usual / 2)
    level = [i for i, run in enumerate(page_runs) if run.bottom < middle < run.top and run.left < form_field.left]
    above = [i for i, run in enumerate(page_runs) if run.bottom >= middle]
    if level:
        page_runs.insert(max(level, key=lambda i: page_runs[i].left) + 1, place)
    elif above:
        page_runs.insert(min(above, key=lambda i: page_runs[i].bottom) + 1, place)
    else:
        page_runs.insert(0, place)
