from __future__ import annotations

from rag.ui.serving import limits
from rag.ui.serving.limits import Limiter


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_as_many_at_once_as_a_minute_allows_then_one_after_the_other() -> None:
    clock = Clock()
    limiter = Limiter(6, clock)
    assert [limiter.take("a") for _ in range(7)] == [0] * 6 + [10]  # a token every ten seconds
    clock.now = 4
    assert limiter.take("a") == 6
    clock.now = 10
    assert [limiter.take("a"), limiter.take("a")] == [0, 10]


def test_clients_do_not_share_a_bucket() -> None:
    limiter = Limiter(1, Clock())
    assert [limiter.take("a"), limiter.take("b"), limiter.take("a")] == [0, 0, 60]


def test_a_bucket_is_never_fuller_than_a_minute_fills_it() -> None:
    clock = Clock()
    limiter = Limiter(2, clock)
    limiter.take("a")
    clock.now = 10_000
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 30]


def test_every_question_of_a_batch_is_waited_off() -> None:
    clock = Clock()
    limiter = Limiter(6, clock)
    limiter.take("a")
    limiter.charge("a", 4)
    assert [limiter.take("a"), limiter.take("a")] == [0, 10]
    limiter.take("b")
    limiter.charge("b", 17)  # eighteen questions, three minutes' worth
    assert limiter.take("b") == 130
    limiter.charge("a", 1)
    limiter.give_back("a")
    assert limiter.take("a") == 10


def test_only_so_many_clients_are_remembered(monkeypatch) -> None:
    monkeypatch.setattr(limits, "CLIENTS", 2)
    limiter = Limiter(1, Clock())
    assert [limiter.take(client) for client in "aab"] == [0, 60, 0]
    assert limiter.take("c") == 0  # "a", not seen for longest, is forgotten
    assert [limiter.take("b"), limiter.take("a")] == [60, 0]
