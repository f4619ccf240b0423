"""Invented newspaper pages for kinds of questions that real sets lack: opening hours, codes, figures, posts.

Every sentence is a template that is filled with drawn words, so that a model can learn the kind and not the facts.
"""

from __future__ import annotations

import random
from typing import Any

from rag.training.invented_chinese import CHINESE, REMARKS
from rag.training.invented_english import ENGLISH, ENGLISH_REMARKS
from rag.training.invented_figures import tickets
from rag.training.invented_services import notice
from rag.training.invented_story import Story, UnclearError
from rag.training.invented_words import Words

_CHINESE_SHARE = 0.8
_QUESTIONS_PER_STORY = 5


def invented_pages(rng: random.Random, count: int) -> list[dict[str, Any]]:
    """Pages as lines of ``news/train.jsonl`` hold them; the stories of a page are of different kinds."""
    pages: list[dict[str, Any]] = []
    while len(pages) < count:
        try:
            pages.append(_page(rng, len(pages)))
        except UnclearError:
            continue
    return pages


def _page(rng: random.Random, number: int) -> dict[str, Any]:
    words = Words(rng)
    in_chinese = rng.random() < _CHINESE_SHARE
    makers = CHINESE if in_chinese else ENGLISH
    chosen = rng.sample(makers, rng.choice((3, 3, 4) if in_chinese else (2, 3, 4)))
    if notice in chosen and tickets in chosen:
        # Both answer whether one has to pay, and what happens when it rains.
        chosen.remove(tickets)
    stories = [make(words) for make in chosen]
    remarks = list(REMARKS if in_chinese else ENGLISH_REMARKS)
    for story in stories:
        if not in_chinese:
            story.gap = " "
        _add_remark(story, remarks, words)
        story.shuffle_questions(rng, _QUESTIONS_PER_STORY)
    return {
        "id": f"invented-{number:05}",
        "date": f"{rng.randint(2012, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "articles": [story.article() for story in stories],
        "questions": [question for place, story in enumerate(stories) for question in story.questions(place)],
        "none": [question for story in stories for question in story.questions_in_vain()],
        "dialogue": [],
        "kinds": [story.kind for story in stories],
    }


def _add_remark(story: Story, remarks: list[str], words: Words) -> None:
    """Sentences that answer nothing, so that the answer does not always stand at the same place."""
    rng = words.rng
    if story.gap == "\n":
        return
    for _ in range(rng.choice((0, 0, 1, 2))):
        remark = remarks.pop(rng.randrange(len(remarks)))
        person, village = words.person(), words.village()
        text = remark.format(person=person.zh, village=village.zh, Person=person.en, Village=village.en)
        paragraph = rng.choice(story.paragraphs)
        if rng.random() < 0.3 and len(story.paragraphs) < 3:
            story.paragraphs.append([text])
        else:
            # Not before the first sentence, which the later ones may refer to.
            paragraph.append(text)
