"""Questions in, per-question rows and scores out.

From a script::

    from rag import Chatbot
    from rag.evaluation import evaluate, load_questions

    with Chatbot.open("index") as bot:
        report = evaluate(bot, load_questions("questions.jsonl"))
    report.scores["recall@5"], [row.question.id for row in report.rows if row.failure == "misread"]
"""

from rag.evaluation.compare import Comparison, compare
from rag.evaluation.expected import load_expected, misses
from rag.evaluation.load import load_paragraphs, load_questions
from rag.evaluation.outputs import Outputs
from rag.evaluation.pool import open_pool, pool_sources
from rag.evaluation.questions import Question, QuestionSet
from rag.evaluation.report import Report
from rag.evaluation.run import Options, run_evaluation
from rag.evaluation.runner import Mode, evaluate
from rag.evaluation.scores import SCORES, Row
from rag.evaluation.stored import is_report, load_report
from rag.evaluation.terminal import print_comparison, print_report

__all__ = [
    "SCORES",
    "Comparison",
    "Mode",
    "Options",
    "Outputs",
    "Question",
    "QuestionSet",
    "Report",
    "Row",
    "compare",
    "evaluate",
    "is_report",
    "load_expected",
    "load_paragraphs",
    "load_questions",
    "load_report",
    "misses",
    "open_pool",
    "pool_sources",
    "print_comparison",
    "print_report",
    "run_evaluation",
]
