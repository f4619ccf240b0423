from __future__ import annotations

import gc
from contextlib import nullcontext
from datetime import UTC, datetime
from math import log2

import pytest
from scripted import Line, ScriptedBot

import rag
from rag.errors import EvaluationError
from rag.evaluation import SCORES, Mode, Question, QuestionSet, evaluate
from rag.evaluation.manifest import reader

PAGES = {
    "a.txt": "武进区全年 增长5%。\n优Ⅲ类占比达89.5%，创新高。\n7月29日，区领导来到洛阳镇。",
    "b.txt": "新校预计新增学位1万个。\n音乐节蝉联第一名。",
}
EVIDENCE = {
    "right": ("全年增长多少?", "zh", "count", ("5%",), "a.txt", "全年增长5%"),
    "misread": ("占比多少?", "zh", "count", ("89.5%",), "a.txt", "占比达89.5%"),
    "unsure": ("Where did they go?", "en", "where", ("洛阳镇",), "a.txt", "来到洛阳镇"),
    "missed": ("How many places?", "en", "count", ("1万个",), "b.txt", "新增学位1万个"),
    "fooled": ("人口目标?", "zh", "unans", (), None, None),
    "silent": ("Who is the mayor?", "en", "unans", (), None, None),
}
SCRIPT = {
    "全年增长多少?": Line(("a.txt#1.1", "a.txt#1.2"), "a.txt#1.1", "武进区全年 增长5%。", "增长5%", 0.9),
    # The right sentence at rank 2, but the answer is out of another one of the same page.
    "占比多少?": Line(("a.txt#1.3", "a.txt#1.2"), "a.txt#1.3", "7月29日，区领导来到洛阳镇。", "7月29日", 0.7),
    # Right, but below the threshold of .5.
    "Where did they go?": Line(("a.txt#1.3",), "a.txt#1.3", "7月29日，区领导来到洛阳镇。", "洛阳镇", 0.3),
    "How many places?": Line(("b.txt#1.2", "a.txt#1.1"), "b.txt#1.2", "音乐节蝉联第一名。", "第一名", 0.6),
    "人口目标?": Line(("b.txt#1.1",), "b.txt#1.1", "新校预计新增学位1万个。", "1万个", 0.8),
    "Who is the mayor?": Line(("b.txt#1.2",), "b.txt#1.2", "音乐节蝉联第一名。", "第一名", 0.1),
}


def questions(*names: str) -> QuestionSet:
    chosen = names or tuple(EVIDENCE)
    return QuestionSet("gold.jsonl", "jsonl", tuple(Question(name, *EVIDENCE[name]) for name in chosen))


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot(PAGES, SCRIPT)


def test_the_whole_table_by_hand(bot):
    scores = evaluate(bot, questions()).scores
    latency = [scores.pop(name) for name in ("latency_ms_p50", "latency_ms_p95")]
    f1_right = 2 * 2 / (4 + 2)  # 增 长 5 % against 5 %
    f1_misread = 0  # 7 月 29 日 against 89.5 %
    assert 0 < latency[0] <= latency[1]
    assert (scores.pop("squad2_em"), scores.pop("squad2_f1")) == (None, None)  # a score of sets like SQuAD 2.0
    assert scores == pytest.approx(
        {
            # four answerable questions, found at ranks 1, 2, 1 and not at all
            "recall@1": 2 / 4,
            "recall@5": 3 / 4,
            "recall@10": 3 / 4,
            "mrr@10": (1 + 1 / 2 + 1) / 4,
            "ndcg@10": (1 + 1 / log2(3) + 1) / 4,
            "em": 0,
            "f1": (f1_right + f1_misread) / 4,
            "contains": 1 / 4,
            "answered_or_tentative": 1 / 4,
            "candidates_contain": 1 / 4,
            "cited_f1": f1_right / 4,
            "forced_f1": (f1_right + 1) / 4,
            "forced_contains": 2 / 4,
            "answer_rate": 3 / 4,
            "false_answer_rate": 1 / 2,
            "false_tentative_rate": 0,
            "precision": 1 / 4,  # right, misread, missed and fooled were answered
            # by confidence: .9 right, .8 .7 .6 wrong, .3 right, .1 wrong
            "aurc": (0 + 1 / 2 + 2 / 3 + 3 / 4 + 3 / 5 + 4 / 6) / 6,
            "ece": (0.1 + 0.8 + 0.7 + 0.6 + 0.7 + 0.1) / 6,
        }
    )


