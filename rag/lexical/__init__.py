"""Word matching: tokens for BM25 and the BM25 index."""

from rag.lexical.bm25 import LexicalIndex, Match, Term
from rag.lexical.dictionary import chinese_words, switched, translations
from rag.lexical.tokenizer import TOKENS_VERSION, tokens

__all__ = ["TOKENS_VERSION", "LexicalIndex", "Match", "Term", "chinese_words", "switched", "tokens", "translations"]
