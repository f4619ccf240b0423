"""Whether files still have the bytes that were indexed, at the cost of a stat as long as they do not change."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO, NamedTuple

from rag.corpus.files import MAX_BYTES_WITH_PICTURES

_AT_ONCE = 1 << 20


class _Stamp(NamedTuple):
    """What changes with the bytes of a file."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> _Stamp:
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class FileDigests:
    """The SHA-256 of regular files, each read once, and again only when its stamp is another one.

    Safe to share between threads: two that come at once may both read a file, with the same result.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Stamp, str]] = {}

    def differs(self, path: Path, sha256: str) -> bool:
        """Whether there is a regular file with other bytes. Nothing else is opened: a pipe keeps its reader waiting."""
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return False
            if status.st_size > MAX_BYTES_WITH_PICTURES:  # no file so large was indexed
                return True
            stamp = _Stamp.of(status)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = (stamp, _digest_of(path, stamp.size))
                self._known[path] = known
        except OSError:
            return False
        return known[1] != sha256


def _digest_of(path: Path, size: int) -> str:
    """The digest of ``size`` bytes at most: a file that is being written to may never end."""
    with open(path, "rb", opener=_open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path} is not a regular file any more")
        return _digest(file, size)


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _digest(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size > 0 and (some := file.read(min(size, _AT_ONCE))):
        digest.update(some)
        size -= len(some)
    return digest.hexdigest()