def test_each_row_says_what_went_wrong(bot):
    failures = {row.question.id: row.failure for row in evaluate(bot, questions()).rows}
    assert failures == {
        "right": None,
        "misread": "misread",
        "unsure": "abstained",
        "missed": "not retrieved",
        "fooled": "answered",
        "silent": None,
    }


def test_tables_by_language_of_the_question_and_by_type(bot):
    report = evaluate(bot, questions())
    assert list(report.by_lang) == ["en", "zh"]
    assert report.by_lang["en"]["forced_contains"] == 1 / 2
    assert report.by_lang["zh"]["false_answer_rate"] == 1
    assert report.by_type["count"]["recall@5"] == pytest.approx(2 / 3)
    assert report.by_type["unans"]["recall@5"] is None


def test_rows_hold_what_a_user_would_see(bot):
    rows = {row.question.id: row for row in evaluate(bot, questions()).rows}
    shown, withheld = rows["right"].to_dict(), rows["unsure"].to_dict()
    given = {"id", "question", "lang", "type", "answers", "source", "evidence"}
    assert set(shown) == {*given, "answer", "scores", "failure", "latency_ms"}
    assert shown["answer"]["answer"] == "增长5%"
    assert (withheld["answer"]["abstained"], withheld["answer"]["citations"]) == (True, [])
    assert withheld["answer"]["confidence"] == 0.3
    assert [p["passage_id"] for p in withheld["answer"]["passages"]] == ["a.txt#1.3"]
    assert rows["silent"].scores == {"false_answer_rate": 0.0, "false_tentative_rate": 0.0}


TENTATIVE = {
    # Below the threshold of .5, but not below .35: the first candidate is right.
    "全年增长多少?": Line(("a.txt#1.1",), "a.txt#1.1", "武进区全年 增长5%。", "增长5%", 0.4),
    # Only the second one is.
    "占比多少?": Line(
        ("a.txt#1.3",),
        "a.txt#1.3",
        "7月29日，区领导来到洛阳镇。",
        "7月29日",
        0.4,
        (("a.txt#1.2", "优Ⅲ类占比达89.5%，创新高。", 0.2),),
    ),
    "Where did they go?": Line(("a.txt#1.3",), "a.txt#1.3", "7月29日，区领导来到洛阳镇。", "洛阳镇", 0.9),
    # Right, but too unsure to be shown.
    "How many places?": Line(("b.txt#1.1",), "b.txt#1.1", "新校预计新增学位1万个。", "1万个", 0.3),
    "人口目标?": Line(("b.txt#1.1",), "b.txt#1.1", "新校预计新增学位1万个。", "1万个", 0.4),
    "Who is the mayor?": Line(("b.txt#1.2",), "b.txt#1.2", "音乐节蝉联第一名。", "第一名", 0.1),
}


def test_tentative_answers_have_measures_of_their_own():
    report = evaluate(ScriptedBot(PAGES, TENTATIVE), questions())
    scores = report.scores
    assert (scores["contains"], scores["answered_or_tentative"], scores["candidates_contain"]) == (1 / 4, 2 / 4, 3 / 4)
    assert (scores["false_answer_rate"], scores["false_tentative_rate"]) == (0, 1 / 2)
    assert report.by_lang["zh"]["answered_or_tentative"] == 1 / 2
    assert report.by_lang["zh"]["false_tentative_rate"] == 1
    assert [row.answer.status for row in report.rows] == [
        "tentative",
        "tentative",
        "answered",
        "none",
        "tentative",
        "none",
    ]
    assert [len(row.answer.candidates) for row in report.rows] == [1, 2, 0, 0, 1, 0]
    # A tentative answer is an abstention, as before.
    assert [row.failure for row in report.rows] == ["abstained", "not retrieved", None, "abstained", None, None]
    assert report.records()[0]["candidate"] == "武进区全年 增长5%。"


def test_a_threshold_below_the_tentative_one_leaves_nothing_tentative():
    report = evaluate(ScriptedBot(PAGES, TENTATIVE), questions(), Mode(min_confidence=0.35))
    assert {row.answer.status for row in report.rows} == {"answered", "none"}
    assert report.scores["false_tentative_rate"] == 0


def test_a_threshold_of_the_users_own(bot):
    report = evaluate(bot, questions(), Mode(min_confidence=0.0))
    assert report.scores["answer_rate"] == report.scores["false_answer_rate"] == 1
    assert report.scores["contains"] == report.scores["forced_contains"] == 2 / 4


