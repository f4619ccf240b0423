"""PDF files with a text layer, read in a process of their own, which may be ended and may crash without harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rag.errors import ReadError

MAX_SECONDS = 120
_SCRIPT = Path(__file__).with_name("pdf_pages.py")
_REFUSED = 3


def read_pdf(data: bytes) -> tuple[str, str]:
    """The text of the document, each page ended by a form feed. Raises ``ReadError`` with the reason."""
    # -P: the folder of the script is no place to import from, it has modules of ours.
    command = [sys.executable, "-P", str(_SCRIPT)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MAX_SECONDS, check=False)  # noqa: S603 - our own script
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"its text was not found in {MAX_SECONDS} seconds: split it, or save its text as .txt"
        ) from error
    if done.returncode == _REFUSED:
        raise ReadError(done.stderr.decode(errors="replace"))
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ReadError(f"reading it failed ({last or f'exit {done.returncode}'}): open and save it anew")
    return done.stdout.decode(), "pdf"
