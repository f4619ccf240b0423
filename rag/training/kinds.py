"""Fit what tells kinds of questions apart: ``python -m rag.training.kinds --data FOLDER``.

Articles, contents and small talk are the phrases of ``phrases.txt``, of which one in ten is held back. Facts are the
questions of the training sets, words that are typed to look something up, and phrases that look like the other kinds;
those of held-back pages and paragraphs are held back here too. The threshold is the lowest at which hardly a held-back
question is taken for something else.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding import Embedder, FloatArray, load_embedder
from rag.questions.kinds import LABELS, OTHERS, WEIGHTS, KindClassifier
from rag.training.corpora import read_entries
from rag.training.lessons import held_back, news_pages, read_questions
from rag.training.sources import QUESTIONS, question_files

SEED = 1
#: The share of the held-back questions that may be taken for something else, of all and of those of the news.
FALSE_ALARMS = 0.003
#: Questions drawn of each set beside the news.
DRAWN = 1500
#: How often a template is filled with a topic.
FILLED = 15
#: What a question of the news, a phrase and a phrase that looks like another kind count; other questions count 1.
NEWS_WEIGHT, PHRASE_WEIGHT, FACT_WEIGHT = 3.0, 4.0, 10.0
#: The inverse of the regularisation: the vectors of short questions lie close together, so it is weak.
STRENGTH = 30.0
_PHRASES = Path(__file__).with_name("phrases.txt")
_GAPS, _SHORTEST = re.compile(r"[\s：:,，、！!？?—…]+"), 3
_GLOSS = re.compile(r"[;,(]")
_ENDS = ("", "", "?", "？", "。")


@dataclass(frozen=True, slots=True)
class Example:
    """``source`` is the set that a text is of, ``weight`` what it counts in the fit."""

    text: str
    label: str
    weight: float
    source: str


def read_phrases(path: Path = _PHRASES) -> dict[str, list[str]]:
    """The lines of each section."""
    sections: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            section.append(line)
    return sections


def examples(data: Path, *, held: bool) -> list[Example]:
    """Everything that is held back, or everything else."""
    draw = random.Random(SEED)
    pages = news_pages(data / "news" / "train.jsonl.gz", held=held)
    headlines = [article["title"] for page in pages for article in page["articles"]]
    rows = [Example(text, "fact", NEWS_WEIGHT, "news") for text in _news_facts(pages)]
    rows += [Example(text, "fact", 1.0, "words") for text in _words(data, pages, draw, held=held)]
    for name in QUESTIONS:
        source = read_questions(name, question_files(data, name), held=held)
        asked = sorted({question.text for some in source.questions.values() for question in some})
        rows += [Example(text, "fact", 1.0, name) for text in draw.sample(asked, min(DRAWN, len(asked)))]
    return rows + list(_phrase_examples(read_phrases(), headlines, draw, held=held))


def _news_facts(pages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What readers ask about the news; follow-up questions as they are typed."""
    for page in pages:
        for asked in [*page["questions"], *page["none"]]:
            yield from (asked[lang] for lang in ("zh", "en") if asked.get(lang))
        yield from (turn["zh"] for turn in page["dialogue"])


def _words(data: Path, pages: Sequence[Mapping[str, Any]], draw: random.Random, *, held: bool) -> Iterator[str]:
    """What is typed to look something up: answers of the news, Chinese words and English ones, none of our phrases."""
    entries = read_entries(data / "dict" / "cc-cedict.zh-en.tsv.gz") + read_entries(
        data / "dict" / "names.zh-en.tsv.gz"
    )
    drawn = draw.sample([entry for n, entry in enumerate(entries) if held_back(n) is held], DRAWN)
    words = [answer for page in pages for asked in page["questions"] for answer in asked["answers"][:1]]
    words += [text for entry in drawn for text in (entry.word, _GLOSS.split(entry.gloss)[0].removeprefix("to "))]
    taken = {phrase.casefold() for phrases in read_phrases().values() for phrase in phrases}
    yield from (word for word in words if word and word.casefold() not in taken)


def _phrase_examples(
    sections: Mapping[str, Sequence[str]], headlines: Sequence[str], draw: random.Random, *, held: bool
) -> Iterator[Example]:
    for section, phrases in sections.items():
        kind, _, lang = section.partition(" ")
        topics = sections.get(f"topics {lang}", ())
        for number, phrase in enumerate(phrases):
            if kind == "topics" or held_back(number) is not held:
                continue
            label = "this_article" if kind == "article" and "{}" not in phrase else kind
            weight = FACT_WEIGHT if kind == "fact" else PHRASE_WEIGHT
            count = FILLED if "{}" in phrase else len(_ENDS)
            for at in range(count):
                by_headline = lang == "zh" and draw.random() < 0.6
                topic = piece(draw.choice(headlines), draw) if by_headline else draw.choice(topics or [""])
                text = _ended(phrase.replace("{}", topic), _ENDS[at % len(_ENDS)])
                yield Example(text, label, weight / count, f"phrases, {kind}")


