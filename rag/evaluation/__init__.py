"""Questions in, per-question rows and scores out.

From a script::

    from rag import Chatbot
    from rag.evaluation import evaluate, load_questions

    with Chatbot.open("index") as bot:
        report = evaluate(bot, load_questions("questions.jsonl"))
    report.scores["recall@5"], [row.question.id for row in report.rows if row.failure == "misread"]
"""

from rag.evaluation.pool import open_pool, pool_sources
from rag.evaluation.questions import Question, QuestionSet, load_paragraphs, load_questions
from rag.evaluation.report import Report
from rag.evaluation.run import Options, run_evaluation
from rag.evaluation.runner import Mode, evaluate
from rag.evaluation.scores import SCORES, Row

__all__ = [
    "SCORES",
    "Mode",
    "Options",
    "Question",
    "QuestionSet",
    "Report",
    "Row",
    "evaluate",
    "load_paragraphs",
    "load_questions",
    "open_pool",
    "pool_sources",
    "run_evaluation",
]
