"""A headline as something to quote: the line of the source that it stands in."""

from __future__ import annotations

from rag.text import clean, fold, squeeze
from rag.types import Article, Document, Passage

#: Marks around a headline that are none of its words.
_MARKS = "*_#=~ \t\u3000"


def headline(article: Article, document: Document) -> Passage | None:
    """The line of the source that the title begins with, as something to quote; nothing if none of its lines does."""
    first = article.paragraphs[0].start if article.paragraphs else article.end
    title, start = squeeze(fold(article.title)), article.start
    for line in document.text[article.start : first].splitlines(keepends=True):
        text = line.strip().strip(_MARKS)
        words = squeeze(fold(clean(text, noisy=False)))
        if words and title.startswith(words):
            at = start + line.index(text)
            number = article.paragraphs[0].number if article.paragraphs else 1
            name = f"{article.source}#{article.number}.{number}"
            quoted = clean(text, noisy=False)
            return Passage(name, article.source, article.title, article.number, number, quoted, at, at + len(text))
        start += len(line)
    return None
