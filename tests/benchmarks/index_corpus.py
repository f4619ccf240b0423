"""Paragraphs, questions and vectors in any number, for the benchmark of the index.

Paragraphs are those of SQuAD files; where they run out, a paragraph's sentences are each made of the first half of one
and the second half of another, so that words are as frequent as they were and hardly a sentence is there twice.
Vectors of the first ``real`` paragraphs, their sentences and of all questions are the model's. Any other text gets a
mixture of two of these, chosen by the text: so building takes minutes, and neighbours are spread as real ones are.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path

import numpy as np

from rag.corpus import passages
from rag.embedding import encode_sentences_alone, load_embedder
from rag.text import sentences
from rag.types import Article, Document, Paragraph, Span

PER_DOCUMENT = 50
#: How much there is of the first vector of a mixture, and of the second: its cosine with the first is about .9.
MIXTURE = 0.8, 0.4


def read_squad(files: Sequence[Path]) -> tuple[list[str], list[str]]:
    """The paragraphs and the questions of SQuAD files, each once, in a fixed random order."""
    paragraphs: dict[str, None] = {}
    questions: dict[str, None] = {}
    for file in files:
        packed = file.read_bytes()
        data = json.loads(gzip.decompress(packed) if file.suffix == ".gz" else packed)
        for article in data["data"]:
            for paragraph in article["paragraphs"]:
                paragraphs[" ".join(paragraph["context"].split())] = None
                questions.update(dict.fromkeys(qa["question"].strip() for qa in paragraph["qas"]))
    return shuffled(list(paragraphs)), shuffled(list(questions))


def shuffled(texts: list[str]) -> list[str]:
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())


def varied(paragraphs: Sequence[str]) -> Iterator[str]:
    """The paragraphs, and then new ones made of them, without end."""
    yield from paragraphs
    split = [[text[span.start : span.end] for span in sentences(text)] for text in paragraphs]
    every = [sentence for own in split for sentence in own]
    for step in count(7919, 104_729):
        place = 0
        for own in split:
            others = (every[(place + i + step) % len(every)] for i in range(len(own)))
            place += len(own)
            yield "".join(map(_crossed, own, others))


def _crossed(one: str, other: str) -> str:
    """The first half of one sentence and the second half of another."""
    return one[: len(one) // 2] + other[len(other) // 2 :]


def documents(paragraphs: Iterable[str], wanted: int) -> Iterator[Document]:
    """Documents of ``PER_DOCUMENT`` paragraphs, until there are ``wanted`` passages or no more paragraphs."""
    found = number = 0
    source = iter(paragraphs)
    while found < wanted and (lines := list(islice(source, PER_DOCUMENT))):
        text = "\n".join(lines)
        document = Document(f"{number:06}.txt", text, "utf-8", hashlib.sha256(text.encode()).hexdigest())
        number += 1
        found += sum(len(passages(article, text)) for article in split_document(document))
        yield document


def split_document(document: Document) -> tuple[Article, ...]:
    """One article of one paragraph for each line."""
    found = []
    start = 0
    for number, line in enumerate(document.text.split("\n"), 1):
        end = start + len(line)
        paragraph = Paragraph(1, line, start, end)
        found.append(Article(document.source, number, "", "article", None, start, end, (paragraph,)))
        start = end + 1
    return tuple(found)


def embedded(paragraphs: Sequence[str]) -> Iterator[str]:
    """What is embedded of paragraphs: their passages and the sentences of these."""
    for document in documents(iter(paragraphs), len(paragraphs) * PER_DOCUMENT):
        for article in split_document(document):
            for passage in passages(article, document.text):
                yield passage.embedded_text
                yield from (passage.text[span.start : span.end].strip() for span in sentences(passage.text))


class Kept:
    """Texts with their vectors from the bundled model, kept in a folder from run to run as float16."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._model = load_embedder()
        self._keys, self._rows = folder / f"{self._model.name}.keys", folder / f"{self._model.name}.rows"
        self._keys.touch()
        self._rows.touch()
        keys = self._keys.read_bytes()
        self._known = {keys[i : i + 16]: i // 16 for i in range(0, len(keys), 16)}
        self._load()

    def _load(self) -> None:
        rows = np.fromfile(self._rows, np.float16).reshape(-1, self._model.dimension)
        self._vectors = rows[: len(self._known)]

    def add(self, texts: Sequence[str]) -> None:
        """Embed what is not yet known."""
        new = [text for text in dict.fromkeys(texts) if self.key(text) not in self._known]
        for start in range(0, len(new), 1024):
            some = new[start : start + 1024]
            with self._rows.open("ab") as rows:
                rows.write(self._model.encode_passages(some).astype(np.float16).tobytes())
            with self._keys.open("ab") as keys:
                keys.write(b"".join(map(self.key, some)))
            self._known.update({self.key(text): len(self._known) + i for i, text in enumerate(some)})
        if new:
            self._load()

    @staticmethod
    def key(text: str) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=16).digest()

    def place(self, key: bytes) -> int | None:
        return self._known.get(key)

    @property
    def vectors(self) -> np.ndarray:
        return self._vectors


class BenchEmbedder:
    """The bundled model for questions; for passages what is kept, or something like it."""

    def __init__(self, kept: Kept | None) -> None:
        self.name = "benchmark@1"
        self._model = load_embedder()
        self.dimension = self._model.dimension
        self._kept = kept
        self.made = 0

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self._model.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        assert self._kept is not None
        keys = [Kept.key(text) for text in texts]
        known = [self._kept.place(key) for key in keys]
        self.made += sum(place is None for place in known)
        rows = self._mixture(keys)
        for row, place in enumerate(known):
            if place is not None:
                rows[row] = self._kept.vectors[place]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[np.ndarray]:
        """Sentences by themselves: how the index behaves does not depend on where a vector comes from."""
        return encode_sentences_alone(self.encode_passages, texts, spans)

    def _mixture(self, keys: Sequence[bytes]) -> np.ndarray:
        """(len(keys), dimension): two kept vectors for each key, mixed."""
        assert self._kept is not None
        vectors = self._kept.vectors
        chosen = np.array([[int.from_bytes(key[at : at + 4]) % len(vectors) for at in (0, 8)] for key in keys])
        one, other = MIXTURE
        return one * vectors[chosen[:, 0]].astype(np.float32) + other * vectors[chosen[:, 1]].astype(np.float32)
