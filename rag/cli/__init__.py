"""The command line, version 1; thin: each command turns options into one call and prints what comes back."""

from rag.cli.app import app, main

__all__ = ["app", "main"]
