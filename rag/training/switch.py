"""Questions half in the other language, word by word from the dictionary."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rag.training.traditional import is_ideograph

SHARE = 0.5
_WORD = re.compile(r"[A-Za-z]+|[^A-Za-z]+")


class Switch:
    """Swaps a share of the words that the dictionary knows, about half of them by default."""

    def __init__(self, senses: Mapping[str, Sequence[str]], tokenizer: Any, share: float = SHARE) -> None:
        self._tokenizer = tokenizer
        self._share = share
        self._english = {word: _short(found) for word, found in senses.items() if len(word) > 1 and _short(found)}
        self._chinese: dict[str, list[str]] = defaultdict(list)
        pieces = tokenizer.get_vocab()
        for word, found in senses.items():
            for gloss in found[:2]:
                bare = gloss.removeprefix("to ")
                if bare.isalpha() and bare.isascii() and len(bare) > 3 and word in pieces and len(word) > 1:
                    self._chinese[bare.lower()].append(word)

    def __call__(self, text: str, rng: random.Random) -> str:
        cjk = sum(map(is_ideograph, text))
        return self.to_english(text, rng) if cjk * 3 > len(text) else self.to_chinese(text, rng)

    def to_english(self, text: str, rng: random.Random) -> str:
        """``text`` in simplified characters."""
        parts, at = [], 0
        for start, end in self._tokenizer.encode(text, add_special_tokens=False).offsets:
            word = text[start:end]
            swapped = word in self._english and rng.random() < self._share
            parts += [text[at:start], f" {self._english[word]} " if swapped else word]
            at = end
        return "".join([*parts, text[at:]])

    def to_chinese(self, text: str, rng: random.Random) -> str:
        def swap(match: re.Match[str]) -> str:
            words = self._chinese.get(match[0].lower())
            return rng.choice(words[:3]) if words and rng.random() < self._share else match[0]

        return _WORD.sub(swap, text)


def _short(found: Sequence[str]) -> str:
    """The first gloss of at most three words, without its alternatives."""
    for gloss in found[:2]:
        bare = re.split("[;,]", gloss)[0].removeprefix("to ").strip()
        if bare and len(bare.split()) <= 3:
            return bare
    return ""
