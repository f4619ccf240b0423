"""Contrastive training of the embedder: questions near the passages and the sentences that answer them.

A passage is run once, with its headline. The mean of all its token states is the passage vector; the means of the
tokens of each sentence are the sentence vectors ("late chunking", Günther et al. 2024).
The losses are InfoNCE (van den Oord et al. 2018) over the other passages of the batch, some of which are easily
mistaken for the right one, and over passages of earlier batches (cross-batch memory, Wang et al. 2020).
sentence-transformers has neither sentence vectors of this kind nor this memory, so the loss is written here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from rag.embedding.text import PASSAGE, QUERY
from rag.index import SENTENCE_WEIGHT
from rag.text import sentences
from rag.training.encoder import Encoder
from rag.training.lessons import PARALLEL, Batch, Passage, Question

#: What a cosine is multiplied with: one over the temperature.
SCALE = 50.0
#: Passages of earlier batches that serve as further negatives.
MEMORY = 512
LONGEST_QUESTION, LONGEST_PASSAGE = 80, 320
#: Shares of the losses beside that of the score that the retriever uses.
SENTENCE_SHARE, PASSAGE_SHARE, BACKWARD_SHARE = 1.0, 0.5, 0.3
#: An answer of fewer characters stands in many passages that do not answer the question.
SHORTEST_ANSWER = 2
EXCLUDED = -1e4


@dataclass(frozen=True, slots=True)
class Encoded:
    """Unit vectors of passages (n, d) and of all their sentences (m, d); ``owner`` is the passage of each sentence."""

    passages: list[Passage]
    kinds: list[str]
    vectors: Tensor
    sentences: Tensor
    owner: Tensor
    starts: list[int]

    def detach(self) -> Encoded:
        return Encoded(
            self.passages, self.kinds, self.vectors.detach(), self.sentences.detach(), self.owner, self.starts
        )

    def then(self, later: Encoded) -> Encoded:
        """Both, this one first."""
        return Encoded(
            self.passages + later.passages,
            self.kinds + later.kinds,
            torch.cat([self.vectors, later.vectors]),
            torch.cat([self.sentences, later.sentences]),
            torch.cat([self.owner, later.owner + len(self.passages)]),
            self.starts + later.starts,
        )

    def first(self, count: int) -> Encoded:
        kept = int((self.owner < count).sum())
        return Encoded(
            self.passages[:count],
            self.kinds[:count],
            self.vectors[:count],
            self.sentences[:kept],
            self.owner[:kept],
            self.starts[:kept],
        )


def encode_passages(encoder: Encoder, batch: Batch) -> Encoded:
    """The passage and sentence vectors of a batch."""
    texts = [f"{passage.title}\n{passage.text}" if passage.title else passage.text for passage in batch.passages]
    encodings = encoder.tokenize(PASSAGE, texts, LONGEST_PASSAGE)
    vectors, parts, owner, starts = [], [], [], []
    for number, states in enumerate(encoder.states(encodings)):
        vectors.append(states.mean(0))
        before = len(PASSAGE) + len(texts[number]) - len(batch.passages[number].text)
        offsets = torch.tensor(encodings[number].offsets) - before
        for span in sentences(batch.passages[number].text):
            inside = (offsets[:, 0] < span.end) & (offsets[:, 1] > max(span.start, 0)) & (offsets[:, 1] > offsets[:, 0])
            if bool(inside.any()):
                parts.append(states[inside].mean(0))
                owner.append(number)
                starts.append(span.start)
    return Encoded(
        batch.passages,
        [batch.kind] * len(batch.passages),
        normalize(torch.stack(vectors), dim=-1),
        normalize(torch.stack(parts), dim=-1),
        torch.tensor(owner),
        starts,
    )


def encode_questions(encoder: Encoder, questions: Sequence[Question]) -> Tensor:
    """Unit vectors (n, d)."""
    encodings = encoder.tokenize(QUERY, [question.text for question in questions], LONGEST_QUESTION)
    return normalize(torch.stack([states.mean(0) for states in encoder.states(encodings)]), dim=-1)


def best_sentences(cosines: Tensor, owner: Tensor, passages: int) -> Tensor:
    """The highest cosine of a sentence of each passage: (n, m) to (n, passages).

    >>> best_sentences(torch.tensor([[0.1, 0.5, 0.3]]), torch.tensor([0, 0, 1]), 2).tolist()
    [[0.5, 0.30000001192092896]]
    """
    empty = torch.full((len(cosines), passages), -1.0)
    return empty.scatter_reduce(1, owner.expand(len(cosines), -1), cosines, "amax")


class Objective:
    """Turns batches into losses and remembers their passages."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._memory: Encoded | None = None

    def __call__(self, batch: Batch) -> Tensor:
        passages = encode_passages(self._encoder, batch)
        asked = encode_questions(self._encoder, batch.questions)
        candidates = passages if self._memory is None else passages.then(self._memory)
        loss = contrastive_loss(asked, batch.questions, candidates)
        if batch.kind != PARALLEL:  # a line is too easily told from the passages of other sets
            self._memory = candidates.detach().first(MEMORY)
        return loss


