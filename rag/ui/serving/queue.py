"""Gradio's queue, as a chat on the open web needs it: fair to every address, and closed to what cannot be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from fastapi import HTTPException
from gradio import route_utils
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, Queue
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request

from rag.ui.serving.api.objects import OBJECT_REFUSED, holds_object
from rag.ui.serving.limits import client_key

#: The queue that questions wait in; batches, uploads and whatever else has a queue of its own, an eighth as long.
ANSWERS = "answers"
_SHORTER = 8
#: What one address may hold of the places of a queue: a half, the rest is for others.
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


class Waiting(Queue):
    """Every queued call of an app comes through ``push``, in every way of serving it."""

    async def push(self, body: PredictBodyInternal, request: Request, username: str | None) -> Any:
        """Let a call wait, as Gradio does. Raises ``HTTPException`` for one that is refused."""
        if holds_object(body.data):
            raise HTTPException(422, OBJECT_REFUSED)
        if body.session_hash == "":
            raise HTTPException(422, "session_hash is empty: send one, or leave it out")
        concurrency_id = self._concurrency_id(body)
        queued = self.event_queue_per_concurrency_id.get(concurrency_id)
        self._admit(queued.queue if queued else [], self.places(concurrency_id), request)
        pushed = await super().push(body, request, username)
        events = self.event_queue_per_concurrency_id[concurrency_id].queue
        events[:] = in_turns(events, _client)
        return pushed

    def places(self, concurrency_id: str) -> int:
        """How many calls may wait in a queue."""
        most: int = self.blocks.policy.queue  # type: ignore[attr-defined]
        return most if concurrency_id == ANSWERS else max(1, most // _SHORTER)

    def knows(self, session: str) -> bool:
        """Whether anything was asked in a session whose answers can be waited for."""
        return session in self.pending_messages_per_session

    def _concurrency_id(self, body: PredictBodyInternal) -> str:
        if body.fn_index is None:
            raise HTTPException(422, "the call names no function: send fn_index")
        try:
            return str(route_utils.get_fn(self.blocks, None, body).concurrency_id)
        except KeyError as error:
            raise HTTPException(422, "fn_index is no function of this chat: send one that /config lists") from error

    def _admit(self, waiting: Sequence[Event], places: int, request: Request) -> None:
        share = max(1, places // SHARE)
        if len(waiting) >= places:
            raise busy(request, places)
        if Counter(map(_client, waiting))[client_of(request)] >= share:
            raise busy(request, share, yours=True)


def busy(connection: HTTPConnection, waiting: int, *, yours: bool = False) -> HTTPException:
    """What is said to a call that does not fit any more.

    Gradio's page puts words of its own, in English, in the place of ours where the status is 503.
    """
    status = 429 if yours or "sec-fetch-site" in connection.headers else 503
    words = (_YOURS if yours else _BUSY)[spoken(connection.headers)]
    return HTTPException(status, words.format(waiting), {"Retry-After": "5"})


def in_turns(waiting: Sequence[T], owner: Callable[[T], Hashable]) -> list[T]:
    """The same, one of each owner in turn, each owner's in the order in which they came.

    >>> in_turns(["a1", "a2", "a3", "b1", "c1", "b2"], lambda call: call[0])
    ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']
    """
    seen: Counter[Hashable] = Counter()
    rounds = []
    for call in waiting:
        rounds.append(seen[owner(call)])
        seen[owner(call)] += 1
    return [call for _, call in sorted(zip(rounds, waiting, strict=True), key=lambda pair: pair[0])]


def client_of(connection: HTTPConnection) -> str:
    """What the limits know a client by."""
    return client_key(connection.client.host if connection.client else None)


def spoken(headers: Headers) -> str:
    """The language that something short is said in."""
    return "zh" if headers.get("accept-language", "").lower().startswith("zh") else "en"


def _client(event: Event) -> str:
    return client_of(event.request)
