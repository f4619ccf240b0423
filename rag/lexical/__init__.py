"""Word matching: tokens for BM25 and the BM25 index."""

from rag.lexical.bm25 import LexicalIndex, Match, Term
from rag.lexical.dictionary import translations
from rag.lexical.names import name_in_characters
from rag.lexical.tokenizer import TOKENS_VERSION, tokens

__all__ = ["TOKENS_VERSION", "LexicalIndex", "Match", "Term", "name_in_characters", "tokens", "translations"]