def contrastive_loss(asked: Tensor, questions: Sequence[Question], candidates: Encoded) -> Tensor:
    """``asked`` (n, d) against all candidates, of which those of the same batch come first."""
    gold = torch.tensor([question.passage for question in questions])
    hidden = torch.tensor([_hidden(question, candidates) for question in questions])
    to_passages = asked @ candidates.vectors.T
    to_sentences = asked @ candidates.sentences.T
    best = best_sentences(to_sentences, candidates.owner, len(candidates.passages))
    score = SENTENCE_WEIGHT * best + (1 - SENTENCE_WEIGHT) * to_passages
    loss = cross_entropy((score * SCALE).masked_fill(hidden, EXCLUDED), gold)
    loss = loss + PASSAGE_SHARE * cross_entropy((to_passages * SCALE).masked_fill(hidden, EXCLUDED), gold)

    target = torch.tensor([_sentence(question, candidates) for question in questions])
    known = target >= 0
    if bool(known.any()):
        scores = (to_sentences * SCALE).masked_fill(hidden[:, candidates.owner], EXCLUDED)
        loss = loss + SENTENCE_SHARE * cross_entropy(scores[known], target[known])

    # Of all questions of the batch, which one does the passage of this question answer?
    backward = score[:, gold].T * SCALE
    excluded = (gold[:, None] == gold[None]) | hidden[:, gold].T
    excluded.fill_diagonal_(fill_value=False)
    return loss + BACKWARD_SHARE * cross_entropy(backward.masked_fill(excluded, EXCLUDED), torch.arange(len(gold)))


def _hidden(question: Question, candidates: Encoded) -> list[bool]:
    """Which passages say nothing about a question: other parts of its paragraph, and others that hold its answer."""
    own, kind = candidates.passages[question.passage], candidates.kinds[0]
    answer = question.answer if len(question.answer) >= SHORTEST_ANSWER else None
    return [
        number != question.passage
        and (
            passage.text == own.text
            or (
                candidates.kinds[number] == kind
                and (passage.paragraph == own.paragraph or (answer is not None and answer in passage.text))
            )
        )
        for number, passage in enumerate(candidates.passages)
    ]


def _sentence(question: Question, candidates: Encoded) -> int:
    """The number of the sentence in which the answer begins; -1 if it was cut off."""
    row, text = -1, candidates.passages[question.passage].text
    for number, (owner, start) in enumerate(zip(candidates.owner.tolist(), candidates.starts, strict=True)):
        if owner == question.passage and start <= question.start < len(text):
            row = number
    return row


def mixed(sources: Mapping[str, tuple[Iterator[Batch], float]], seed: int) -> Iterator[Batch]:
    """Batches of one source at a time, drawn by their shares."""
    rng = random.Random(seed)
    names, shares = list(sources), [share for _, share in sources.values()]
    while True:
        yield next(sources[rng.choices(names, shares)[0]][0])
