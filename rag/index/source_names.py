"""The names of an index's files: its sources."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath


def source_names(files: Sequence[tuple[str, str]]) -> list[str]:
    """The source of each ``(folder, path in it)`` pair: the path, after as much of the folder as makes it unique.

    Sources depend on the set of files alone, not on the order in which folders were indexed.

    >>> source_names([("/a/news", "1.txt"), ("/b/pages", "1.txt"), ("/b/pages", "2.txt")])
    ['news/1.txt', 'pages/1.txt', '2.txt']
    """
    depths = [0] * len(files)
    while True:
        names = [_name(folder, path, depth) for (folder, path), depth in zip(files, depths, strict=True)]
        count = Counter(names)
        clashing = [
            i for i, name in enumerate(names) if count[name] > 1 and depths[i] < len(PurePosixPath(files[i][0]).parts)
        ]
        if not clashing:
            return names
        for i in clashing:
            depths[i] += 1


def _name(folder: str, path: str, depth: int) -> str:
    parts = [part for part in PurePosixPath(folder).parts if part != "/"]
    lead = parts[max(0, len(parts) - depth) :] if depth else []
    return unicodedata.normalize("NFC", "/".join([*lead, path]))
