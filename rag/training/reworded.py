"""English text put into Chinese word by word, so that what is learnt of English text is learnt of Chinese words, too.

There are eight times as many open questions over English paragraphs as over Chinese ones, and they ask for short
answers. Every place of the English text has its place in the Chinese, so that answers stay where they were.
"""

from __future__ import annotations

import random
import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.lexical.dictionary import runs
from rag.text import fold
from rag.training.figures import figures
from rag.training.transliteration import transliterated

#: The words that hold a sentence together, and usual ones that the dictionary's first form misleads about; an empty
#: one has no counterpart.
_LITTLE = dict(
    pair.partition("=")[::2]
    for pair in """
    a= an= the= do= does= did= it= there= up= off= either= its=其 of=的 's=的
    is=是 are=是 was=是 were=是 be=是 been=是 being=是 has=有 have=有 had=有 having=有 not=不 no=没有
    in=在 at=在 on=在 upon=在 under=在 to=到 from=从 by=由 for=为 with=与 as=作为 than=比 into=进入 over=超过 since=自
    until=直到 through=通过 among=之中 within=之内 without=没有 out=出 per=每 after=之后 before=之前 between=之间
    during=期间 about=关于 like=像 and=和 or=或 but=但 also=也 if=如果 so=所以 because=因为 although=虽然 while=而
    then=然后 however=然而 he=他 him=他 his=他的 himself=自己 she=她 her=她 they=他们 them=他们 their=他们的
    themselves=自己 we=我们 us=我们 our=我们的 i=我 own=自己的 whose=其 that=那 this=这 these=这些 those=那些 which=哪个
    who=谁 what=什么 where=哪里 why=为什么 when=什么时候 how=怎么 many=多少 more=更多 most=最 much=许多 some=一些
    any=任何 all=所有 both=都 each=每个 every=每个 few=几个 other=其他 such=这样的 only=只 just=只 very=非常 again=再次
    can=能 could=能 will=将 would=会 may=可能 must=必须 should=应该 one=一 two=两 three=三 five=五
    second=第二 third=第三 US=美国
    year=年 years=年 day=日 days=日 km=公里 known=称为 primarily=主要 oldest=最古老 made=制作 began=开始 took=取 came=来
    went=去 sent=派 wrote=写 gave=给 kept=保持 fought=战斗 held=举行 led=领导 won=赢得 saw=看到 left=离开
    """.split()  # noqa: SIM905 - a list of words is read, not brackets and commas
)
_ARTICLES = frozenset(("a", "an", "the", "its", "his", "her", "their"))
#: Before an "of" these stay before it: "one of the cities".
_COUNTS = frozenset(("number", "numbers", "kind", "kinds", "part", "hundreds", "thousands", "millions", "majority"))
#: Words that an "of" turns on each side, at most; names as long as they are.
LONGEST_HEAD, LONGEST_OWNER = 3, 3
_PAST = re.compile(r".{3,}ed")
_MARKS = {",": "，", ".": "。", "?": "？", ";": "；", ":": "："}
#: How often a word's second form stands for it.
_SECOND = 0.25
_NAME = re.compile(r"[A-Z][a-z]{2,}")
#: Share of the names that are written in Chinese, where names are: translated text leaves some as they are.
_WRITTEN = 0.75


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of English text or what stands between two, where it begins, and what becomes of it."""

    start: int
    old: str
    new: str

    @property
    def is_space(self) -> bool:
        return self.old.isspace()

    @property
    def is_little(self) -> bool:
        return self.old.lower() in _LITTLE

    @property
    def is_content(self) -> bool:
        return self.old[:1].isalnum() and not self.is_little


@dataclass(frozen=True, slots=True)
class Reworded:
    """The Chinese ``text``; what begins at ``starts[i]`` of the English text became ``spots[i]`` of this one.

    ``starts`` is sorted and ends with the length of the English text.
    """

    text: str
    starts: list[int]
    spots: list[tuple[int, int]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start:end`` of the English text went, ``start < end``: from first to last."""
        spots = self.spots[bisect_right(self.starts, start) - 1 : bisect_left(self.starts, end)]
        shown = [spot for spot in spots if spot[0] < spot[1]] or spots[:1]
        return min(first for first, _ in shown), max(last for _, last in shown)


def reworded(text: str, share: float, rng: random.Random, *, names: bool = False) -> Reworded:
    """``text`` with so large a share of the words that the dictionary has in Chinese, each always by the same word.

    Dates and numbers are written as in Chinese, and "the capital of France" in the order of 法国的首都.
    With ``names``, most of the capitalised words that it has not are written as they sound, in every text the same.

    >>> reworded("The school is in China.", 1.0, random.Random(0)).text
    '学校是在中国。'
    >>> reworded("Tolkien left the school of China on June 10, 1826.", 1.0, random.Random(0), names=True).text
    '托尔金离开中国的学校在1826年6月10日。'
    """
    pieces = _turned(list(_pieces(text, share, rng, names)))
    spots, parts, at = {}, [], 0
    for number, piece in enumerate(pieces):
        written = _space(*_beside(pieces, number)) if piece.is_space and piece.new else piece.new
        spots[piece.start] = at, at + len(written)
        parts.append(written)
        at += len(written)
    starts = sorted(spots)
    return Reworded("".join(parts), [*starts, len(text)], [spots[start] for start in starts])


