from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import HTTPException
from starlette.requests import HTTPConnection

from rag.ui.serving.turns import Turns


def request_from(address: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": (address, 5)})


async def hold(turns: Turns, address: str, order: list[str], name: str) -> None:
    async with turns.turn(request_from(address)):
        order.append(name)
        await asyncio.sleep(0)


def test_addresses_get_their_turn_one_after_the_other() -> None:
    order: list[str] = []

    async def all_of_them() -> None:
        turns = Turns(places=8, at_once=1)
        calls = [("192.0.2.1", "a1"), ("192.0.2.1", "a2"), ("192.0.2.1", "a3"), ("192.0.2.2", "b1")]
        await asyncio.gather(*(hold(turns, address, order, name) for address, name in calls))
        await hold(turns, "192.0.2.1", order, "a4")

    asyncio.run(all_of_them())
    assert order == ["a1", "a2", "b1", "a3", "a4"]


def test_a_call_that_finds_no_place_is_refused() -> None:
    async def refused() -> list[Any]:
        turns = Turns(places=2, at_once=1)
        addresses = ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")
        return await asyncio.gather(*(hold(turns, a, [], a) for a in addresses), return_exceptions=True)

    results = asyncio.run(refused())
    assert [result.status_code if isinstance(result, HTTPException) else result for result in results] == [
        None,
        None,
        429,
        None,
        503,
    ]


def test_a_waiting_call_that_is_cancelled_leaves_its_place() -> None:
    order: list[str] = []

    async def all_of_them() -> None:
        turns = Turns(places=2, at_once=1)
        async with turns.turn(request_from("192.0.2.1")):
            waiting = asyncio.create_task(hold(turns, "192.0.2.1", order, "cancelled"))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            later = asyncio.create_task(hold(turns, "192.0.2.1", order, "later"))
            await asyncio.sleep(0)
        await later
        await hold(turns, "192.0.2.1", order, "last")

    asyncio.run(all_of_them())
    assert order == ["later", "last"]


def test_a_turn_is_not_given_to_a_call_that_was_just_cancelled() -> None:
    order: list[str] = []

    async def all_of_them() -> None:
        turns = Turns(places=4, at_once=1)
        async with turns.turn(request_from("192.0.2.1")):
            waiting = [asyncio.create_task(hold(turns, "192.0.2.2", order, name)) for name in ("cancelled", "next")]
            await asyncio.sleep(0)
            waiting[0].cancel()  # it leaves its place only when it runs again
        await asyncio.gather(*waiting, return_exceptions=True)
        await hold(turns, "192.0.2.3", order, "last")

    asyncio.run(all_of_them())
    assert order == ["next", "last"]
