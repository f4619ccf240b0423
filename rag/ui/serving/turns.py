"""The waiting of calls that do not come through Gradio's queue, under the rules of ``rag.ui.serving.queue``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import HTTPConnection

from rag.ui.serving.clients import client_of
from rag.ui.serving.queue import SHARE, busy, in_turns


class Turns:
    """At most ``at_once`` calls run and ``places`` calls wait; no address holds more than its share of the places.

    Addresses get their turn one after the other. For one event loop.
    """

    def __init__(self, places: int, at_once: int) -> None:
        self._places = places
        self._at_once = at_once
        self._running = 0
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, connection: HTTPConnection) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises ``HTTPException`` if there is no place to wait."""
        if self._running < self._at_once:
            self._running += 1
        else:
            await self._wait(connection)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, connection: HTTPConnection) -> None:
        client = client_of(connection)
        share = max(1, self._places // SHARE)
        if len(self._waiting) >= self._places:
            raise busy(connection, self._places)
        if sum(other == client for other, _ in self._waiting) >= share:
            raise busy(connection, share, yours=True)
        place = client, asyncio.get_running_loop().create_future()
        self._waiting = in_turns([*self._waiting, place], lambda waiting: waiting[0])
        try:
            await place[1]
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
            elif not place[1].cancelled():  # the turn had come already
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give a turn that has ended to the next call."""
        while self._waiting:
            _, turn = self._waiting.pop(0)
            if not turn.done():  # a call that was cancelled has not left its place yet
                turn.set_result(None)
                return
        self._running -= 1