def test_sets_without_unanswerable_questions_are_always_answered(bot):
    asked = QuestionSet("dev.json", "jsonl", questions("unsure").questions, wants_abstention=False)
    assert evaluate(bot, asked).scores["answer_rate"] == 1


def test_retrieval_alone_reads_nothing(bot):
    report = evaluate(bot, questions(), Mode(retrieval=True, leg="lexical"))
    assert bot.given == []
    assert report.scores["recall@1"] == 2 / 4
    assert report.scores["em"] is report.scores["precision"] is report.scores["aurc"] is None
    assert [row.failure for row in report.rows] == [None, None, None, "not retrieved", None, None]
    assert report.rows[0].to_dict()["answer"] is None


def test_nothing_asked_gives_nulls(bot):
    report = evaluate(bot, QuestionSet("none.jsonl", "jsonl", ()))
    assert report.scores == dict.fromkeys(SCORES)
    assert (report.by_lang, report.by_type, report.rows) == ({}, {}, ())


def test_a_bot_without_any_answer_scores_0(bot):
    bot.script = {question: Line() for question in SCRIPT}
    scores = evaluate(bot, questions(), Mode(min_confidence=0.0)).scores
    assert scores["forced_f1"] == scores["contains"] == scores["answer_rate"] == 0
    assert scores["precision"] is None


def test_gold_against_itself_is_1():
    """Finding each evidence first and marking a gold answer in it gets every point there is."""
    script = {
        "全年增长多少?": Line(("a.txt#1.1",), "a.txt#1.1", "武进区全年 增长5%。", "5%", 1.0),
        "占比多少?": Line(("a.txt#1.2",), "a.txt#1.2", "优Ⅲ类占比达89.5%，创新高。", "89.5%", 1.0),
        "Where did they go?": Line(("a.txt#1.3",), "a.txt#1.3", "区领导来到洛阳镇。", "洛阳镇", 1.0),
        "How many places?": Line(("b.txt#1.1",), "b.txt#1.1", "新校预计新增学位1万个。", "1万个", 1.0),
        "人口目标?": Line(),
        "Who is the mayor?": Line(),
    }
    scores = evaluate(ScriptedBot(PAGES, script), questions()).scores
    perfect = {name for name in SCORES if scores[name] == 1}
    assert perfect == {*SCORES[:13], "answer_rate", "precision"}
    assert scores["false_answer_rate"] == scores["false_tentative_rate"] == 0
    assert scores["ece"] == 0  # the two abstentions are sure of nothing, and right about it


SQUAD = QuestionSet(
    "dev.json",
    "squad",
    (
        Question("q1", "多高?", "zh", None, ("5米",), context="塔高5米。\n在城东。"),
        Question("q2", "How wide?", "en", None, ("3 m",), context="The gate is 3 m wide."),
        Question("q3", "多重?", "zh", None, (), context="The gate is 3 m wide."),
    ),
    ("塔高5米。\n在城东。", "The gate is 3 m wide."),
)
POOL = {"塔高5米。\n在城东。": "p00000", "The gate is 3 m wide.": "p00001", "别的": "p00002"}
SQUAD_BOT = {
    "多高?": Line(("p00002#1.1", "p00000#1.2"), "p00000#1.1", "塔高5米。", "高5米", 0.9),
    "How wide?": Line(("p00001#1.1",), "p00001#1.1", "The gate is 3 m wide.", "3 m", 0.9),
    "多重?": Line(("p00002#1.1",), "p00002#1.1", "别的", "别的", 0.2),
}


def squad_bot() -> ScriptedBot:
    return ScriptedBot({source: text for text, source in POOL.items()}, SQUAD_BOT)


def test_squad_open_domain_by_paragraph_and_by_each_languages_definition():
    report = evaluate(squad_bot(), SQUAD, pool=POOL)
    assert report.scores["recall@1"] == 1 / 2
    assert report.scores["mrr@10"] == 3 / 4
    assert report.by_lang["zh"]["f1"] == pytest.approx(2 * 2 / (3 + 2))  # CMRC: 高 5 米 against 5 米
    assert report.by_lang["en"]["em"] == 1
    assert report.scores["cited_f1"] == report.scores["f1"]
    assert report.scores["false_answer_rate"] == 0


