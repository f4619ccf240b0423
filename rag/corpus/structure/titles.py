"""Make the title of an article from its headings, or from the beginning of its text."""

from __future__ import annotations

from collections.abc import Sequence

from rag.corpus.structure.blocks import Block
from rag.text import clauses, clean, fold, sentences, squeeze

MAX_TITLE = 120
#: A clause with fewer characters than this is too short for a title.
MIN_TITLE = 6
#: A first heading that shares less than this with the lead is a kicker, if a later heading shares much more.
_KICKER_OVERLAP = 0.3


def title(page: str, headings: Sequence[Block], lead: str) -> str:
    """The headings with the headline first, or the first clause of ``lead``, the text of the first paragraph."""
    texts = [_text(page, block) for block in headings]
    if not texts:
        return _first_clause(lead)
    headline = _headline(texts, lead)
    return " ".join(texts[headline:] + texts[:headline])[: MAX_TITLE * 2].rstrip()


def _text(page: str, block: Block) -> str:
    lines = block.text(page).strip("*_ ").splitlines()
    return " ".join(clean(line, noisy=False) for line in lines if line.strip())


def _first_clause(text: str) -> str:
    """The first clauses of the first sentence: as many as are long enough for a title."""
    if not text:
        return ""
    sentence = text[: sentences(text[: 4 * MAX_TITLE])[0].end]
    end = next((span.end for span in clauses(sentence) if len(squeeze(sentence[: span.end])) > MIN_TITLE), None)
    return sentence[:end][:MAX_TITLE].strip().rstrip("，,、：:；;。. ")


def _headline(headings: list[str], lead: str) -> int:
    """The index of the headline: the first heading, unless that is a kicker and the lead repeats a later heading."""
    shared = [0.0 if heading.startswith(("—", "-")) else overlap(heading, lead) for heading in headings]
    best = max(range(len(headings)), key=lambda i: (shared[i], -i))
    kicker = shared[0] < _KICKER_OVERLAP and shared[best] > 2 * shared[0] + 0.2
    return best if kicker else 0


def overlap(heading: str, lead: str) -> float:
    """The share of the heading's pairs of neighbouring characters that also stand in the lead."""
    a, b = squeeze(fold(heading)), squeeze(fold(lead))
    pairs = {a[i : i + 2] for i in range(len(a) - 1)}
    return sum(pair in b for pair in pairs) / max(1, len(pairs))
