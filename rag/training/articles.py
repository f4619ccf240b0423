"""How sure a summary may be that its article is the one asked for: ``python -m rag.training.articles FILE``.

Every other paragraph of a SQuAD file is indexed as an article under its first clause, the others are withheld. Each is
asked for by a piece of that clause. Printed for each temperature and power: calibration error, precision and rates of
answers at confidence .5, for articles that are there and for those that are not.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.chatbot import Chatbot
from rag.embedding import load_embedder
from rag.evaluation import load_questions
from rag.evaluation.calibration import ece
from rag.index import Index, update
from rag.reader import IndexSentences
from rag.reader.summary import article_question
from rag.reader.whole import Match, matches, sureness

SEED, LONGEST, SHORTEST = 1, 1200, 5
TEMPERATURES, POWERS = (0.05, 0.08, 0.12, 0.2, 0.3), (1, 2, 3)
_CLAUSE = re.compile(r"[,，。!！?？:：;；、]")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what was found for it, best first, and the source that is meant, None if it was withheld."""

    found: Sequence[Match]
    source: str | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=400)
    options = parser.parse_args()
    texts = [text for text in load_questions(options.file).paragraphs if len(_headline(text)) >= SHORTEST]
    drawn = random.Random(SEED).sample(texts, min(options.articles, len(texts)))
    with tempfile.TemporaryDirectory() as folder:
        rows = list(_asked(drawn, Path(folder)))
    for temperature in TEMPERATURES:
        for power in POWERS:
            print(f"T={temperature} power={power}: {_scores(rows, temperature, power)}")


def _headline(text: str) -> str:
    return _CLAUSE.split(text, maxsplit=1)[0].strip()


def _asked(texts: Sequence[str], folder: Path) -> Iterator[Asked]:
    """Index every other text and ask for all of them."""
    pages = folder / "pages"
    pages.mkdir()
    for number, text in enumerate(texts[::2]):
        headline = _headline(text)
        page = f"{headline}\n\n{text[len(headline) + 1 :].strip()[:LONGEST]}\n"
        (pages / f"{number:05}.txt").write_text(page, encoding="utf-8")
    update(folder / "index", [pages], load_embedder())
    draw = random.Random(SEED)
    with Chatbot.open(folder / "index") as bot, Index.open(folder / "index") as index:
        for number, text in enumerate(texts):
            question = f"关于{_piece(_headline(text), draw)}的报道讲了什么?"
            asked = article_question(question)
            if asked is not None:
                found = matches(IndexSentences(index), asked, bot.search(question))
                yield Asked(found, None if number % 2 else f"{number // 2:05}.txt")


def _piece(headline: str, draw: random.Random) -> str:
    """The headline, or half of the time a run of it."""
    if draw.random() < 0.5 or len(headline) <= SHORTEST + 3:
        return headline
    length = draw.randint(SHORTEST, len(headline) - 1)
    start = draw.randint(0, len(headline) - length)
    return headline[start : start + length]


def _scores(rows: Sequence[Asked], temperature: float, power: int) -> str:
    judged = []
    answered: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows:
        confidence = sureness(row.found, temperature=temperature, power=power)
        right = bool(row.found) and row.found[0].hit.passage.source == row.source
        judged.append((confidence, right))
        answered[row.source is not None].append(confidence >= 0.5)
    given = [right for confidence, right in judged if confidence >= 0.5]
    there, absent = (sum(each) / len(each) for each in (answered[True], answered[False]))
    return (
        f"ece {ece(judged):.3f}, precision {sum(given) / len(given):.3f}, "
        f"answered {there:.3f} of those there and {absent:.3f} of those withheld"
    )


if __name__ == "__main__":
    main()
