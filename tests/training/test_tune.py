"""Losses that can be worked out by hand, and what is pooled and left out."""

from __future__ import annotations

import math
from itertools import islice, repeat

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from rag.training import tune
from rag.training.encoder import Encoder
from rag.training.lessons import Batch, Passage, Question
from rag.training.tune import (
    BACKWARD_SHARE,
    PASSAGE_SHARE,
    SENTENCE_SHARE,
    Encoded,
    Objective,
    best_sentences,
    contrastive_loss,
    encode_passages,
    mixed,
)

BETWEEN = [2**-0.5, 2**-0.5]


def candidates(*texts: str, kinds: list[str] | None = None, paragraphs: list[int] | None = None) -> Encoded:
    """Passages of one sentence, each on an axis of its own."""
    numbers = paragraphs or list(range(len(texts)))
    passages = [Passage("", text, number) for text, number in zip(texts, numbers, strict=True)]
    axes = torch.eye(len(texts))
    owner = torch.arange(len(texts))
    return Encoded(passages, kinds or ["zh"] * len(texts), axes, axes, owner, [0] * len(texts))


def loss(asked: list[list[float]], over: Encoded, *, answers: list[str]) -> float:
    """The first question is about the first passage, and so on."""
    questions = [Question("?", number, 0, answer) for number, answer in enumerate(answers)]
    return float(contrastive_loss(torch.tensor(asked), questions, over))


def test_questions_that_lie_on_their_passages_lose_nothing() -> None:
    assert loss([[1.0, 0.0], [0.0, 1.0]], candidates("a", "b"), answers=["x", "y"]) == pytest.approx(0, abs=1e-6)


def test_a_question_between_two_passages_loses_half_a_bit_everywhere_but_backward() -> None:
    """Of two questions one is torn; of both questions each passage is still nearest to its own."""
    expected = (1 + PASSAGE_SHARE + SENTENCE_SHARE) * math.log(2) / 2
    assert loss([BETWEEN, [0.0, 1.0]], candidates("a", "b"), answers=["x", "y"]) == pytest.approx(expected, abs=1e-5)


def test_backward_a_passage_is_torn_between_two_questions() -> None:
    """Both questions lie between both passages: every softmax is over two equal scores."""
    expected = (1 + PASSAGE_SHARE + SENTENCE_SHARE + BACKWARD_SHARE) * math.log(2)
    assert loss([BETWEEN, BETWEEN], candidates("a", "b"), answers=["x", "y"]) == pytest.approx(expected, abs=1e-5)


def test_two_questions_of_one_passage_are_no_negatives_of_each_other() -> None:
    over = candidates("a", "b")
    questions = [Question("?", 0, 0, "x"), Question("??", 0, 0, "y")]
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert float(contrastive_loss(same, questions, over)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "over",
    [
        candidates("a", "b", paragraphs=[4, 4]),  # another part of the same paragraph
        candidates("a", "it is xx"),  # holds the answer
        candidates("a", "a"),  # the same text once more
    ],
)
def test_what_says_nothing_about_a_question_is_left_out(over: Encoded) -> None:
    only = [Question("?", 0, 0, "xx")]
    assert float(contrastive_loss(torch.tensor([BETWEEN]), only, over)) == pytest.approx(0, abs=1e-6)


def test_the_remembered_copy_of_its_own_passage_is_left_out() -> None:
    over = candidates("a", "b")
    passage = over.passages[0]
    again = Encoded([passage, passage], over.kinds, over.vectors, over.sentences, over.owner, over.starts)
    only = [Question("?", 0, 0, "xx")]
    assert float(contrastive_loss(torch.tensor([BETWEEN]), only, again)) == pytest.approx(0, abs=1e-6)


def test_backward_a_question_whose_answer_a_passage_holds_is_left_out() -> None:
    """Both questions lie on the first passage, which holds the answer of the second one, too."""
    over = candidates("a yy", "b")
    questions = [Question("?", 0, 0, "xx"), Question("??", 1, 0, "yy")]
    asked = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    alone = float(contrastive_loss(asked[:1], questions[:1], over))
    assert float(contrastive_loss(asked, questions, over)) == pytest.approx(alone + BACKWARD_SHARE * math.log(2) / 2)


@pytest.mark.parametrize(
    ("over", "answer"),
    [
        (candidates("a", "b"), "xx"),
        (candidates("a", "a x"), "x"),  # an answer of one character stands in many passages
        (candidates("a", "it is xx", kinds=["zh", "en"]), "xx"),  # of another set: by chance
        (candidates("a", "b", kinds=["zh", "en"], paragraphs=[4, 4]), "xx"),  # numbers count within a set
    ],
)
def test_other_passages_count(over: Encoded, answer: str) -> None:
    questions = [Question("?", 0, 0, answer)]
    expected = (1 + PASSAGE_SHARE + SENTENCE_SHARE) * math.log(2)
    assert float(contrastive_loss(torch.tensor([BETWEEN]), questions, over)) == pytest.approx(expected, abs=1e-5)


