"""Gradio's queue, made fair for a chat on the open web: no client can take all places. Invalid calls are refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from rag.ui.gradio_internals import OpenQueue, QueuedCall, QueuedEvent, request_of
from rag.ui.serving.api.objects import OBJECT_REFUSED, holds_object
from rag.ui.serving.clients import client_of, short_language

#: The queue for questions. Batches, uploads and other events have queues of their own, an eighth as long.
ANSWERS = "answers"
SHORTER = 8
#: One address may hold this part of a queue's places: a half.
SHARE = 2
_BUSY = {
    "en": "the server is busy: {} questions are waiting already; ask again in a few seconds",
    "zh": "现在提问的人太多，已有 {} 个问题在排队，请过几秒再试",
}
_YOURS = {
    "en": "{} questions from your address are waiting already: wait for their answers, then ask again",
    "zh": "这个地址已有 {} 个问题在排队，请等有了回答再问",
}

T = TypeVar("T")


class FairQueue(OpenQueue):
    """A queue of which no address holds more than its share, and in which addresses are answered in turn."""

    def admit(self, call: QueuedCall) -> None:
        if holds_object(call.arguments):
            raise HTTPException(422, OBJECT_REFUSED)
        if call.session == "":
            raise HTTPException(422, "session_hash is empty: send one, or leave it out")
        if call.function is None:
            raise HTTPException(422, "the call names no function: send fn_index")
        if call.queue is None:
            raise HTTPException(422, "fn_index is no function of this chat: send one that /config lists")
        places = self.places(call.queue)
        share = max(1, places // SHARE)
        if len(call.waiting) >= places:
            raise busy(call.request, places)
        if Counter(map(client_of, call.waiting))[client_of(call.request)] >= share:
            raise busy(call.request, share, yours=True)

    def in_order(self, waiting: list[QueuedEvent]) -> list[QueuedEvent]:
        return in_turns(waiting, lambda event: client_of(request_of(event)))

    def places(self, queue: str) -> int:
        """How many calls may wait in a queue."""
        most: int = self.app.policy.queue
        return most if queue == ANSWERS else max(1, most // SHORTER)


def busy(connection: HTTPConnection, waiting: int, *, yours: bool = False) -> HTTPException:
    """The refusal of a call for which there is no place.

    A request of the page gets 429: with 503, Gradio's page would replace our message by an English one of its own.
    """
    status = 429 if yours or "sec-fetch-site" in connection.headers else 503
    words = (_YOURS if yours else _BUSY)[short_language(connection.headers)]
    return HTTPException(status, words.format(waiting), {"Retry-After": "5"})


def in_turns(waiting: Sequence[T], owner: Callable[[T], Hashable]) -> list[T]:
    """The same items, one of each owner in turn; those of one owner stay in order.

    >>> in_turns(["a1", "a2", "a3", "b1", "c1", "b2"], lambda call: call[0])
    ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']
    """
    seen: Counter[Hashable] = Counter()
    rounds = []
    for call in waiting:
        rounds.append(seen[owner(call)])
        seen[owner(call)] += 1
    return [call for _, call in sorted(zip(rounds, waiting, strict=True), key=lambda pair: pair[0])]
