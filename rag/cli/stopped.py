"""Ctrl-C in a command that can go on later."""

from __future__ import annotations


class StoppedError(Exception):
    """Ctrl-C; the message says how to go on."""
