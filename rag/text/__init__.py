"""Text without files: cleaning, offsets, sentence spans, folding. No visible character is ever changed."""

from rag.text.clean import Alignment, clean, is_noisy, squeeze
from rag.text.fold import fold, is_traditional, simplify
from rag.text.script import cjk_letters, is_cjk, language
from rag.text.sentences import clauses, sentences

__all__ = [
    "Alignment",
    "cjk_letters",
    "clauses",
    "clean",
    "fold",
    "is_cjk",
    "is_noisy",
    "is_traditional",
    "language",
    "sentences",
    "simplify",
    "squeeze",
]