def test_with_the_gold_passage_all_of_the_paragraph_is_given_and_nothing_is_retrieved():
    bot = squad_bot()
    report = evaluate(bot, SQUAD, Mode(gold_passage=True), pool=POOL)
    assert report.scores["recall@5"] is None
    assert report.scores["contains"] == 1
    assert bot.given == [["p00001#1.1"]]  # the last question timed: its own paragraph, although it has no answer
    assert report.rows[0].failure is None


def one(**fields: object) -> QuestionSet:
    given = {"id": "7", "question": "?", "lang": "zh", "type": None, "answers": ("1",)} | fields
    return QuestionSet("gold.jsonl", "jsonl", (*questions("right").questions, Question(**given)))


@pytest.mark.parametrize(
    ("asked", "mode", "message"),
    [
        (questions("right"), Mode(gold_passage=True), "gold.jsonl names no gold paragraphs"),
        (SQUAD, Mode(), "dev.json brings its own paragraphs"),
        (one(source="c.txt", evidence="1"), Mode(), "question 7: its source c.txt is not in the index"),
        (one(question="😀", answers=()), Mode(), "question 7: the question has no words"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_line(bot, asked, mode, message):
    with pytest.raises(EvaluationError, match=f"^{message}"):
        evaluate(bot, asked, mode)


def test_progress_counts_questions(bot):
    calls = []
    evaluate(bot, questions(), progress=lambda *call: calls.append(call))
    assert calls[0] == ("ask", 6, 6)
    assert calls[-1] == ("time", 6, 6)


def test_where_one_paragraph_fills_the_ranking_more_is_asked_for():
    """Twenty parts of a long paragraph, then the right one."""
    parts = [f"a.txt#1.1/{number}" for number in range(1, 21)]
    pages = {"a.txt": "长句子很长很长。" * 1000 + "\n塔高5米。"}
    bot = ScriptedBot(pages, {"塔多高?": Line((*parts, "a.txt#1.2"))})
    asked = QuestionSet("g", "jsonl", (Question("1", "塔多高?", "zh", None, ("5米",), "a.txt", "塔高5米"),))
    report = evaluate(bot, asked, Mode(retrieval=True))
    assert report.scores["mrr@10"] == 1 / 2
    assert report.rows[0].ranking == (("a.txt#1.1", 1.0), ("a.txt#1.2", 1.0))
    assert report.questions_per_s > 0


def test_a_report_says_what_was_asked_of_which_index_and_when(bot):
    run = evaluate(bot, questions("right", "fooled"), Mode(min_confidence=0.6)).run
    assert (run["model"], run["index"], run["passages"], run["questions"]) == ("scripted@1", "abc", 5, "gold.jsonl")
    assert (run["threshold"], run["leg"], run["retrieval"], run["gold_passage"]) == (0.6, "fused", False, False)
    assert (run["reader"], run["versions"]["wenbao"]) == (reader(), rag.__version__)
    assert run["machine"]["cores"] >= 1
    assert datetime.fromisoformat(run["started"]) <= datetime.now(UTC)
    assert run["seconds"] >= 0
    other = evaluate(bot, questions("right"), Mode(retrieval=True)).run
    assert other["questions_sha256"] != run["questions_sha256"]
    assert other["threshold"] is None


@pytest.mark.parametrize("cores", [1, 5])
def test_batches_under_way_together_keep_their_order(bot, monkeypatch, cores):
    monkeypatch.setattr("rag.evaluation.runner.BATCH", 1)
    monkeypatch.setattr("rag.evaluation.runner.cores", lambda: cores)
    assert [row.question.id for row in evaluate(bot, questions()).rows] == list(EVIDENCE)


def test_what_fails_in_one_batch_ends_the_run(bot, monkeypatch):
    monkeypatch.setattr("rag.evaluation.runner.BATCH", 1)
    monkeypatch.delitem(bot.script, "占比多少?")
    with pytest.raises(KeyError, match="占比多少"):
        evaluate(bot, questions())


@pytest.mark.parametrize("fails", [False, True])
def test_cycles_are_looked_for_as_before_once_questions_were_asked(bot, monkeypatch, fails):
    before, during = gc.get_threshold(), []
    retrieve = bot.retrieve

    def watched(asked, **options):
        during.append(gc.get_threshold()[0])
        if fails:
            raise EvaluationError("the index is gone")
        return retrieve(asked, **options)

    monkeypatch.setattr(bot, "retrieve", watched)
    with pytest.raises(EvaluationError) if fails else nullcontext():
        evaluate(bot, questions())
    assert during[0] == 100_000
    assert gc.get_threshold() == before
