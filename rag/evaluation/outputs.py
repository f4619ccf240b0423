"""The files that ``rag evaluate`` writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InputError
from rag.evaluation.compare import Comparison, compare
from rag.evaluation.html import html_page
from rag.evaluation.report import Report
from rag.evaluation.trec import run_lines

STDOUT = Path("-")


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files to write: the report as JSON (the caller handles ``-``) and HTML, and the rankings for trec_eval.

    ``other`` is the report to compare with.
    """

    json: Path | None = None
    html: Path | None = None
    run: Path | None = None
    other: Report | None = None

    def check(self) -> None:
        """Raise ``InputError`` for a file that cannot be written, before hours of work rather than after them."""
        for option, path in self._named():
            if not path.parent.is_dir():
                raise InputError(f"{path.parent} is no folder: name another file with {option}")
            if path.is_dir():
                raise InputError(f"{path} is a folder: name a file with {option}")

    def comparison(self, report: Report) -> Comparison | None:
        return compare(report, self.other) if self.other else None

    def write(self, report: Report) -> None:
        """Raises ``InputError`` for a file that cannot be written."""
        comparison = self.comparison(report)
        if self.json and self.json != STDOUT:
            _write(self.json, "--json", [json_text(report, comparison, indent=1)])
        if self.html:
            _write(self.html, "--html", [html_page(report, comparison)])
        if self.run:
            _write(self.run, "--run", run_lines(report.rows))

    def _named(self) -> list[tuple[str, Path]]:
        named = (("--json", self.json), ("--html", self.html), ("--run", self.run))
        return [(option, path) for option, path in named if path and path != STDOUT]


def json_text(report: Report, comparison: Comparison | None, indent: int | None) -> str:
    content = report.to_dict() | ({"compare": comparison.to_dict()} if comparison else {})
    return json.dumps(content, ensure_ascii=False, indent=indent)


def _write(path: Path, option: str, lines: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): name another file with {option}") from error
