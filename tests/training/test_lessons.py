from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

from rag.training.lessons import Batch, batches, parallel_batches, read_news, read_questions
from rag.training.sources import QUESTIONS, question_files, read_sources, training_batches

LONG = "这一句话说的是一件很长的事情。" * 30


def test_every_tenth_paragraph_is_held_back(data: Path) -> None:
    files = question_files(data, "drcd")
    held, others = (read_questions("drcd", files, held=held) for held in (True, False))
    assert [passage.paragraph for passage in held.passages] == [9, 19]
    assert len(others.passages) == 18
    assert not {passage.text for passage in held.passages} & {passage.text for passage in others.passages}


def test_a_translated_question_belongs_to_the_same_passage(data: Path) -> None:
    source = read_questions("drcd", question_files(data, "drcd"), held=True)
    texts = [question.text for question in source.questions[0]]
    assert texts == ["第9号drcd里有多少人?", "How many people are in 9?"]
    for question in source.questions[0]:
        assert source.passages[0].text[question.start :].startswith("900人")
        assert question.answer == "900人"


def test_a_long_paragraph_is_cut_and_answers_are_found_in_their_part(tmp_path: Path) -> None:
    import json

    text = LONG + "最后一句有答案。"
    answer = {"text": "答案", "answer_start": text.index("答案")}
    paragraph = {"context": text, "qas": [{"question": "有什么?", "answers": [answer]}]}
    (tmp_path / "a.json").write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}), encoding="utf-8")
    source = read_questions("a", [tmp_path / "a.json"], held=False)
    assert len(source.passages) > 1
    assert {passage.paragraph for passage in source.passages} == {0}
    [(number, [question])] = source.questions.items()
    assert source.passages[number].text[question.start :].startswith("答案。")


def test_news_questions_stand_at_their_evidence_under_the_headline(data: Path) -> None:
    source = read_news(data / "news" / "train.jsonl.gz", held=True)
    assert [(passage.title, passage.text) for passage in source.passages] == [
        ("车展开幕", "车展有轿车9辆、客车2辆和货车3辆。昨天开幕。"),
        ("学校落成", "新学校落成。"),
        ("学校落成", "校长王9明说,学生有九百名。"),
    ]
    assert {number: [question.text for question in asked] for number, asked in source.questions.items()} == {
        0: ["第9次车展上有哪些车", "Which vehicles were at show 9?"],
        2: ["第9页的学校有多少学生", "How many pupils are on page 9?", "新学校有多少学生?"],
    }
    assert source.near == {0: [1, 2], 1: [0, 2], 2: [0, 1]}
    assert len(read_news(data / "news" / "train.jsonl.gz", held=False).passages) == 27


def test_a_batch_has_whole_groups_and_counts_passages_within_itself(data: Path) -> None:
    source = read_news(data / "news" / "train.jsonl.gz", held=False)
    for batch in islice(batches(source, 6, random.Random(0)), 20):
        assert 6 <= len(batch.passages) <= 8
        assert len(set(batch.passages)) == len(batch.passages)
        for question in batch.questions:
            passage = batch.passages[question.passage]
            assert question in [
                type(question)(q.text, question.passage, q.start, q.answer)
                for q in source.questions[source.passages.index(passage)]
            ]


def test_parallel_lines_are_found_in_the_other_language(data: Path) -> None:
    files = {data / "parallel" / "tatoeba-train.zh-en.tsv.gz": 1.0}
    batch = next(parallel_batches(files, 40, random.Random(0)))
    assert (len(batch.passages), len(batch.questions), batch.kind) == (40, 40, "parallel")
    lengths = set()
    for question in batch.questions:
        passage = batch.passages[question.passage].text
        assert passage[question.start :].startswith(question.answer)
        number = "".join(filter(str.isdigit, question.text))
        assert question.answer in (f"line {number}", f"tatoeba-train第{number}行")
        assert question.answer.startswith("line") is not question.text.startswith("line")
        lengths.add(passage.count("行") + passage.count("line"))
    assert lengths == {1, 2, 3}


def test_the_same_seed_gives_the_same_batches(data: Path) -> None:
    def some(seed: int) -> list[Batch]:
        return list(islice(training_batches(data, None, seed), 12))

    assert some(1) == some(1) != some(2)
    assert {batch.kind for batch in some(1)} <= {*QUESTIONS, "news", "parallel"}


def test_nothing_held_back_is_trained_on(data: Path) -> None:
    held = {passage.text for source in read_sources(data, held=True).values() for passage in source.passages}
    held -= {"新学校落成。"}  # stands on every page
    for batch in islice(training_batches(data, None, 1), 40):
        assert not held & {passage.text for passage in batch.passages}
