"""The student before any training: the teacher's body, our pieces, vectors from the dictionary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from rag.training.student import Student
from rag.training.teacher import load_bert, load_wordpiece, teacher_folder
from rag.training.vocabulary import (
    FloatArray,
    GlossVectors,
    assemble,
    build_tokenizer,
    characters,
    chinese_words,
    english_pieces,
)


def initial_student(
    *,
    senses: Mapping[str, list[str]],
    frequency: Mapping[str, int],
    english_texts: Sequence[str],
    chinese_texts: Sequence[str],
    english: int,
    chinese: int,
) -> Student:
    """``english`` pieces and ``chinese`` words, plus every character that ``chinese_texts`` need."""
    folder = teacher_folder()
    bert, wordpiece = load_bert(folder), load_wordpiece(folder)
    table = bert.embeddings.word_embeddings.weight.detach().numpy()
    counts: Counter[int] = Counter()
    for encoded in wordpiece.encode_batch(list(english_texts)):
        counts.update(encoded.ids)
    vectors = GlossVectors(table, wordpiece)
    words = chinese_words(senses, frequency, vectors, chinese)
    single = characters(senses, frequency, vectors, chinese_texts)
    pieces, start = assemble(table, wordpiece, english_pieces(table, wordpiece, counts, english), [*single, *words])
    return Student(with_vectors(bert, start), build_tokenizer(pieces))


def with_vectors(bert: Any, start: FloatArray) -> Any:
    """The same body over another table of input vectors (pieces, d)."""
    bert.resize_token_embeddings(len(start), mean_resizing=False)
    bert.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(np.ascontiguousarray(start)))
    bert.config.pad_token_id = 0
    return bert
