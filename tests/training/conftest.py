"""Toy data: a dictionary of a dozen words, a few translations, and two reading sets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

DICTIONARY = [
    ("汽车", "car; automobile", "汽車"),
    ("武进", "Wujin district", "武進"),
    ("展览", "exhibition", "展覽"),
    ("天气", "weather", "天氣"),
    ("今天", "today", "今天"),
    ("经济", "economy", "經濟"),
    ("发展", "to develop", "發展"),
    ("发展", "growth", "發展"),
    ("学校", "school", "學校"),
    ("新", "new", "新"),
    ("好", "good", "好"),
    ("车", "vehicle", "車"),
    ("旧字", "variant of 舊", "舊字"),
]
PAIRS = [
    ("今天天气好。", "The weather is good today."),
    ("武进有汽车展览。", "There is a car exhibition in Wujin."),
    ("经济发展。", "The economy develops."),
    ("学校是新的。", "The school is new."),
    ("新汽车好。", "The new car is good."),
]
CHINESE = [
    ("2024年武进汽车展览开幕。展览有新车。", [("展览什么时候开幕?", "2024年"), ("哪里有汽车展览?", "武进")]),
    ("2023年武进学校展览开幕。学校是新的。", [("学校展览什么时候开幕?", "2023年")]),
    ("今天天气好,经济也发展。", [("今天天气如何?", "好")]),
]
ENGLISH = [
    ("The car exhibition opened in 2024. It has new cars. Visitors came early.", [("When did it open?", "2024")]),
    ("The school opened in 2023. The weather was good. Children came early.", [("When did the school open?", "2023")]),
]


@dataclass(frozen=True)
class Toy:
    dictionary: Path
    pairs: Path
    zh: Path
    en: Path


def squad(paragraphs: list[tuple[str, list[tuple[str, str]]]]) -> str:
    data = [
        {
            "context": text,
            "qas": [
                {"id": q, "question": q, "answers": [{"text": a, "answer_start": text.index(a)}]} for q, a in questions
            ],
        }
        for text, questions in paragraphs
    ]
    return json.dumps({"version": "toy", "data": [{"title": "toy", "paragraphs": data}]}, ensure_ascii=False)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    folder = tmp_path_factory.mktemp("toy")
    made = Toy(folder / "dictionary.tsv", folder / "pairs.tsv", folder / "zh.json", folder / "en.json")
    made.dictionary.write_text("".join("\t".join(row) + "\n" for row in DICTIONARY), encoding="utf-8")
    made.pairs.write_text("".join("\t".join(row) + "\n" for row in PAIRS), encoding="utf-8")
    made.zh.write_text(squad(CHINESE), encoding="utf-8")
    made.en.write_text(squad(ENGLISH), encoding="utf-8")
    return made