def test_a_passage_scores_its_best_sentence() -> None:
    cosines, owner = torch.tensor([[0.1, 0.5, 0.3]]), torch.tensor([0, 0, 1])
    assert best_sentences(cosines, owner, 3).tolist() == [[0.5, pytest.approx(0.3), -1.0]]


def test_memory_comes_behind_and_is_cut_by_passages() -> None:
    """The second passage has two sentences."""
    earlier = Encoded(
        [Passage("", text, 0) for text in "ab"],
        ["zh", "zh"],
        torch.eye(2),
        torch.eye(3)[:, :2],
        torch.tensor([0, 1, 1]),
        [0, 0, 5],
    )
    newer = Encoded([Passage("", "c", 0)], ["zh"], torch.eye(2)[:1], torch.eye(2)[:1], torch.tensor([0]), [0])
    both = newer.then(earlier)
    assert both.owner.tolist() == [0, 1, 2, 2]
    kept = both.first(2)
    assert ([passage.text for passage in kept.passages], kept.owner.tolist(), kept.starts) == (
        ["c", "a"],
        [0, 1],
        [0, 0],
    )
    assert (len(kept.vectors), len(kept.sentences)) == (2, 2)


TWO = "汽车展览。天气很好。"


def batch(*passages: Passage, questions: list[Question] | None = None) -> Batch:
    return Batch("zh", list(passages), questions or [])


def states(encoder: Encoder, text: str) -> Tensor:
    [found] = encoder.states(encoder.tokenize("passage: ", [text], 99))
    return found.detach()


def test_sentences_are_pooled_from_the_pass_over_headline_and_passage(encoder: Encoder) -> None:
    found = encode_passages(encoder, batch(Passage("新学校", TWO, 0), Passage("", "我爱红色", 1)))
    assert (found.owner.tolist(), found.starts, found.kinds) == ([0, 0, 1], [0, 5, 0], ["zh", "zh"])
    # <s>, nine tokens of the prefix, ▁, 新学校, ▁, five tokens of each sentence, </s>
    whole = states(encoder, f"新学校\n{TWO}")
    assert len(whole) == 26
    torch.testing.assert_close(found.vectors[0], normalize(whole.mean(0), dim=0), rtol=0, atol=1e-5)
    torch.testing.assert_close(found.sentences[1], normalize(whole[20:25].mean(0), dim=0), rtol=0, atol=1e-5)
    assert torch.cosine_similarity(found.sentences[0], whole[15:20].mean(0), dim=0) > 0.99
    assert torch.linalg.norm(found.sentences, dim=1).tolist() == pytest.approx([1, 1, 1], abs=1e-5)


def test_a_sentence_that_is_cut_off_has_no_vector(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "LONGEST_PASSAGE", 15)
    found = encode_passages(encoder, batch(Passage("", TWO, 0)))
    assert (found.starts, len(found.sentences)) == ([0], 1)


def test_batches_are_remembered_without_gradient(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "MEMORY", 3)
    seen: list[list[str]] = []

    def watch(asked: Tensor, questions: list[Question], over: Encoded) -> Tensor:
        seen.append([passage.text for passage in over.passages])
        return (asked.sum() + over.vectors.sum()) * 0

    monkeypatch.setattr(tune, "contrastive_loss", watch)
    objective = Objective(encoder)
    question = [Question("天气", 0, 0, "天气")]
    for names in ("汽车", "红蓝", "学校"):
        objective(batch(*(Passage("", name, 0) for name in names), questions=question)).backward()
    assert seen == [["汽", "车"], ["红", "蓝", "汽", "车"], ["学", "校", "红", "蓝", "汽"]]


def test_parallel_lines_are_not_remembered(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def watch(asked: Tensor, questions: list[Question], over: Encoded) -> Tensor:
        sizes.append(len(over.passages))
        return asked.sum() * 0

    monkeypatch.setattr(tune, "contrastive_loss", watch)
    objective = Objective(encoder)
    question = [Question("天气", 0, 0, "天气")]
    for kind in ("parallel", "parallel", "zh", "parallel", "parallel"):
        objective(Batch(kind, [Passage("", "汽车", 0)], question))
    assert sizes == [1, 1, 1, 2, 2]


def test_training_lessens_the_loss(encoder: Encoder) -> None:
    lesson = batch(
        Passage("", "汽车展览。", 0),
        Passage("", "天气很好。", 1),
        questions=[Question("红色", 0, 0, "汽车"), Question("蓝色", 1, 0, "天气")],
    )
    optimizer = torch.optim.AdamW(encoder.trained().values(), lr=1e-3)
    losses = []
    for _ in range(15):
        optimizer.zero_grad()
        loss = Objective(encoder)(lesson)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_batches_are_drawn_by_their_shares() -> None:
    sources = {name: (repeat(Batch(name, [], [])), share) for name, share in (("a", 0.8), ("b", 0.2))}
    kinds = [batch.kind for batch in islice(mixed(sources, 1), 1000)]
    assert 750 < kinds.count("a") < 850
    assert kinds == [batch.kind for batch in islice(mixed(sources, 1), 1000)]