def piece(headline: str, draw: random.Random) -> str:
    """A headline, or one of the parts between its gaps that are long enough to name something."""
    parts = [part for part in _GAPS.split(headline) if len(part) >= _SHORTEST]
    return draw.choice([headline, *parts]).strip('“”"《》')


def _ended(text: str, mark: str) -> str:
    return text if text[-1] in "?？؟。.!！" else text + mark


def fit(rows: Sequence[Example], vectors: FloatArray, *, model: str) -> KindClassifier:
    """The classifier for unit query vectors (n, d) of ``rows``, its threshold not chosen yet."""
    from sklearn.linear_model import LogisticRegression

    labels = np.asarray([LABELS.index(row.label) for row in rows])
    made = LogisticRegression(C=STRENGTH, max_iter=2000)
    made.fit(vectors, labels, sample_weight=[row.weight for row in rows])
    weights, bias = np.asarray(made.coef_.T, np.float32), np.asarray(made.intercept_, np.float32)
    return KindClassifier(model, 0.5, weights.round(3), bias.round(3))


def threshold_for(kinds: KindClassifier, rows: Sequence[Example], vectors: FloatArray) -> float:
    """The lowest threshold, in hundredths from .5 on, with at most ``FALSE_ALARMS`` among the facts of ``rows``."""
    # A word alone may be said to a person, too: "wonderful", "sorry".
    facts = np.asarray([row.label == "fact" and row.source != "words" for row in rows])
    news = np.asarray([row.source == "news" for row in rows])
    others = kinds.others(vectors).max(axis=1)
    for hundredths in range(50, 100):
        alarms = others >= hundredths / 100
        if alarms[facts].mean() <= FALSE_ALARMS and alarms[news].mean() <= FALSE_ALARMS:
            return hundredths / 100
    return 0.99


def figures(kinds: KindClassifier, rows: Sequence[Example], vectors: FloatArray) -> dict[str, dict[str, float]]:
    """For each kind how many there are, precision and recall; for each set of facts how many are taken for others."""
    judged = [each.kind for each in kinds.classify(vectors)]
    right = ["article" if row.label == "this_article" else row.label for row in rows]
    scores: dict[str, dict[str, float]] = {}
    for kind in OTHERS:
        both = sum(one == other == kind for one, other in zip(judged, right, strict=True))
        count = right.count(kind)
        scores[kind] = {
            "texts": count,
            "precision": round(both / max(1, judged.count(kind)), 4),
            "recall": round(both / count, 4),
        }
    for name in dict.fromkeys(row.source for row in rows if row.label == "fact"):
        of_set = [kind for kind, row in zip(judged, rows, strict=True) if row.source == name]
        alarms = sum(kind != "fact" for kind in of_set)
        scores[f"facts, {name}"] = {"texts": len(of_set), "false_alarms": round(alarms / len(of_set), 4)}
    return scores


def to_json(kinds: KindClassifier) -> dict[str, Any]:
    """What ``rag.questions.kinds.from_json`` reads."""
    return {
        "model": kinds.model,
        "threshold": kinds.threshold,
        "bias": {label: round(float(value), 3) for label, value in zip(LABELS, kinds.bias, strict=True)},
        "weights": {
            label: [round(float(value), 3) for value in row] for label, row in zip(LABELS, kinds.weights.T, strict=True)
        },
    }


def _encode(embedder: Embedder, rows: Sequence[Example]) -> FloatArray:
    return embedder.encode_queries([row.text for row in rows])


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--data", type=Path, required=True, help="folder with qa/ and news/")
    made.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "questions" / WEIGHTS)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the sets, fit, choose the threshold, write the weights."""
    options = parser().parse_args(arguments)
    embedder = load_embedder()
    rows, held = examples(options.data, held=False), examples(options.data, held=True)
    fitted = fit(rows, _encode(embedder, rows), model=embedder.name)
    seen = _encode(embedder, held)
    chosen = KindClassifier(fitted.model, threshold_for(fitted, held, seen), fitted.weights, fitted.bias)
    scores = figures(chosen, held, seen)
    record = {"date": datetime.now(UTC).date().isoformat(), "held_out": scores, **to_json(chosen)}
    options.out.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"threshold {chosen.threshold}")
    for name, of_name in scores.items():
        print(name, of_name)


if __name__ == "__main__":
    main()
