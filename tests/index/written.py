"""Articles to index, as files and as documents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from rag.types import Article, Document, Paragraph

CARS = "汽车下乡\n\n武进区的汽车展开幕,近百辆汽车参展。天气很好。"
SCHOOL = "新学校落成\n\n新学校今天落成,校长出席。学校有九百名学生。"
ECONOMY = "Economy grows\n\nThe economy grew by 3.7% in May. The weather was fine."


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def article(source: str, text: str) -> tuple[Document, tuple[Article, ...]]:
    """What ``build`` takes: a document of one paragraph without a headline."""
    paragraph = Paragraph(1, text, 0, len(text))
    found = Article(source, 1, "", "article", None, 0, len(text), (paragraph,))
    return Document(source, text, "utf-8", hashlib.sha256(text.encode()).hexdigest()), (found,)