def _beside(pieces: Sequence[Piece], at: int) -> tuple[Piece | None, Piece, Piece | None]:
    before = pieces[at - 1] if at else None
    return before, pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None


def _space(before: Piece | None, space: Piece, after: Piece | None) -> str:
    """What becomes of white space: a dot between two names, nothing behind or before other Chinese."""
    if before and after and all(p.old != p.new == transliterated(p.old) for p in (before, after)):
        return "·"
    dropped = (before and before.new != before.old) or (after and after.new not in ("", after.old))
    return "" if dropped else space.new


def _turned(pieces: list[Piece]) -> list[Piece]:
    """What stands on the two sides of each "of" in the order of Chinese."""
    done = 0
    for at in range(2, len(pieces) - 2):
        if (
            pieces[at].new != "的"
            or pieces[at].old.lower() != "of"
            or not all(p.is_space for p in pieces[at - 1 : at + 2 : 2])
        ):
            continue
        left, right = _head(pieces, done, at - 2), _owner(pieces, at + 2)
        if left is not None and right is not None:
            turned = [*pieces[at + 2 : right], pieces[at + 1], pieces[at], pieces[at - 1], *pieces[left : at - 1]]
            pieces[left:right] = turned
            done = right
    return pieces


def _head(pieces: Sequence[Piece], done: int, last: int) -> int | None:
    """Where the words before an "of" begin that belong to it: behind an article, or the word ``last`` alone."""
    if last < done or not pieces[last].is_content or pieces[last].old.lower() in _COUNTS:
        return None
    for at in range(last, max(done, last - 2 * LONGEST_HEAD) - 1, -2):
        if pieces[at].old.lower() in _ARTICLES:
            return at + 2
        if not pieces[at].is_content or (at > done and not pieces[at - 1].is_space):
            break
    return last


def _owner(pieces: Sequence[Piece], first: int) -> int | None:
    """Where the words behind an "of" end that belong to it: a name, or what stands before a mark or a verb."""
    if pieces[first].old.lower() in _ARTICLES and first + 2 < len(pieces):
        first += 2
    ends = [first]
    for at in range(first, len(pieces), 2):
        if not pieces[at].is_content or _PAST.fullmatch(pieces[at].old):
            break
        if at > first and pieces[at].old[0].isupper() != pieces[first].old[0].isupper():
            break
        ends.append(at + 1)
        if at + 1 < len(pieces) and not pieces[at + 1].is_space:
            break
    whole = len(ends) - 1 <= LONGEST_OWNER or pieces[first].old[0].isupper()
    found = ends[-1] if whole else ends[2]
    cuts_a_date = found < len(pieces) and pieces[found].is_content
    return found if found > first and not cuts_a_date else None


def _is_written(name: str) -> bool:
    """By the name alone, so that a question and its paragraph agree."""
    return zlib.crc32(name.encode()) % 100 < 100 * _WRITTEN


def _pieces(text: str, share: float, rng: random.Random, names: bool) -> Iterator[Piece]:
    """Words, what stands between them, and what becomes of each."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower()
    choice, done = _Choice(share, rng, names), 0
    for parts in figures(folded):
        if rng.random() < share:
            yield from _words(text, folded, range(done, min(parts)[0]), choice)
            yield from (Piece(start, text[start:end], new) for start, end, new in parts)
            done = max(end for _, end, _ in parts)
    yield from _words(text, folded, range(done, len(text)), choice)


def _words(text: str, folded: str, part: range, choice: _Choice) -> Iterator[Piece]:
    for start, end, forms in _runs(folded[part.start : part.stop]):
        old, at = text[part.start + start : part.start + end], part.start + start
        mark = old[:1] in _MARKS and (old[1:].isspace() or at + len(old) == len(text))
        yield Piece(at, old, _MARKS[old[0]] if mark else choice(fold(old), old, forms))


def _runs(folded: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """With the apostrophe and the s of a genitive as one piece."""
    found = list(runs(folded))
    for at, (start, end, forms) in enumerate(found):
        before = found[at - 1][:2] if at else (0, 0)
        if folded[slice(*before)] == "'" and folded[start:end] == "s":
            yield before[0], end, ()
        elif not (
            folded[start:end] == "'" and folded[end : end + 1] == "s" and not folded[end + 1 : end + 2].isalnum()
        ):
            yield start, end, forms


class _Choice:
    """What becomes of a word: of the share that is swapped each always the same."""

    def __init__(self, share: float, rng: random.Random, names: bool) -> None:
        self._share, self._rng, self._names = share, rng, names
        self._chosen: dict[tuple[str, ...], str] = {}

    def __call__(self, word: str, old: str, forms: tuple[str, ...]) -> str:
        key = old if old in _LITTLE or (old.isupper() and len(old) > 1) else word
        forms = (_LITTLE[key],) if key in _LITTLE else forms
        if self._names and not forms and _NAME.fullmatch(old) and _is_written(old):
            return transliterated(old)
        if forms and forms not in self._chosen and self._rng.random() < self._share:
            self._chosen[forms] = forms[-1 if len(forms) == 1 else self._rng.random() < _SECOND]
        return self._chosen.get(forms, old)
