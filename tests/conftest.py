"""Its place puts ``tests/`` on the import path: ``from keyword_embedder import KeywordEmbedder``."""
