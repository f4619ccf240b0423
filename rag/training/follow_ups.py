"""How often a complete question is taken for a follow-up, asked after a conversation about something else.

``python -m rag.training.follow_ups FILE… --dialogues tests/gold/dialogues.jsonl``: SQuAD files or our JSONL, whose
questions all stand alone, or were meant to; those written as if the paragraph lay before the reader (该剧, "his first
album") are found among the rewritten ones and are printed to be judged.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

from rag.chatbot.dialogue import Turn, resolve
from rag.evaluation import load_questions
from rag.evaluation.dialogues import load_dialogues

SEED = 1


def rewritten(questions: Sequence[str], histories: Sequence[Turn]) -> list[tuple[str, str]]:
    """The questions that are not left alone, each with what it became after a history drawn by chance."""
    draw = random.Random(SEED)
    made = ((question, resolve(question, [draw.choice(histories)])) for question in questions)
    return [(question, meant.question) for question, meant in made if meant is not None]


def histories_of(paths: Sequence[Path]) -> list[Turn]:
    """One turn for each first question of the dialogues, answered by its gold."""
    first = (dialogue.turns[0].gold for path in paths for dialogue in load_dialogues(path))
    return [Turn(gold.question, gold.answers[:1], "", (gold.evidence or "",)) for gold in first]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--dialogues", nargs="+", type=Path, required=True)
    parser.add_argument("--show", type=int, default=20, help="how many of the rewritten questions are printed")
    options = parser.parse_args()
    histories = histories_of(options.dialogues)
    for path in options.files:
        questions = [question.question for question in load_questions(path).questions]
        changed = rewritten(questions, histories)
        print(f"{path.name}: {len(changed)} of {len(questions)} rewritten ({len(changed) / len(questions):.2%})")
        for question, meant in random.Random(SEED).sample(changed, min(options.show, len(changed))):
            print(f"  {question} → {meant}")


if __name__ == "__main__":
    main()
