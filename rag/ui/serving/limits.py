"""How much one client may ask: each has a bucket of tokens that fills steadily, and a question costs one token."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Number of clients that are remembered; the one not seen for longest is forgotten first.
CLIENTS = 10_000


class Limiter:
    """At most ``per_minute`` questions a minute from a client, and as many at once. Safe to share between threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, client: str) -> int:
        """Seconds to wait before asking again; 0 if the request may go ahead, which then costs one token."""
        now = self._clock()
        with self._lock:
            tokens, counted = self._buckets.pop(client, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - counted) * self._capacity / 60)
            allowed = tokens >= 1
            self._buckets[client] = (tokens - allowed, now)
            if len(self._buckets) > CLIENTS:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) * 60 / self._capacity))

    def charge(self, client: str, cost: int) -> None:
        """Take ``cost`` tokens for a call that has gone ahead already; the client's next call waits for them."""
        now = self._clock()
        with self._lock:
            tokens, counted = self._buckets.pop(client, (self._capacity, now))
            self._buckets[client] = (tokens - cost, counted)

    def give_back(self, client: str) -> None:
        """Return the token of a call that should not count."""
        self.charge(client, -1)
