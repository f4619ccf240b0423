"""Questions about a whole article, and the sentences that tell what is in it.

Recognised by closed classes of words: what is asked (讲了什么, what … about) and nouns for what an article reports on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.embedding import FloatArray
from rag.text import fold
from rag.types import Passage, Span

#: The most sentences of a summary, its lead among them.
MOST = 4
_SHORTEST = 12
_DAMPING, _SIMILAR = 0.85, 0.1
# Half of what MMR weighs is centrality, half is difference from what was chosen; as in Carbonell and Goldstein.
_DIVERSITY = 0.5
_ROUNDS = 50

_REPORT = r"(?:报道|文章|新闻|稿件|消息|评论|社论|专题)"
_EVENT = r"(?:会|会议|全会|活动|仪式|论坛|展览|车展|讲座|比赛|工程|行动)"
_NAMED = rf"(?:{_REPORT}|{_EVENT}|[》”\"』」])"
_WHICH = r"(?:这|那|该|此|本)?(?:一)?(?:[篇次个场届条则份项])?"
_PLEASE = r"(?:请|请问|麻烦|帮我|给我|你能|能不能|可以|能否|简单|简要|大致)*"
_ADVERB = r"(?:主要|都|具体|大致|究竟|到底|一共|重点|会上)*"
_ZH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_PLEASE}(?:总结|概括|归纳|概述|梳理)(?:一?下|了)?(?P<topic>.*?)(?:的?(?:主要|核心)?(?:内容|大意|要点|精神))?(?:吗)?",
        rf"{_PLEASE}(?P<topic>{_WHICH}(?:.*{_NAMED}|{_NAMED}))的?{_ADVERB}(?:讲|说|谈|写|讨论|介绍|报道|讲述|涉及)(?:了|的)?(?:都)?是?"
        r"(?:什么|啥|哪些)(?:主要)?(?:内容|事情|东西|事|方面|问题)?",
        rf"(?P<topic>{_WHICH}(?:.*{_NAMED}|{_NAMED}))上?(?:都)?(?:有|作出|做出|作了|做了|提出|明确)了?(?:哪些|什么)(?:新|重要|主要|具体|工作)*"
        r"(?:部署|安排|要求|内容|议题|议程|精神|看点|亮点|要点)",
        rf"(?P<topic>{_WHICH}(?:.*{_NAMED}|{_NAMED}))的?(?:主要|核心|中心)(?:内容|大意|要点|精神|议题)(?:是|有)(?:什么|哪些|啥)",
    )
)
_EN_EVENT = (
    r"(?:meeting|conference|session|plenary|plenum|article|report|story|news|piece|commentary|editorial|ceremony|event|forum|"
    r"exhibition|show|campaign)"
)
_EN_NAMED = rf"(?:[^?]*\b{_EN_EVENT}s?\b[^?]*|[\"“].+[\"”])"
_EN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:please |can you |could you )*(?:summari[sz]e|sum up|outline)\b(?P<topic>.*)",
        r"(?:please |can you |could you )*give (?:me )?an? (?:(?:short|brief) )?(?:summary|overview) of (?P<topic>.+)",
        r"what (?:does|did) (?:the|this) (?:paper|newspaper|article|report|story|page) say about (?P<topic>.+)",
        rf"what (?:is|was|are|were) (?P<topic>{_EN_NAMED}) (?:all )?about",
        rf"what (?:are|were) the (?:main|key) (?:points|topics|messages|takeaways|decisions) of (?P<topic>{_EN_NAMED})",
        rf"what happened at (?P<topic>{_EN_NAMED})",
        rf"what (?:does|did) (?P<topic>(?:the|this) {_EN_EVENT}) (?:say|report|discuss|decide)",
    )
)
_LISTED = re.compile("哪些|部署|安排|要求|议题|议程|要点|看点|亮点")
_ONLY_EN = re.compile(rf"(?:the|this|that|a|an|it|all|whole|of|about|for|me|\b{_EN_EVENT}s?\b|\W)*", re.IGNORECASE)
_ONLY_ZH = re.compile(rf"(?:{_WHICH}(?:{_REPORT}|{_EVENT})?|它|内容|全文|\W)*")


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """A question about all of an article.

    ``topic`` says which, and is empty if the question does not; ``named`` is where in the question it does or could.
    ``wants_list`` says that it asks for several things.
    """

    topic: str
    named: Span
    wants_list: bool


def article_question(text: str) -> ArticleQuestion | None:
    """Whether a question asks what is in an article as a whole.

    >>> article_question("第七次全会有哪些部署?")
    ArticleQuestion(topic='第七次全会', named=Span(start=0, end=5), wants_list=True)
    >>> article_question("这次会议讲了什么?").topic, article_question("Summarise the article about the car show").topic
    ('', 'car show')
    >>> article_question("会议由谁主持?"), article_question("乔俊杰讲了什么?")
    (None, None)
    """
    folded = fold(text).rstrip(" ?。.!")
    for patterns, nothing, clean in ((_ZH, _ONLY_ZH, _clean_zh), (_EN, _ONLY_EN, _clean_en)):
        for pattern in patterns:
            if match := pattern.fullmatch(folded):
                topic = match["topic"].strip()
                listed = _LISTED.search(folded[match.end("topic") :]) is not None
                named = Span(*match.span("topic"))
                return ArticleQuestion("" if nothing.fullmatch(topic) else clean(topic), named, listed)
    return None


def _clean_zh(topic: str) -> str:
    """Without what only says that it is an article: 关于…的报道."""
    topic = re.sub(rf"^(?:{_WHICH})(?:关于|有关)|^关于|^有关", "", topic)
    return re.sub(rf"(?:的?(?:那|这)?[篇条则]?{_REPORT})$", "", topic).strip("《》\"' ") or topic


def _clean_en(topic: str) -> str:
    topic = re.sub(r"^(?:the |this |that )?(?:article|report|story|news|piece) (?:about|on) ", "", topic)
    return re.sub(r"^(?:the |a |an )", "", topic).strip("\"' ")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article; ``span`` points into the passage's text, ``vector`` has shape (d,)."""

    passage: Passage
    span: Span
    vector: FloatArray

    @property
    def text(self) -> str:
        return self.passage.text[self.span.start : self.span.end].strip()


