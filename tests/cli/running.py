"""The command line as a user runs it: real exit statuses, real streams."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """The one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


def rag(*arguments: object, stdin: bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None) -> Ran:
    command = [sys.executable, "-W", "error", "-m", "rag", *map(str, arguments)]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")} | (env or {})
    done = subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, env=surroundings, timeout=120, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
