"""What a question is for: a fact, a whole article, the collection, or nothing that could be quoted."""

from rag.questions.kinds import Judged, KindClassifier, bundled_kinds

__all__ = ["Judged", "KindClassifier", "bundled_kinds"]