def summary(sentences: Sequence[Sentence], asked: FloatArray, most: int = MOST) -> list[Sentence]:
    """The lead and the most central sentences of an article, in its order. ``asked`` is the question, shape (d,).

    The lead is the first whole sentence.

    Central by LexRank (Erkan and Radev 2004, "LexRank: Graph-based Lexical Centrality as Salience in Text
    Summarization"), biased towards the question (Otterbacher, Erkan and Radev 2009, "Biased LexRank"), over cosines of
    sentence vectors instead of words; without repetition by maximal marginal relevance (Carbonell and Goldstein 1998).
    """
    whole = [sentence for sentence in sentences if _is_whole(sentence.text)] or list(sentences[:1])
    if len(whole) <= 1:
        return whole
    vectors = np.stack([sentence.vector for sentence in whole])
    worth = _centrality(vectors, vectors @ asked)
    chosen = _diverse(worth, vectors, first=0, most=most)
    return [whole[at] for at in sorted(chosen)]


def _is_whole(text: str) -> bool:
    """A sentence with an end, neither a heading nor a scrap."""
    return len(text) >= _SHORTEST and text.endswith(tuple('。！？!?.”"』」）)'))


def _centrality(vectors: FloatArray, likeness: FloatArray) -> FloatArray:
    """The stationary distribution of a walk between similar sentences, shape (n,), scaled to at most 1."""
    similar = np.clip(vectors @ vectors.T, 0, None)
    similar[similar < _SIMILAR] = 0
    np.fill_diagonal(similar, 0)
    sums = similar.sum(axis=1, keepdims=True)
    steps = np.divide(similar, sums, out=np.full_like(similar, 1 / len(vectors)), where=sums > 0)
    bias = np.clip(likeness, 1e-3, None)
    bias = bias / bias.sum()
    ranks = bias
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) * bias + _DAMPING * (ranks @ steps)
    return np.asarray(ranks / ranks.max(), np.float32)


def _diverse(worth: FloatArray, vectors: FloatArray, *, first: int, most: int) -> list[int]:
    """Up to ``most`` rows, ``first`` among them, each worth much and unlike those chosen before."""
    chosen = [first]
    while len(chosen) < min(most, len(worth)):
        alike = (vectors @ vectors[chosen].T).max(axis=1)
        gain = (1 - _DIVERSITY) * worth - _DIVERSITY * alike
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
    return chosen
