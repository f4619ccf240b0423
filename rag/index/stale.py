"""Whether files still have the bytes that were indexed. While a file does not change, only its stat is read."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from rag.corpus.files import MAX_BYTES_WITH_PICTURES, open_regular
from rag.errors import ReadError

_AT_ONCE = 1 << 20


class _Stamp(NamedTuple):
    """Values that change when the bytes of a file change."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> _Stamp:
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class FileDigests:
    """The SHA-256 of regular files. A file is read once, and again only when its stamp has changed.

    Safe to share between threads: two at the same time may both read a file, with the same result.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[_Stamp, str]] = {}

    def differs(self, path: Path, sha256: str) -> bool:
        """Whether there is a regular file with other bytes. Nothing else is opened: a pipe could block its reader."""
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
        except (OSError, ReadError):
            return False
        return known[1] != sha256


def _digest_of(path: Path, size: int) -> str:
    """The digest of at most ``size`` bytes: a file that another process writes to may never end."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while size > 0 and (chunk := file.read(min(size, _AT_ONCE))):
            digest.update(chunk)
            size -= len(chunk)
    return digest.hexdigest()
