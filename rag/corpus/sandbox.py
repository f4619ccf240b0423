"""Read files of complex formats in separate processes, with limits on time and memory.

A hostile file can only end the process that reads it; the caller reports that in one line.
A process reads many files, because starting it takes much longer than reading a small file. It is replaced after a
failure and after ``MAX_FILES`` files, so that its memory cannot grow without limit.
"""

from __future__ import annotations

import atexit
import importlib
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from rag.errors import ReadError

MAX_SECONDS = 120.0
MAX_MEMORY = 2 << 30
#: How many files one process reads.
MAX_FILES = 500
#: How many idle processes are kept; several threads may read at the same time.
_MAX_IDLE = 2
_ROOT = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from rag.corpus.sandbox import serve; serve()"
_LENGTH = struct.Struct("<Q")
_READ, _REFUSED = b"+", b"-"


def read_in_sandbox(reader: str, data: bytes, *, seconds: float = MAX_SECONDS) -> tuple[str, str]:
    """Call the function ``reader`` ("package.module:function") with ``data``; it returns the text and the encoding.

    Raises ``ReadError`` with the reason, also if the function takes too long, needs too much memory or crashes.
    """
    worker = _take()
    with ExitStack() as on_failure:
        on_failure.callback(worker.end)
        answer = worker.ask(reader, data, seconds)
        on_failure.pop_all()
    _give_back(worker)
    status, body = answer[:1], answer[1:]
    if status == _REFUSED:
        raise ReadError(body.decode())
    encoding, _, text = body.partition(b"\0")
    return text.decode("utf-8", "surrogatepass"), encoding.decode()


class _Worker:
    """A process that runs ``serve``."""

    def __init__(self) -> None:
        self.files = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``end``
        # -P: do not import modules from the folder in which the program runs.
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-P", "-c", _START, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    @property
    def is_usable(self) -> bool:
        return self.files < MAX_FILES and self._process.poll() is None

    def ask(self, reader: str, data: bytes, seconds: float) -> bytes:
        self.files += 1
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = threading.Timer(seconds, expire)
        timer.start()
        try:
            answer = self._exchange(reader.encode(), data)
        finally:
            timer.cancel()
            timer.join()
        if expired.is_set():
            raise ReadError(f"its text was not read within {seconds:g} seconds: split it, or save its text as .txt")
        if answer is None:
            raise ReadError(f"reading it failed ({self._last_words()}): open and save it anew")
        return answer

    def _exchange(self, *request: bytes) -> bytes | None:
        """The answer, or ``None`` if the process ended without one."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            for part in request:
                _write(self._process.stdin, part)
        except OSError:
            return None
        return _read(self._process.stdout)

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        last = self._errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        return last or f"exit {status}"

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            assert pipe
            try:
                pipe.close()
            except OSError:
                continue  # the pipe of a dead process may still hold data
        self._process.wait()


_idle: list[_Worker] = []
_lock = threading.Lock()


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.is_usable:
                return worker
            worker.end()
    return _Worker()


def _give_back(worker: _Worker) -> None:
    with _lock:
        if worker.is_usable and len(_idle) < _MAX_IDLE:
            _idle.append(worker)
            return
    worker.end()


@atexit.register
def end_idle() -> None:
    """End the idle processes."""
    with _lock:
        while _idle:
            _idle.pop().end()


if hasattr(os, "register_at_fork"):  # the pipes belong to the parent
    os.register_at_fork(after_in_child=_idle.clear)


def serve() -> None:
    """Read requests from stdin and answer them on stdout until stdin is closed. Each worker process runs this."""
    limit_memory(MAX_MEMORY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the main program ends its workers itself
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that a library that prints does not corrupt the answers
    while (name := _read(requests)) is not None:
        data = _read(requests)
        if data is None:
            return
        _limit_seconds(MAX_SECONDS + 10)
        module, _, function = name.decode().partition(":")
        try:
            text, encoding = getattr(importlib.import_module(module), function)(data)
        except ReadError as error:
            answer = _REFUSED + str(error).encode()
        else:
            answer = b"".join((_READ, encoding.encode(), b"\0", text.encode("utf-8", "surrogatepass")))
        _write(answers, answer)


def limit_memory(size: int) -> None:
    """Limit the memory of this process to ``size`` bytes."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _limit_seconds(seconds: float) -> None:
    """Limit the further processor time of this process, for the case that the main program is gone."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds), most))


def _write(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """The next message; ``None`` at the end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    data = pipe.read(size)
    return data if len(data) == size else None
