"""How sure a summary may be that its article is the one asked for: ``python -m rag.training.articles --data FOLDER``.

Articles of the training news, and runs of lines of NTREX as English and as Chinese ones, are indexed, every other one
withheld. Each is asked for by a template of ``phrases.txt`` with a piece of its headline, the Chinese ones of NTREX in
English, too. A logistic regression over what retrieval says gives the chance that the best article is the one meant.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.chatbot import Chatbot
from rag.embedding import FloatArray, load_embedder
from rag.evaluation.calibration import ece
from rag.index import Index, update
from rag.lexical import tokens
from rag.reader import IndexSentences
from rag.reader.span_reader import fitted_threshold
from rag.reader.whole import CONFIDENCE_FEATURES, WEIGHTS, confidence_features, matches
from rag.training.corpora import read_pairs
from rag.training.kinds import piece, read_phrases
from rag.training.lessons import news_pages

SEED, ARTICLES, LINES = 1, 200, 4
#: A token of so many phrases says that an article is asked for, not which.
CARRIED = 4
_WORDS = (3, 8)


@dataclass(frozen=True, slots=True)
class Page:
    """An article, and what it is called by who asks for it, by the language of the question."""

    headline: str
    text: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for an article: what is known of the best one, whether that is the one meant, and if it is there."""

    features: FloatArray
    right: bool
    there: bool


def carriers() -> frozenset[str]:
    """Tokens of many phrases that ask for an article."""
    counts: Counter[str] = Counter()
    for section, phrases in read_phrases().items():
        if section.startswith("article"):
            for phrase in phrases:
                counts.update(set(tokens(phrase.replace("{}", " "))))
    return frozenset(token for token, count in counts.items() if count >= CARRIED)


def news(data: Path, draw: random.Random) -> list[Page]:
    pages = news_pages(data / "news" / "train.jsonl.gz", held=False)
    articles = [article for page in pages for article in page["articles"]]
    return [
        Page(a["title"], "\n\n".join(a["paragraphs"]), (("zh", piece(a["title"], draw)),))
        for a in draw.sample(articles, min(len(articles), 2 * ARTICLES))
    ]


def parallel(data: Path, draw: random.Random, *, english: bool) -> list[Page]:
    """Runs of lines in one language, the first of which is the headline."""
    pairs = read_pairs(data / "parallel" / "ntrex128.zh-en.tsv.gz")
    runs = [pairs[at : at + LINES] for at in range(0, len(pairs) - LINES, LINES)][: 2 * ARTICLES]
    if english:
        return [Page(r[0].en, " ".join(p.en for p in r[1:]), (("en", _words(r[0].en, draw)),)) for r in runs]
    return [
        Page(r[0].zh, "".join(p.zh for p in r[1:]), (("zh", piece(r[0].zh, draw)), ("en", _words(r[0].en, draw))))
        for r in runs
    ]


def _words(line: str, draw: random.Random) -> str:
    words = line.rstrip(".!?").split()
    length = min(len(words), draw.randint(*_WORDS))
    start = draw.randint(0, len(words) - length)
    return " ".join(words[start : start + length])


def asked(pages: Sequence[Page], common: frozenset[str], draw: random.Random) -> Iterator[Asked]:
    """Index every other page and ask for all of them."""
    templates = {
        lang: [phrase for phrase in read_phrases()[f"article {lang}"] if "{}" in phrase] for lang in ("zh", "en")
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pages").mkdir()
        for number, page in enumerate(pages[::2]):
            file = folder / "pages" / f"{number:05}.txt"
            file.write_text(f"{page.headline}\n\n{page.text}\n", encoding="utf-8")
        update(folder / "index", [folder / "pages"], load_embedder())
        requests = [
            (draw.choice(templates[lang]).replace("{}", name), None if number % 2 else f"{number // 2:05}.txt")
            for number, page in enumerate(pages)
            for lang, name in page.names
        ]
        with Chatbot.open(folder / "index") as bot, Index.open(folder / "index") as index:
            store = IndexSentences(index)
            retrieved = bot.retrieve([question for question, _ in requests])
            for (question, source), hits in zip(requests, retrieved, strict=True):
                best = matches(store, question, hits, common)
                right = bool(best) and best[0].hit.passage.source == source
                yield Asked(confidence_features(best), right, source is not None)


def fit(rows: Sequence[Asked]) -> FloatArray:
    """Logistic weights (f,); the first feature is the constant."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
    model.fit([row.features for row in rows], [row.right for row in rows])
    return np.asarray(model.coef_[0], np.float32)


def figures(rows: Sequence[Asked], confidence: Sequence[float], threshold: float) -> dict[str, float]:
    """What the threshold gives."""
    given = [row for row, sure in zip(rows, confidence, strict=True) if sure >= threshold]
    there, absent = sum(row.there for row in rows), sum(not row.there for row in rows)
    return {
        "asked": len(rows),
        "best_is_right": round(sum(row.right for row in rows) / there, 4),
        "right_of_told": round(sum(row.right for row in given) / max(1, len(given)), 4),
        "told_of_those_there": round(sum(row.there for row in given) / there, 4),
        "told_of_those_withheld": round(sum(not row.there for row in given) / absent, 4),
        "ece": round(ece(list(zip(confidence, (row.right for row in rows), strict=True))) or 0.0, 4),
    }


def _sure(rows: Sequence[Asked], weights: FloatArray) -> list[float]:
    return [float(1 / (1 + np.exp(-row.features @ weights))) for row in rows]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--data", type=Path, required=True, help="folder with news/ and parallel/")
    made.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "reader" / WEIGHTS)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, fit on one half of the requests and measure on the other, write the weights of both."""
    options = parser().parse_args(arguments)
    draw, common = random.Random(SEED), carriers()
    sets = {
        "news": news(options.data, draw),
        "ntrex, Chinese": parallel(options.data, draw, english=False),
        "ntrex, English": parallel(options.data, draw, english=True),
    }
    rows = {name: list(asked(pages, common, draw)) for name, pages in sets.items()}
    for some in rows.values():
        draw.shuffle(some)
    halves = [[row for some in rows.values() for row in some[at::2]] for at in (0, 1)]
    held_out = {
        name: figures(some[1::2], _sure(some[1::2], fit(halves[0])), fitted_threshold()) for name, some in rows.items()
    }
    weights = fit(halves[0] + halves[1])
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "held_out": held_out,
        "confidence": dict(zip(CONFIDENCE_FEATURES, (round(float(w), 3) for w in weights), strict=True)),
        "common": sorted(common),
    }
    options.out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: record[key] for key in ("held_out", "confidence")}, indent=1))


if __name__ == "__main__":
    main()
