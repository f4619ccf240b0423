"""What a follow-up question leaves out, by hand-made turns; none of this needs an index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.chatbot.dialogue import Turn, resolve

GOLD = Path(__file__).parents[1] / "gold" / "questions.jsonl"

MEETING = Turn("谁主持了全区经济运行分析会?", ("恽淇丞",), "全区经济运行分析会召开", ("恽淇丞主持会议。",))
VISIT = Turn("乔俊杰到哪个镇调研重点工业企业?", ("洛阳镇",), "", ())
JOBS = Turn("2024年先后引进各类人才多少人?", ("3.7万人",), "数说武进", ("先后引进各类人才3.7万人。",))
FRAUD = Turn("2024年电信诈骗警情数同比下降了多少?", ("39.8%",), "", ())
BRIDGE = Turn("望川大桥全长多少米?", ("1860米",), "望川大桥顺利合龙", ("大桥全长1860米。",))
FIRM = Turn("作为代表企业发言的是哪家企业?", ("远山汽车",), "", ())
EN_MEETING = Turn("Who chaired the annual trade meeting?", ("Ada Li",), "", ())
EN_JOBS = Turn("How many new jobs were created in the first half of 2024?", ("5,000",), "", ())
EN_LIBRARY = Turn("Who is the head librarian of the Harbour Library?", ("Tom Okafor",), "", ())
EN_FERRY = Turn("How much does the night ferry between Saltmarsh and Dunmere cost?", ("9 pounds",), "", ())


def meant(question: str, *turns: Turn) -> str | None:
    resolved = resolve(question, turns)
    return resolved and resolved.question


@pytest.mark.parametrize(
    ("question", "turn", "alone"),
    [
        ("在哪里召开?", MEETING, "全区经济运行分析会在哪里召开?"),
        ("那是什么时候召开的?", MEETING, "全区经济运行分析会是什么时候召开的?"),
        ("这次会议有多少人参加?", MEETING, "全区经济运行分析会有多少人参加?"),
        ("会议在哪里召开?", MEETING, "全区经济运行分析会在哪里召开?"),
        ("他还说了什么?", MEETING, "恽淇丞还说了什么?"),
        ("他还去了哪里?", VISIT, "乔俊杰还去了哪里?"),
        ("那新增就业岗位呢?", JOBS, "2024年新增就业岗位多少?"),
        ("那上半年呢?", JOBS, "上半年先后引进各类人才多少人?"),
        ("那损失数呢?", FRAUD, "2024年电信诈骗损失数同比下降了多少?"),
        ("总投资呢?", BRIDGE, "望川大桥总投资多少?"),
        ("这座桥什么时候通车?", BRIDGE, "望川大桥什么时候通车?"),
        ("该公司有多少员工?", FIRM, "远山汽车有多少员工?"),
        ("那損失數呢？", FRAUD, "2024年电信诈骗損失數同比下降了多少?"),
        ("她還去了哪裡?", VISIT, "乔俊杰還去了哪裡?"),
    ],
)
def test_chinese_follow_ups(question: str, turn: Turn, alone: str) -> None:
    assert meant(question, turn) == alone


@pytest.mark.parametrize(
    ("question", "turn", "alone"),
    [
        ("When was it held?", EN_MEETING, "When was the annual trade meeting held?"),
        ("Who else attended?", EN_MEETING, "Who else attended the annual trade meeting?"),
        ("Where was the meeting held?", EN_MEETING, "Where was the annual trade meeting held?"),
        ("Who spoke at this meeting?", EN_MEETING, "Who spoke at the annual trade meeting?"),
        ("What about the whole year?", EN_JOBS, "How many new jobs were created in the whole year?"),
        ("And the first half of the year?", EN_JOBS, "How many new jobs were created in the first half of the year?"),
        ("When did he come to town?", EN_LIBRARY, "When did Tom Okafor come to town?"),
        ("Which old ships did he buy?", EN_LIBRARY, "Which old ships did Tom Okafor buy?"),
        ("What is his salary?", EN_LIBRARY, "What is Tom Okafor's salary?"),
        ("How long does it take?", EN_FERRY, "How long does the night ferry take?"),
        ("And by day?", EN_FERRY, "How much does the night ferry between Saltmarsh and Dunmere cost by day?"),
    ],
)
def test_english_follow_ups(question: str, turn: Turn, alone: str) -> None:
    assert meant(question, turn) == alone


@pytest.mark.parametrize(
    "question",
    [
        "谁发明了电话?",
        "怎么做红烧肉?",
        "其他国家的地铁票价是多少?",
        "乔俊杰和他的同事去了哪里?",
        "那达慕大会在哪里举行?",
        "洛阳高级中学",
        "当时西屋电气公司的总部位于哪一个城市?",
        "Who invented the telephone?",
        "How long does it take to boil an egg?",
        "Which city did Chopin visit with his mother?",
        "Which copies of a treaty have their text outlined?",
        "Wujin population 2030",
    ],
)
@pytest.mark.parametrize("turn", [MEETING, VISIT, EN_MEETING, EN_LIBRARY])
def test_a_question_that_stands_alone_is_left_alone(question: str, turn: Turn) -> None:
    assert meant(question, turn) is None


@pytest.mark.parametrize("turn", [MEETING, JOBS, EN_MEETING, EN_LIBRARY])
def test_no_gold_question_is_touched_by_an_unrelated_conversation(turn: Turn) -> None:
    questions = [json.loads(line)["question"] for line in GOLD.read_text(encoding="utf-8").splitlines()]
    assert [question for question in questions if resolve(question, [turn])] == []


def test_nothing_is_carried_over_without_a_conversation_or_from_one_that_has_nothing() -> None:
    assert meant("在哪里召开?") is None
    assert meant("他还去了哪里?", BRIDGE) is None
    assert meant("这部电影什么时候上映?", BRIDGE) is None


def test_a_person_may_be_named_some_turns_before() -> None:
    assert meant("他还去了哪里?", VISIT, BRIDGE, BRIDGE) == "乔俊杰还去了哪里?"
    assert meant("他还去了哪里?", VISIT, BRIDGE, BRIDGE, BRIDGE) is None


def test_a_fragment_asks_the_same_of_something_else_and_everything_else_asks_on() -> None:
    resolved = [resolve(question, [BRIDGE]) for question in ("总投资呢?", "什么时候通车?", "它什么时候通车?")]
    assert [each and each.stays for each in resolved] == [False, None, True]


def test_several_persons_are_carried_over_together() -> None:
    leaders = Turn("哪些区领导参加了活动?", ("恽淇丞、赵钢、朱慧峰",), "推介会举行", ())
    assert meant("他们还拜访了哪家公司?", leaders) == "恽淇丞、赵钢、朱慧峰还拜访了哪家公司?"
