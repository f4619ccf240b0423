"""Toy data in the files that training reads, and an encoder of two layers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from rag.training import encoder as encoder_module
from rag.training.encoder import Encoder
from rag.training.sources import PARALLEL, QUESTIONS
from rag.training.unpack import SPECIAL, make_tokenizer

#: Paragraphs 9 and 19 of each set, and page 9, are held back.
PARAGRAPHS, PAGES = 20, 10
CHARACTERS = "▁abcdefghijklmnopqrstuvwxyz:,.?0123456789。,?汽车展览天气很好学校是新的我爱红色蓝"


def chinese(thing: str, number: int) -> tuple[str, str, str]:
    """Paragraph, question, answer."""
    return f"第{number}号{thing}里有{number}00人。门口的树很高。", f"第{number}号{thing}里有多少人?", f"{number}00人"


def english(number: int) -> tuple[str, str, str]:
    return (
        f"House {number} is red. It has {number}00 doors.",
        f"How many doors has house {number}?",
        f"{number}00 doors",
    )


def squad(rows: list[tuple[str, str, str]]) -> dict[str, Any]:
    paragraphs = [
        {
            "context": text,
            "qas": [{"id": question, "question": question, "answers": [_answer(text, answer)]}],
        }
        for text, question, answer in rows
    ]
    return {"version": "toy", "data": [{"title": "toy", "paragraphs": paragraphs}]}


def _answer(text: str, answer: str) -> dict[str, Any]:
    return {"text": answer, "answer_start": text.index(answer)}


def page(number: int) -> dict[str, Any]:
    """Two articles; the first has a list, the second two paragraphs and a dialogue about it."""
    return {
        "id": f"t-{number:02}",
        "date": "2024-05-01",
        "articles": [
            {"title": "车展开幕", "byline": "", "paragraphs": [f"车展有轿车{number}辆、客车2辆和货车3辆。昨天开幕。"]},
            {"title": "学校落成", "byline": "", "paragraphs": ["新学校落成。", f"校长王{number}明说,学生有九百名。"]},
        ],
        "questions": [
            {
                "zh": f"第{number}次车展上有哪些车",
                "en": f"Which vehicles were at show {number}?",
                "type": "list",
                "answers": [f"轿车{number}辆", "客车2辆", "货车3辆"],
                "a": 0,
                "ev": "车展有",
            },
            {
                "zh": f"第{number}页的学校有多少学生",
                "en": f"How many pupils are on page {number}?",
                "type": "howmany",
                "answers": ["九百名", "学生有九百名"],
                "a": 1,
                "ev": "校长王",
            },
        ],
        "none": [{"zh": "门票多少钱", "en": "How much is a ticket?"}],
        "dialogue": [
            {"zh": "有多少", "full": "新学校有多少学生?", "answers": ["九百名"], "a": 1, "ev": "校长王"},
            {"zh": "为什么", "full": "为什么学生少?", "answers": []},
        ],
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode("utf-8")))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all files of the recipe; sets differ in what their houses are called."""
    folder = tmp_path_factory.mktemp("data")
    for name, files in QUESTIONS.items():
        for file in files:
            rows = [english(number) if name == "squad" else chinese(file[:4], number) for number in range(PARAGRAPHS)]
            if file.endswith(".en-zh"):
                rows = [(text, f"How many people are in {number}?", a) for number, (text, _, a) in enumerate(rows)]
            elif file.endswith(".zh-en"):
                rows = [(text, f"{number}号房子有几扇门?", a) for number, (text, _, a) in enumerate(rows)]
            write(folder / "qa" / f"{file}.json.gz", json.dumps(squad(rows), ensure_ascii=False))
    for name in PARALLEL:
        write(folder / "parallel" / f"{name}.zh-en.tsv.gz", "".join(f"{name}第{n}行\tline {n}\n" for n in range(9)))
    lines = (json.dumps(page(number), ensure_ascii=False) + "\n" for number in range(PAGES))
    write(folder / "news" / "train.jsonl.gz", "".join(lines))
    return folder


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Encoder]:
    """Two layers of width 32 with random weights, the same ones every time, in float32; a character is a token."""
    import torch
    from transformers import BertConfig, BertModel

    monkeypatch.setattr(encoder_module, "half_width", nullcontext)
    # For so little work threads only wait for each other.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    pieces = [(text, 0.0) for text in SPECIAL] + [(character, -3.0) for character in dict.fromkeys(CHARACTERS)]
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        pad_token_id=1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = Encoder(BertModel(config, add_pooling_layer=False), make_tokenizer(pieces))
    yield made
    torch.set_num_threads(threads)
