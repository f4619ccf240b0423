"""Limits on connections: how long they may be idle, and how many there may be.

uvicorn waits for ever for the rest of a request's head. asyncio writes a traceback for each connection for which there
is no file descriptor. Neither can be configured.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Connections at once, where the operating system allows as many open files.
CONNECTIONS = 1000
#: Seconds for the head of a request to arrive, and for the client to take a part of an answer.
HEAD_SECONDS = 10.0
TAKE_SECONDS = 60.0
#: File descriptors that are kept free for other things, such as the index and a newer state of it.
_KEPT = 32
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 53\r\n"
    b"retry-after: 5\r\nconnection: close\r\n\r\nthe server has no connection left: try again shortly\n"
)


def room(limit: int | None, used: int) -> tuple[int, int]:
    """How many connections fit into a ``limit`` of open files beside ``used`` ones, and how many to accept at a time.

    Connections that are accepted together are all open before they can be counted, and a refused one stays open for a
    moment.

    >>> room(None, 40), room(1024, 40), room(200, 40)
    ((1000, 128), (570, 114), (55, 11))
    """
    free = CONNECTIONS + 3 * 128 if limit is None else max(0, limit - 2 * used - _KEPT)
    at_once = min(128, max(4, free // 8))
    return max(4, min(CONNECTIONS, free - 3 * at_once)), at_once


def room_here() -> tuple[int, int]:
    """``room`` in this process."""
    if sys.platform == "win32":
        return room(None, 0)
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    folder = Path("/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd")
    return room(None if limit == resource.RLIM_INFINITY else limit, sum(1 for _ in folder.iterdir()))


class Connection(H11Protocol):
    """One connection. The class attribute ``most`` is how many there may be at once."""

    most = CONNECTIONS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        self.since = self.loop.time()

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered: the head of one is incomplete, or none has begun."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)
        if len(self.connections) > self.most and not self._make_room():
            transport.write(_FULL)
            transport.close()

    def _make_room(self) -> bool:
        """End the connection that has been idle for longest. Returns whether there was one."""
        others = [c for c in self.connections if isinstance(c, Connection) and c is not self and c.is_idle]
        if not others:
            return False
        longest = min(others, key=lambda connection: connection.since)
        longest.connections.discard(longest)
        longest.transport.abort()
        return True

    def data_received(self, data: bytes) -> None:
        if self.is_idle and self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)
        super().data_received(data)
        if not self.is_idle:
            _cancel(self._head)
            self._head = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.since = self.loop.time()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._taking = self.loop.call_later(TAKE_SECONDS, self._give_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._taking)

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._head)
        _cancel(self._taking)
        super().connection_lost(exc)

    def _give_up(self) -> None:
        self.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
