"""``python -m rag`` is the ``rag`` script."""

from rag.cli import main

main()
