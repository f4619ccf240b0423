"""As many threads as there are free cores.

The threads of one matrix product wait for each other.
Where another process holds a core, two threads are several times slower than one, above all at low priority.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")
SECONDS = 2.0


class FreeCores:
    """What this machine's other processes leave, looked at every two seconds. Only Linux says; elsewhere all cores."""

    def __init__(self, stat: Path = STAT) -> None:
        self._stat = stat
        self._cores = os.cpu_count() or 1
        self._free = self._cores
        self._last = self._now()

    def count(self) -> int:
        now = self._now()
        if now[0] - self._last[0] >= SECONDS:
            wall, own, busy = (a - b for a, b in zip(now, self._last, strict=True))
            self._free = free_cores(self._cores, (busy - own) / wall)
            self._last = now
        return self._free

    def _now(self) -> tuple[float, float, float]:
        """Seconds on the clock, of this process, and of all processes."""
        if not self._stat.exists():
            return time.monotonic(), 0.0, 0.0
        fields = [int(field) for field in self._stat.read_text().split("\n", 1)[0].split()[1:9]]
        busy = sum(fields) - fields[3] - fields[4]  # idle, and waiting for a disk
        return time.monotonic(), time.process_time(), busy / os.sysconf("SC_CLK_TCK")


def free_cores(cores: int, taken: float) -> int:
    """
    >>> free_cores(2, 0.2), free_cores(2, 0.7), free_cores(2, 1.9), free_cores(8, 2.5)
    (2, 1, 1, 6)
    """
    return max(1, int(cores - taken + 0.65))
