from __future__ import annotations

import gzip
import json
from dataclasses import replace
from math import log2
from pathlib import Path

import pytest
from scripted import Line, ScriptedBot

from rag.errors import EvaluationError
from rag.evaluation import Mode, evaluate, load_paragraphs, load_questions

DOCUMENTS = [
    {"_id": "d1", "title": "塔", "text": "塔高5米。"},
    {"_id": "d2", "title": "", "text": "门在城东。"},
    {"_id": "d3", "text": "门在城东。"},  # the same text under another name
    {"_id": "d4", "title": "河", "text": "河长9里。"},
]
QUERIES = [{"_id": "q1", "text": "塔多高?"}, {"_id": "q2", "text": "Where is the gate?"}, {"_id": "q3", "text": "?"}]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td4\t1\nq2\td2\t1\nq2\td1\t0\n"


def lines(rows: list[dict[str, str]]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "news"
    (home / "qrels").mkdir(parents=True)
    (home / "corpus.jsonl").write_text(lines(DOCUMENTS), encoding="utf-8")
    (home / "queries.jsonl").write_text(lines(QUERIES), encoding="utf-8")
    (home / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    return home


def test_a_folder_gives_judged_queries_over_its_documents(folder):
    loaded = load_questions(folder)
    assert (loaded.name, loaded.format, loaded.wants_abstention) == ("news", "beir", False)
    assert [(q.id, q.question, q.lang, q.relevant) for q in loaded.questions] == [
        ("q1", "塔多高?", "zh", (("d1", 2), ("d4", 1))),
        ("q2", "Where is the gate?", "en", (("d2", 1),)),
    ]
    assert loaded.paragraphs == ("塔\n塔高5米。", "门在城东。", "河\n河长9里。")
    assert load_paragraphs(folder) == loaded.paragraphs


def test_judgements_can_be_named_and_files_can_be_packed(folder):
    (folder / "qrels" / "dev.tsv").write_text("q2\td3\t1\n", encoding="utf-8")
    packed = gzip.compress((folder / "corpus.jsonl").read_bytes())
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(packed)
    assert [question.id for question in load_questions(folder).questions] == ["q1", "q2"]
    assert load_questions(folder / "qrels" / "dev.tsv").questions[0].relevant == (("d3", 1),)


def test_ranks_are_scored_by_grade_and_named_as_the_folder_names_them(folder):
    pool = {"塔\n塔高5米。": "p00000", "门在城东。": "p00001", "河\n河长9里。": "p00002"}
    script = {
        "塔多高?": Line(("p00001#1.1", "p00002#1.1", "p00000#1.1")),
        "Where is the gate?": Line(("p00001#1.1",)),
    }
    bot = ScriptedBot({source: text.replace("\n", "") for text, source in pool.items()}, script)
    first, second = evaluate(bot, load_questions(folder), Mode(retrieval=True), pool=pool).rows
    assert first.ranking == (("d2", 1.0), ("d4", 1.0), ("d1", 1.0))
    assert first.scores["recall@1"] == 0
    assert first.scores["recall@5"] == 1
    assert first.scores["mrr@10"] == 1 / 2
    assert first.scores["ndcg@10"] == pytest.approx((1 / log2(3) + 2 / log2(4)) / (2 + 1 / log2(3)))
    assert second.scores["ndcg@10"] == 1


def test_a_query_without_a_relevant_document_is_worth_0_as_for_trec_eval(folder):
    with (folder / "qrels" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write("q3\td1\t0\nq3\td2\t-1\n")
    loaded = load_questions(folder)
    assert [question.relevant for question in loaded.questions][2] == ()
    pool = {"塔\n塔高5米。": "p00000", "门在城东。": "p00001", "河\n河长9里。": "p00002"}
    line = Line(("p00000#1.1",))
    bot = ScriptedBot({"p00000": "塔高5米。"}, {"塔多高?": line, "Where is the gate?": line, "?": line})
    # What has no words cannot be asked, so the third query gets some.
    asked = replace(loaded, questions=(*loaded.questions[:2], replace(loaded.questions[2], question="井在哪?")))
    bot.script = {**bot.script, "井在哪?": line}
    report = evaluate(bot, asked, Mode(retrieval=True), pool=pool)
    assert report.rows[2].scores == {"recall@1": 0, "recall@5": 0, "recall@10": 0, "mrr@10": 0, "ndcg@10": 0}
    assert report.rows[2].failure == "not retrieved"
    # The first query finds the better of its two documents, the second nothing.
    assert report.scores["mrr@10"] == pytest.approx(1 / 3)
    assert report.rows[2].to_dict()["relevant"] == {}


def test_a_document_without_text_cannot_be_found_and_counts_as_missed(folder):
    empty = [{"_id": "d5", "title": "", "text": ""}, {"_id": "d6", "title": " ", "text": ""}]
    (folder / "corpus.jsonl").write_text(lines([*DOCUMENTS, *empty]), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("q1\td1\t1\nq1\td5\t1\n", encoding="utf-8")
    loaded = load_questions(folder)
    assert loaded.paragraphs == ("塔\n塔高5米。", "门在城东。", "河\n河长9里。")
    pool = {"塔\n塔高5米。": "p00000", "门在城东。": "p00001", "河\n河长9里。": "p00002"}
    bot = ScriptedBot({"p00000": "塔高5米。"}, {"塔多高?": Line(("p00000#1.1",))})
    [row] = evaluate(bot, loaded, Mode(retrieval=True), pool=pool).rows
    assert row.ranking == (("d1", 1.0),)
    assert row.scores["recall@10"] == 1 / 2
    assert row.scores["ndcg@10"] == pytest.approx(1 / (1 + 1 / log2(3)))


def test_documents_are_not_answers(folder):
    with pytest.raises(EvaluationError, match=r"^news judges documents and has no answers: add --retrieval$"):
        evaluate(ScriptedBot({}, {}), load_questions(folder), pool={})


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("corpus.jsonl", "{broken", "corpus.jsonl line 5 is not JSON"),
        ("corpus.jsonl", '{"_id": "d9"}', 'corpus.jsonl line 5 needs "text"'),
        ("queries.jsonl", '{"text": "?"}', 'queries.jsonl line 4 needs "_id"'),
        ("qrels/test.tsv", "q3 d1 1", "test.tsv line 6 is no judgement"),
        ("qrels/test.tsv", "q3\td9\t1", "corpus.jsonl has no document 'd9', which is judged"),
        ("qrels/test.tsv", "q9\td1\t1", "queries.jsonl has no query 'q9', which is judged"),
        (
            "corpus.jsonl",
            '{"_id": "d1", "text": "另一篇。"}',
            "corpus.jsonl line 5: id 'd1' is taken by line 1: give it",
        ),
        ("queries.jsonl", '{"_id": "q2", "text": "井?"}', "queries.jsonl line 4: id 'q2' is taken by line 2: give it"),
        ("qrels/test.tsv", "q1\td4\t0", "line 6 judges query 'q1' and document 'd4', as line 3 does: leave one"),
        ("qrels/test.tsv", "q2\td1\t2", "line 6 judges query 'q2' and document 'd1', as line 5 does: leave one"),
        ("corpus.jsonl", '{"_id": "d9", "text": "a", "text": "b"}', 'corpus.jsonl line 5 has "text" twice in one obj'),
    ],
)
def test_bad_lines_are_named_and_can_be_skipped(folder, name, line, message):
    file = folder / name
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + line, encoding="utf-8")
    with pytest.raises(EvaluationError) as caught:
        load_questions(folder)
    assert message in str(caught.value)
    loaded = load_questions(folder, skip_bad=True)
    assert len(loaded.questions) == 2
    assert [message in told for told in loaded.skipped] == [True]


def test_of_equal_ids_and_judgements_the_first_is_kept_by_choice(folder):
    for name, line in (
        ("corpus.jsonl", '{"_id": "d1", "text": "另一篇。"}'),
        ("queries.jsonl", '{"_id": "q1", "text": "井?"}'),
        ("qrels/test.tsv", "q1\td1\t0"),
    ):
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + line, encoding="utf-8")
    loaded = load_questions(folder, skip_bad=True)
    assert (loaded.questions[0].question, loaded.questions[0].relevant) == ("塔多高?", (("d1", 2), ("d4", 1)))
    assert loaded.documents["d1"] == "塔\n塔高5米。"
    assert len(loaded.skipped) == 3


def test_equal_numbers_and_texts_are_equal_ids(folder):
    (folder / "corpus.jsonl").write_text('{"_id": 1, "text": "a"}\n{"_id": "1", "text": "b"}', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"line 2: id '1' is taken by line 1: give it its own$"):
        load_questions(folder)


def test_a_folder_with_several_judgements_wants_one_named(folder):
    (folder / "qrels" / "test.tsv").rename(folder / "qrels" / "a.tsv")
    assert len(load_questions(folder).questions) == 2
    (folder / "qrels" / "b.tsv").write_text("", encoding="utf-8")
    with pytest.raises(EvaluationError, match="has 2 files of judgements: name one of them"):
        load_questions(folder)
