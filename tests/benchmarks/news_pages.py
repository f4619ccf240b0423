"""The news pages of ``tests/gold/news`` as a SQuAD file: passages with their headlines, questions of one language."""

from __future__ import annotations

import json
from pathlib import Path

from rag.corpus import articles, passages, read_document
from rag.evaluation import load_questions
from rag.text import squeeze

NEWS = Path(__file__).parents[1] / "gold" / "news"


def write_pages(lang: str, path: Path) -> Path:
    """Every passage of the pages is a paragraph; it has the questions whose evidence stands in it."""
    paragraphs: list[dict[str, object]] = []
    asked = [q for q in load_questions(NEWS / "questions.jsonl").questions if q.lang == lang and q.answerable]
    for page in sorted((NEWS / "pages").glob("*.txt")):
        document = read_document(page, page.name)
        for article in articles(document):
            for passage in passages(article, document.text):
                text = squeeze(passage.text)
                own = [q for q in asked if q.source == page.name and squeeze(q.evidence or "") in text]
                qas = [
                    {"id": q.id, "question": q.question, "answers": [{"text": answer} for answer in q.answers]}
                    for q in own
                ]
                paragraphs.append({"context": passage.embedded_text, "qas": qas})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}, ensure_ascii=False), encoding="utf-8")
    return path
