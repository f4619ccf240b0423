"""Kinds of questions, in words that stand in none of the phrases the weights were fitted on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import Embedder, load_embedder
from rag.questions import KindClassifier, bundled_kinds
from rag.questions.kinds import LABELS
from rag.training.kinds import read_phrases
from rag.types import QuestionKind

GOLD = Path(__file__).parents[1] / "gold" / "questions.jsonl"
#: Written after the fit and not fitted to.
NEW: dict[QuestionKind, tuple[str, ...]] = {
    "article": (
        "这篇主要在说什么事情",
        "能帮我看看这篇在讲啥吗",
        "这次会议都谈了哪些内容",
        "这份报道的中心内容是什么",
        "用一两句话说说这条新闻",
        "文章大意给我说一下",
        "那场发布会都说了些什么",
        "关于洪水预警的报道都写了啥",
        "跟我聊聊种粮大户那篇稿子",
        "健身步道那条新闻讲的什么",
        "请介绍一下外卖骑手的那篇文章",
        "這篇新聞大概在說什麼",
        "What's the gist of this piece?",
        "Could you summarise this news item for me",
        "What did they discuss at the meeting?",
        "Tell me about the story on the village library",
        "What does the paper write about the new tram line?",
        "Give me a short version of the article about the fish market",
        "Worum geht es hier?",
        "¿De qué habla esta noticia?",
        "De quoi traite cet article ?",
        "この記事はどんな内容ですか",
    ),
    "contents": (
        "最近都有些什么报道",
        "这几天报纸上登了什么新闻",
        "你这儿有哪些新闻可以看",
        "给我列一下有哪些文章",
        "What news do you have for me?",
        "Which stories are in the paper?",
        "Is there anything new today?",
        "Welche Nachrichten gibt es?",
    ),
    "small_talk": (
        "你好呀，很高兴见到你",
        "非常感谢你的帮助",
        "你都会些什么呀",
        "我能向你提哪些问题",
        "请问你是谁呀",
        "Hey, how are you today?",
        "Thanks a lot for your help",
        "What sort of things can I ask you?",
        "Who am I talking to?",
        "Good bye, see you tomorrow",
    ),
    "fact": (
        "区长在防汛会议上提了哪三点要求",
        "老张说了什么让大家感动",
        "谢谢，那停车场晚上几点关门",
        "你好，我想问医保什么时候缴费",
        "文章里提到的桥有多长",
        "这次会议在哪儿开的",
        "这次活动有多少人参加",
        "What did the farmer say about the price?",
        "When was the meeting held and who chaired it?",
        "Hello, how much is a ticket for the exhibition?",
        "Who introduced the new rules?",
        "最近一班公交几点发车",
    ),
}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


def kinds_of(embedder: Embedder, questions: tuple[str, ...]) -> list[QuestionKind]:
    return [judged.kind for judged in bundled_kinds().classify(embedder.encode_queries(questions))]


def test_new_phrasings_of_the_other_kinds_are_recognised(embedder: Embedder) -> None:
    others = [(kind, questions) for kind, questions in NEW.items() if kind != "fact"]
    right = [judged == kind for kind, questions in others for judged in kinds_of(embedder, questions)]
    assert len(right) == 40
    assert sum(right) >= 36


def test_new_questions_about_facts_stay_facts(embedder: Embedder) -> None:
    assert kinds_of(embedder, NEW["fact"]) == ["fact"] * 12


def test_the_new_phrasings_are_none_of_the_training_phrases() -> None:
    known = {phrase.rstrip("?？") for phrases in read_phrases().values() for phrase in phrases}
    assert not known & {question.rstrip("?？") for questions in NEW.values() for question in questions}


def test_the_facts_of_the_gold_set_stay_facts(embedder: Embedder) -> None:
    lines = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    questions = tuple(line["question"] for line in lines)
    kinds = kinds_of(embedder, questions)
    taken = {question: kind for question, kind in zip(questions, kinds, strict=True) if kind != "fact"}
    assert len(questions) >= 90
    assert taken == {}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("这篇讲了什么", False),
        ("总结一下", False),
        ("What were the outcomes?", False),
        ("讲讲音乐节那篇", True),
        ("Tell me about the meeting on flood control", True),
    ],
)
def test_whether_a_question_names_its_article(embedder: Embedder, question: str, names: bool) -> None:
    (judged,) = bundled_kinds().classify(embedder.encode_queries([question]))
    assert (judged.kind, judged.names_article) == ("article", names)


def test_the_weights_are_those_of_the_bundled_embedder(embedder: Embedder) -> None:
    """After a new embedder: ``python -m rag.training.kinds``."""
    assert bundled_kinds().model == embedder.name


def test_below_the_threshold_everything_is_a_fact() -> None:
    weights = np.zeros((1, len(LABELS)), np.float32)
    bias = np.log(np.asarray([0.3, 0.3, 0.3, 0.05, 0.05], np.float32))
    vectors = np.ones((1, 1), np.float32)
    (lax,) = KindClassifier("m", 0.55, weights, bias).classify(vectors)
    (strict,) = KindClassifier("m", 0.65, weights, bias).classify(vectors)
    # Pointing at an article and naming one count together.
    assert (lax.kind, round(lax.probability, 2), lax.names_article) == ("article", 0.6, True)
    assert (strict.kind, round(strict.probability, 2)) == ("fact", 0.3)
